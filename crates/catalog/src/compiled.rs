//! Selected policies and the resource types they need, compiled once.

mod needs;
mod policy;
mod resource_type;

pub use needs::Needs;
pub use policy::CompiledPolicy;
pub use resource_type::{CompiledDescribe, CompiledList, CompiledPart, CompiledRelation, CompiledType, Parameters};

use crate::{Catalog, Diagnostic};
use model::{TypeName, Value};
use std::collections::BTreeMap;

/// Parameters that users set: policy → parameter → value.
pub type Overrides = BTreeMap<String, BTreeMap<String, Value>>;

/// What a scan runs on: policies and types, compiled, and what has to be read for them.
pub struct Pack {
    /// By name; every type that a selected policy judges or looks at, with the types that they are listed for.
    pub types: BTreeMap<String, CompiledType>,
    /// Sorted by id.
    pub policies: Vec<CompiledPolicy>,
    /// What has to be read of each type.
    pub needs: Needs,
    /// Positions among the policies, by the type that they judge.
    by_type: BTreeMap<TypeName, Vec<usize>>,
}

impl Pack {
    /// Compile the policies with these ids and all they need.
    ///
    /// # Errors
    /// Every expression that does not compile, and every override that fits no policy.
    pub fn compile(catalog: &Catalog, ids: &[&str], overrides: &Overrides) -> Result<Self, Vec<Diagnostic>> {
        Self::compile_with(catalog, ids, &[], overrides)
    }

    /// The same, with further types that are listed although no policy asks for them.
    ///
    /// # Errors
    /// As [`Pack::compile`].
    pub fn compile_with(
        catalog: &Catalog,
        ids: &[&str],
        further: &[&str],
        overrides: &Overrides,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut diagnostics = Vec::new();
        let mut policies = Vec::new();
        for id in ids {
            let Some(entry) = catalog.policies.get(*id) else { continue };
            match CompiledPolicy::compile(id, entry, overrides.get(*id)) {
                Ok(policy) => policies.push(policy),
                Err(found) => diagnostics.extend(found),
            }
        }
        policies.sort_by(|a, b| a.id.cmp(&b.id));
        let mut types = BTreeMap::new();
        let mut names = needs::types_needed(catalog, &policies);
        names.extend(further.iter().map(|name| (*name).to_owned()));
        for name in names {
            let Some(entry) = catalog.types.get(&name) else { continue };
            match CompiledType::compile(catalog, &name, entry) {
                Ok(compiled) => drop(types.insert(name, compiled)),
                Err(found) => diagnostics.extend(found),
            }
        }
        if !diagnostics.is_empty() {
            return Err(diagnostics);
        }
        let needs = Needs::of(&types, &policies);
        let mut by_type: BTreeMap<TypeName, Vec<usize>> = BTreeMap::new();
        for (position, policy) in policies.iter().enumerate() {
            by_type.entry(policy.resource.clone()).or_default().push(position);
        }
        Ok(Self { types, policies, needs, by_type })
    }

    /// Compile every type and read everything of it: for an inventory without policies.
    ///
    /// # Errors
    /// Every expression that does not compile.
    pub fn whole_inventory(catalog: &Catalog, names: &[&str]) -> Result<Self, Vec<Diagnostic>> {
        let mut types = BTreeMap::new();
        let mut diagnostics = Vec::new();
        for name in names {
            let Some(entry) = catalog.types.get(*name) else { continue };
            match CompiledType::compile(catalog, name, entry) {
                Ok(compiled) => drop(types.insert((*name).to_owned(), compiled)),
                Err(found) => diagnostics.extend(found),
            }
        }
        if !diagnostics.is_empty() {
            return Err(diagnostics);
        }
        let needs = Needs::everything(&types);
        Ok(Self { types, policies: Vec::new(), needs, by_type: BTreeMap::new() })
    }

    /// The policies that judge a type, in their order.
    pub fn policies_of(&self, type_name: &str) -> impl Iterator<Item = &CompiledPolicy> {
        self.by_type.get(type_name).into_iter().flatten().filter_map(|position| self.policies.get(*position))
    }
}
