//! The permissions that a call needs.

use crate::Catalog;

impl Catalog {
    /// The permissions of a call of a provider: `s3.ListBuckets` → `s3:ListAllMyBuckets`. At least one.
    pub fn permissions_of(&self, provider: &str, call: &str) -> Vec<String> {
        if let Some(named) = self.permissions.get(provider).and_then(|table| table.get(call)) {
            return named.clone();
        }
        let modelled = apimodel::aws::operation(call).map(|(service, operation)| {
            if operation.action.is_empty() {
                format!("{}:{}", service.iam_prefix, operation.name)
            } else {
                operation.action
            }
        });
        vec![modelled.unwrap_or_else(|| call.replacen('.', ":", 1))]
    }
}

/// Whether IAM has an action: `s3:ListAllMyBuckets`. Case is IAM's own.
pub fn action_exists(action: &str) -> bool {
    let Some((prefix, name)) = action.split_once(':') else { return false };
    apimodel::aws::actions(prefix).is_some_and(|actions| actions.contains_key(name))
}
