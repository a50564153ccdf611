//! Live discovery: what the providers' APIs answer.
//!
//! Never: a verdict, a write to a cloud, giving up silently.

pub mod aws;
pub mod collect;
mod connect;

pub use connect::{AccountHandle, AwsTargets, ConnectError, Progress, Targets, connect};
