//! The language against its contract: conformance tables, the reference interpreter, and the properties of unknown.

mod conformance;
mod differential;
mod joins;
mod made_up;
mod monotony;
mod reads;
mod show;
mod texts;
