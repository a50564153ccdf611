//! The verbs. Only this crate composes what the floors below do; it is driven by the command line and the server.

pub mod config;
pub mod inventory_file;
pub mod mutelist;
pub mod permissions;
pub mod scan;
pub mod selftest;
