//! The language against its contract: conformance tables, the reference interpreter, and the properties of unknown.

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod differential;
#[cfg(test)]
mod joins;
#[cfg(test)]
mod made_up;
#[cfg(test)]
mod monotony;
#[cfg(test)]
mod reads;
#[cfg(test)]
mod show;
#[cfg(test)]
mod texts;
