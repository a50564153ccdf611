//! The embedded archive, unpacked on demand.

use super::{AccessLevel, Operation, Partition, Service, archive::Archive};
use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock, OnceLock},
};

static BYTES: &[u8] = include_bytes!("../../../../catalog/models/aws.bin");
static ARCHIVE: LazyLock<Archive<'static>> =
    LazyLock::new(|| Archive::open(BYTES).expect("the embedded archive is whole: a test opens every block"));
static SERVICES: LazyLock<BTreeMap<&'static str, OnceLock<Arc<Service>>>> = LazyLock::new(|| {
    let names = ARCHIVE.index().blocks.keys().filter_map(|name| name.strip_prefix("service/"));
    names.map(|name| (name, OnceLock::new())).collect()
});
type Actions = BTreeMap<String, BTreeMap<String, AccessLevel>>;
static ACTIONS: LazyLock<Actions> = LazyLock::new(|| read("actions"));
pub(super) static PARTITIONS: LazyLock<Vec<Partition>> = LazyLock::new(|| read("partitions"));

fn read<T: serde::de::DeserializeOwned>(block: &str) -> T {
    let json = ARCHIVE
        .block(block)
        .and_then(Result::ok)
        .expect("the embedded archive has the block: a test opens every one of them");
    serde_json::from_slice(&json).expect("the archive's writer and reader share their types")
}

fn unpack(name: &str) -> Arc<Service> {
    let mut service: Service = read(&format!("service/{name}"));
    service.index();
    Arc::new(service)
}

/// A service by name (`s3`, `elbv2`); unpacked the first time (up to some 10 ms for `ec2`), shared afterwards.
pub fn service(name: &str) -> Option<Arc<Service>> {
    SERVICES.get_key_value(name).map(|(name, slot)| slot.get_or_init(|| unpack(name)).clone())
}

/// The names of all services, sorted.
pub fn services() -> impl Iterator<Item = &'static str> {
    SERVICES.keys().copied()
}

/// An operation by `service.Operation`, with its service.
pub fn operation(name: &str) -> Option<(Arc<Service>, Operation)> {
    let (service_name, operation_name) = name.split_once('.')?;
    let service = service(service_name)?;
    let operation = service.operations.get(operation_name)?.clone();
    Some((service, operation))
}

/// The IAM actions of a prefix with what they do, by name, or `None` for a prefix that IAM lacks.
/// Not the actions that the read operations need alone: all of them.
pub fn actions(prefix: &str) -> Option<&'static BTreeMap<String, AccessLevel>> {
    ACTIONS.get(prefix)
}

/// Names and versions of the packages that the facts come from.
pub fn source() -> &'static str {
    &ARCHIVE.index().source
}

#[cfg(test)]
mod tests;
