//! The verbs. Only this crate composes what the floors below do; it is driven by the command line and the server.

pub mod config;
pub mod mutelist;
pub mod selftest;
