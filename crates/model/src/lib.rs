//! The domain's words: documents, resources, findings and what is missing from them.
//!
//! Never: I/O, a clock, the name of a provider.

pub mod exception;
pub mod finding;
pub mod inventory;
pub mod missing;
pub mod resource;
pub mod risk;
pub mod severity;
pub mod value;

pub use exception::ExceptionNote;
pub use finding::{Finding, FindingId, ResourceRef, Status};
pub use inventory::{Inventory, Record, Unread};
pub use missing::{Cause, Lack, Missing};
pub use resource::{Resource, Source, TypeName};
pub use risk::{Factor, Risk};
pub use severity::{Confidence, Severity};
pub use value::{Key, Map, Value};
