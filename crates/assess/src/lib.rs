//! Judging: findings are a function of documents, catalog and time, so that they can be replayed.
//!
//! Never: I/O, a clock, the name of a provider.

pub mod estate;
pub mod exceptions;
pub mod judge;
pub mod risk;

pub use estate::Estate;
pub use exceptions::{ExceptionRule, Exceptions};
pub use judge::{Judged, PolicyFault, judge, judge_some};
