//! Each format against its own schema, against hostile texts, and as it looks.

mod fixture;
mod hostile;
mod schemas;
mod shapes;
mod snapshots;
