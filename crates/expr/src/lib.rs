//! The expression language of the catalog: CEL, compiled once, run over borrowed documents, with unknown as a value.
//!
//! The contract is `docs/concepts/expressions.md`. Never here: a resource, a policy, I/O, a clock.

pub mod arena;
pub mod diagnostics;
pub mod env;
pub mod functions;
pub mod program;
pub mod reads;
pub mod scope;
pub mod template;
pub mod value;

mod compile;
mod evaluate;
mod node;
mod parse;

pub use arena::Arena;
pub use compile::compile;
pub use diagnostics::Diagnostic;
pub use env::{Env, Slot};
pub use evaluate::Bounds;
pub use program::{Fault, Program, Truth, Verdict};
pub use reads::{Members, Path, Reads, Root};
pub use scope::{Entities, Entity, Listing, Scope, World};
pub use template::Template;
pub use value::Val;
