//! The AWS client: any read operation of any service, from the API's models.
//!
//! Never: an operation that is not a read, a verdict, silence about what could not be read.

mod account;
mod breaker;
mod cache;
mod client;
mod counters;
mod decode;
mod encode;
mod endpoint;
mod error;
mod limit;
mod options;
mod page;
pub mod permissions;
mod send;
mod session;
mod sign;
mod time;
mod transport;

pub use account::{AccountCalls, RegionError};
pub use client::Client;
pub use counters::{Counters, CountersKey};
pub use decode::{Answer, ParseError, parse_answer};
pub use encode::Request;
pub use error::{CallError, CallErrorKind};
pub use options::ClientOptions;
pub use session::{AssumeRole, Session, SessionSource};
pub use sign::{SigningError, SigningScope, signed_headers};
