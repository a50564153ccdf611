//! The parts of botocore's files that are used. Unknown members (documentation, constraints) are ignored on purpose.

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// `service-2.json`.
#[derive(Deserialize)]
pub(crate) struct Api {
    pub(crate) metadata: Metadata,
    pub(crate) operations: BTreeMap<String, Operation>,
    pub(crate) shapes: BTreeMap<String, Shape>,
}

/// Facts of the service.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Metadata {
    pub(crate) api_version: String,
    pub(crate) endpoint_prefix: String,
    pub(crate) protocol: String,
    #[serde(default)]
    pub(crate) protocols: Vec<String>,
    pub(crate) service_full_name: String,
    pub(crate) service_id: String,
    pub(crate) signature_version: String,
    pub(crate) signing_name: Option<String>,
    pub(crate) json_version: Option<String>,
    pub(crate) target_prefix: Option<String>,
    pub(crate) xml_namespace: Option<Value>,
    pub(crate) aws_query_compatible: Option<Value>,
}

/// An operation.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Operation {
    pub(crate) http: Http,
    pub(crate) input: Option<Reference>,
    pub(crate) output: Option<Reference>,
    #[serde(default)]
    pub(crate) errors: Vec<Reference>,
    pub(crate) endpoint: Option<HostPrefix>,
    pub(crate) authtype: Option<String>,
    #[serde(default)]
    pub(crate) static_context_params: BTreeMap<String, StaticParameter>,
    pub(crate) endpointdiscovery: Option<EndpointDiscovery>,
}

/// Method and path.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Http {
    pub(crate) method: String,
    pub(crate) request_uri: String,
}

/// `endpoint`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HostPrefix {
    pub(crate) host_prefix: String,
}

/// `endpointdiscovery`.
#[derive(Deserialize)]
pub(crate) struct EndpointDiscovery {
    #[serde(default)]
    pub(crate) required: bool,
}

/// A fixed parameter of the endpoint rules.
#[derive(Deserialize, Clone, PartialEq, Eq)]
pub(crate) struct StaticParameter {
    pub(crate) value: Value,
}

/// A reference to a shape, with what the place of use adds.
#[derive(Deserialize, Clone)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Reference {
    pub(crate) shape: String,
    pub(crate) location: Option<String>,
    pub(crate) location_name: Option<String>,
    pub(crate) query_name: Option<String>,
    pub(crate) result_wrapper: Option<String>,
    pub(crate) context_param: Option<ContextParameter>,
    pub(crate) xml_namespace: Option<Value>,
    #[serde(default)]
    pub(crate) idempotency_token: bool,
    #[serde(default)]
    pub(crate) xml_attribute: bool,
    #[serde(default)]
    pub(crate) flattened: bool,
    #[serde(default)]
    pub(crate) jsonvalue: bool,
}

/// `contextParam`.
#[derive(Deserialize, Clone)]
pub(crate) struct ContextParameter {
    pub(crate) name: String,
}

/// A shape.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shape {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) members: BTreeMap<String, Reference>,
    pub(crate) member: Option<Reference>,
    pub(crate) key: Option<Reference>,
    pub(crate) value: Option<Reference>,
    #[serde(default)]
    pub(crate) required: Vec<String>,
    #[serde(default, rename = "enum")]
    pub(crate) values: Vec<String>,
    #[serde(default)]
    pub(crate) flattened: bool,
    #[serde(default)]
    pub(crate) union: bool,
    #[serde(default)]
    pub(crate) document: bool,
    #[serde(default)]
    pub(crate) eventstream: bool,
    pub(crate) payload: Option<String>,
    pub(crate) timestamp_format: Option<String>,
    pub(crate) error: Option<ErrorFacts>,
}

/// `error` of an exception.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ErrorFacts {
    pub(crate) code: Option<String>,
    pub(crate) http_status_code: Option<u16>,
}

/// `paginators-1.json`.
#[derive(Deserialize, Default)]
pub(crate) struct Pagination {
    #[serde(default)]
    pub(crate) pagination: BTreeMap<String, Paginator>,
}

/// A paginator; each of the first three is a string or a list of strings.
#[derive(Deserialize)]
pub(crate) struct Paginator {
    #[serde(default)]
    pub(crate) input_token: Value,
    #[serde(default)]
    pub(crate) output_token: Value,
    #[serde(default)]
    pub(crate) result_key: Value,
    pub(crate) more_results: Option<String>,
    pub(crate) limit_key: Option<String>,
}
