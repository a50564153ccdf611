//! IAM policy documents: who may do what under which condition. Knows documents only, never an account's other policies.
//!
//! A *policy* is a document as a map, its JSON text (also URL-encoded), null, or a list of these, judged as one.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>

mod condition;
pub mod escalation;
mod external;
mod grants;
pub mod pattern;
mod policy;
mod principal;
mod public;

pub use escalation::escalations;
pub use external::external;
pub use grants::{admin, allows, denies, full_service, requires_tls};
pub use pattern::matches;
pub use policy::statements;
pub use public::public;

#[cfg(test)]
mod tests;
