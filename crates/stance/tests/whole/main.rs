//! The whole command, as users run it: against a simulated cloud, and through a proxy that makes faults.

mod account;
mod faults;
mod memory;
mod moto;
mod names;
mod proxy;
mod reads;
mod request;
mod round_trip;
mod run;
mod usage;
mod verdicts;
