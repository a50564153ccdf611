//! The AWS client against moto and against a server full of faults.

mod faults;
mod moto;
mod services;
