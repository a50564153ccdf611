//! The catalog: reads its files, says what is wrong with them, indexes and compiles them.
//!
//! Never: calls a cloud, judges a resource.

pub mod compiled;
pub mod diagnostics;
pub mod files;
pub mod lint;
pub mod load;
pub mod locate;
pub mod permissions;
pub mod schema;
pub mod select;

pub use compiled::{CompiledPart, CompiledPolicy, CompiledType, Pack};
pub use diagnostics::{Diagnostic, Level};
pub use load::{Catalog, Entry};
pub use schema::{Framework, Policy, ResourceType};
pub use select::Selection;
