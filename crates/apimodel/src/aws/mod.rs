//! The AWS APIs, from one embedded archive that `cargo xtask aws-models` writes; a service is unpacked when first asked for.

pub mod archive;
pub mod endpoint;
pub mod path;
pub mod service;

mod load;

pub use endpoint::{
    Endpoint, EndpointRule, Endpoints, Partition, Variant, partition, partition_of, partition_of_region, partitions,
    pattern,
};
pub use load::{actions, operation, service, services, source};
pub use path::PathError;
pub use service::{
    AccessLevel, Discovery, ErrorCode, Kind, List, Location, Map, Member, Operation, Paginator, Protocol, Service,
    Shape, ShapeId, Signature, Structure, TimeFormat,
};
