//! What the providers' APIs look like: operations, shapes, endpoints and permissions, as generated files say.
//!
//! Never: I/O (the files are embedded), a clock, a call to a cloud.

pub mod aws;
