//! botocore's model of a service → the trimmed one.

use super::{
    botocore::{self, Api, Reference},
    iam::Actions,
    reads::{self, Reads},
    wheel::ServiceFiles,
};
use anyhow::{Context as _, Result, bail};
use apimodel::aws::{
    Discovery, Endpoints, ErrorCode, Kind, List, Location, Map, Member, Operation, Paginator, Protocol, Service, Shape,
    ShapeId, Signature, Structure, TimeFormat,
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The trimmed service, still without endpoints.
pub(crate) fn service(name: &str, files: &ServiceFiles, actions: &Actions) -> Result<Service> {
    let api = &files.api;
    let metadata = &api.metadata;
    let signing_name = metadata.signing_name.clone().unwrap_or_else(|| metadata.endpoint_prefix.clone());
    let all: Vec<&str> = api.operations.keys().map(String::as_str).collect();
    let iam_prefix = actions.prefix(name, &signing_name, &all);
    let mut shapes = Shapes { api, ids: BTreeMap::new(), done: Vec::new() };
    let mut errors = Errors::of(api);
    let mut operations = BTreeMap::new();
    for (operation_name, operation) in &api.operations {
        let (action, level) = actions.of(name, &iam_prefix, &operation.http.method, operation_name);
        let unsigned = operation.authtype.as_deref() == Some("none");
        let Some(reads) = reads::judge(name, operation_name, level, unsigned) else { continue };
        if streams_events(api, operation) {
            continue;
        }
        let trimmed = Operation {
            name: Arc::from(operation_name.as_str()),
            method: operation.http.method.clone(),
            path: operation.http.request_uri.clone(),
            input: operation.input.as_ref().map(|input| shapes.id(&input.shape)).transpose()?,
            output: operation.output.as_ref().map(|output| shapes.id(&output.shape)).transpose()?,
            wrapper: operation.output.as_ref().and_then(|output| output.result_wrapper.clone()).unwrap_or_default(),
            element: operation.input.as_ref().and_then(|input| input.location_name.clone()).unwrap_or_default(),
            errors: errors.indices(&operation.errors),
            paginator: paginator(files, operation_name, operation),
            data: reads == Reads::Data,
            host_prefix: operation.endpoint.as_ref().map(|endpoint| endpoint.host_prefix.clone()).unwrap_or_default(),
            unsigned,
            endpoints: Endpoints::default(),
            action,
            discovery: match &operation.endpointdiscovery {
                Some(discovery) if discovery.required => Discovery::Required,
                _ => Discovery::None,
            },
        };
        operations.insert(trimmed.name.clone(), trimmed);
    }
    Ok(Service {
        name: Arc::from(name),
        id: metadata.service_id.clone(),
        title: metadata.service_full_name.clone(),
        api_version: metadata.api_version.clone(),
        endpoint_prefix: metadata.endpoint_prefix.clone(),
        signing_name,
        iam_prefix,
        protocol: protocol(metadata)?,
        signature: match metadata.signature_version.as_str() {
            "v4" => Signature::V4,
            "s3" | "s3v4" => Signature::S3,
            _ => Signature::Other,
        },
        target_prefix: metadata.target_prefix.clone().unwrap_or_default(),
        xml_namespace: metadata.xml_namespace.as_ref().and_then(namespace).unwrap_or_default(),
        query_compatible: metadata.aws_query_compatible.is_some(),
        operations,
        shapes: shapes
            .done
            .into_iter()
            .map(|shape| shape.context("a shape was not filled in"))
            .collect::<Result<_>>()?,
        errors: errors.list,
        endpoints: Endpoints::default(),
    })
}

/// The protocol to speak: text before CBOR, since text can be read by people and every server has it.
fn protocol(metadata: &botocore::Metadata) -> Result<Protocol> {
    let mut offered: Vec<&str> = metadata.protocols.iter().map(String::as_str).collect();
    offered.push(&metadata.protocol);
    let wanted = ["json", "rest-json", "rest-xml", "query", "ec2", "smithy-rpc-v2-cbor"];
    let chosen = wanted.into_iter().find(|name| offered.contains(name)).context("no known protocol")?;
    Ok(match (chosen, metadata.json_version.as_deref()) {
        ("json", Some("1.0") | None) => Protocol::Json10,
        ("json", Some("1.1")) => Protocol::Json11,
        ("rest-json", _) => Protocol::RestJson,
        ("rest-xml", _) => Protocol::RestXml,
        ("query", _) => Protocol::Query,
        ("ec2", _) => Protocol::Ec2,
        ("smithy-rpc-v2-cbor", _) => Protocol::Cbor,
        other => bail!("protocol {other:?} is new"),
    })
}

fn namespace(value: &Value) -> Option<String> {
    value.as_str().or_else(|| value.get("uri")?.as_str()).map(str::to_owned)
}

/// Operations over event streams are not calls with one answer.
fn streams_events(api: &Api, operation: &botocore::Operation) -> bool {
    let sides = [operation.input.as_ref(), operation.output.as_ref()];
    sides.into_iter().flatten().any(|side| {
        let members = api.shapes.get(&side.shape).map(|shape| &shape.members);
        members
            .into_iter()
            .flatten()
            .any(|(_, member)| api.shapes.get(&member.shape).is_some_and(|shape| shape.eventstream))
    })
}

fn paginator(files: &ServiceFiles, name: &str, operation: &botocore::Operation) -> Option<Paginator> {
    let Some(paginator) = files.pagination.pagination.get(name) else {
        return evident_paginator(&files.api, operation);
    };
    Some(Paginator {
        input_tokens: words(&paginator.input_token),
        output_tokens: words(&paginator.output_token),
        result_keys: words(&paginator.result_key),
        more_results: paginator.more_results.clone().unwrap_or_default(),
        limit_key: paginator.limit_key.clone().unwrap_or_default(),
    })
}

/// Tokens that an operation takes, and those that it answers for each.
const TOKENS: &[(&str, &[&str])] = &[
    ("NextToken", &["NextToken"]),
    ("nextToken", &["nextToken"]),
    ("Marker", &["NextMarker", "Marker"]),
    ("NextMarker", &["NextMarker"]),
    ("PageToken", &["NextPageToken"]),
    ("pageToken", &["nextPageToken"]),
    ("NextPageToken", &["NextPageToken"]),
    ("nextPageToken", &["nextPageToken"]),
    ("PaginationToken", &["PaginationToken"]),
    ("position", &["position"]),
];

/// botocore lists no paginator for many operations that page all the same; their members show it.
fn evident_paginator(api: &Api, operation: &botocore::Operation) -> Option<Paginator> {
    let members = |side: &Option<Reference>| {
        side.as_ref().and_then(|side| api.shapes.get(&side.shape)).map(|shape| &shape.members)
    };
    let (input, output) = (members(&operation.input)?, members(&operation.output)?);
    let (taken, answered) = TOKENS.iter().find_map(|(taken, answered)| {
        Some((*taken, *answered.iter().find(|name| input.contains_key(*taken) && output.contains_key(**name))?))
    })?;
    let is_list = |member: &Reference| {
        api.shapes.get(&member.shape).is_some_and(|shape| matches!(shape.kind.as_str(), "list" | "map"))
    };
    let result_keys: Vec<String> =
        output.iter().filter(|(_, member)| is_list(member)).map(|(name, _)| name.clone()).collect();
    (!result_keys.is_empty()).then(|| Paginator {
        input_tokens: vec![taken.to_owned()],
        output_tokens: vec![answered.to_owned()],
        result_keys,
        more_results: String::new(),
        limit_key: String::new(),
    })
}

fn words(value: &Value) -> Vec<String> {
    match value {
        Value::String(word) => vec![word.clone()],
        Value::Array(words) => words.iter().filter_map(|word| word.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}

/// The modelled errors, numbered.
struct Errors {
    list: Vec<ErrorCode>,
    numbers: BTreeMap<String, u32>,
}

impl Errors {
    fn of(api: &Api) -> Self {
        let used: BTreeSet<&str> =
            api.operations.values().flat_map(|op| &op.errors).map(|error| error.shape.as_str()).collect();
        let code = |name: &str| {
            let facts = api.shapes.get(name).and_then(|shape| shape.error.as_ref());
            let code = facts.and_then(|facts| facts.code.as_deref()).unwrap_or(name);
            ErrorCode { code: Arc::from(code), status: facts.and_then(|facts| facts.http_status_code).unwrap_or(0) }
        };
        let codes: BTreeMap<&str, ErrorCode> = used.into_iter().map(|name| (name, code(name))).collect();
        let list: Vec<ErrorCode> = codes.values().cloned().collect::<BTreeSet<_>>().into_iter().collect();
        let number =
            |code: &ErrorCode| list.iter().position(|other| other == code).and_then(|index| u32::try_from(index).ok());
        let numbers = codes.iter().filter_map(|(name, code)| Some(((*name).to_owned(), number(code)?))).collect();
        Self { list, numbers }
    }

    fn indices(&mut self, errors: &[Reference]) -> Vec<u32> {
        let indices: BTreeSet<u32> =
            errors.iter().filter_map(|error| self.numbers.get(&error.shape).copied()).collect();
        indices.into_iter().collect()
    }
}

/// The shapes reached so far.
struct Shapes<'a> {
    api: &'a Api,
    ids: BTreeMap<String, ShapeId>,
    done: Vec<Option<Shape>>,
}

impl Shapes<'_> {
    fn id(&mut self, name: &str) -> Result<ShapeId> {
        if let Some(&id) = self.ids.get(name) {
            return Ok(id);
        }
        let index = self.done.len();
        let id = ShapeId::try_from(index)?;
        self.ids.insert(name.to_owned(), id);
        self.done.push(None);
        let kind = self.kind(name).with_context(|| format!("shape {name}"))?;
        if let Some(slot) = self.done.get_mut(index) {
            *slot = Some(Shape { name: Arc::from(name), kind });
        }
        Ok(id)
    }

    fn kind(&mut self, name: &str) -> Result<Kind> {
        let shape = self.api.shapes.get(name).context("is not there")?;
        Ok(match shape.kind.as_str() {
            "structure" if shape.document => Kind::Document,
            "structure" => Kind::Structure(self.structure(shape)?),
            "list" => {
                let item = shape.member.as_ref().context("a list without items")?;
                let item_name = item.location_name.as_deref().map(Arc::from);
                Kind::List(List { item: self.id(&item.shape)?, item_name, flattened: shape.flattened })
            }
            "map" => {
                let (key, value) = shape.key.as_ref().zip(shape.value.as_ref()).context("a map without keys")?;
                Kind::Map(Map {
                    key: self.id(&key.shape)?,
                    value: self.id(&value.shape)?,
                    key_name: key.location_name.as_deref().map(Arc::from),
                    value_name: value.location_name.as_deref().map(Arc::from),
                    flattened: shape.flattened,
                })
            }
            "string" | "character" => {
                Kind::String(shape.values.iter().map(|value| Arc::from(value.as_str())).collect())
            }
            "blob" => Kind::Blob,
            "boolean" => Kind::Boolean,
            "integer" | "long" | "short" | "byte" | "biginteger" => Kind::Integer,
            "double" | "float" | "bigdecimal" => Kind::Float,
            "timestamp" => Kind::Timestamp(shape.timestamp_format.as_deref().map(time_format).transpose()?),
            other => bail!("type '{other}' is new"),
        })
    }

    fn structure(&mut self, shape: &botocore::Shape) -> Result<Structure> {
        let mut members = Vec::new();
        for (name, member) in &shape.members {
            members.push(Member {
                name: Arc::from(name.as_str()),
                shape: self.id(&member.shape)?,
                wire: member.location_name.as_deref().filter(|wire| wire != name).map(Arc::from),
                query_name: member.query_name.as_deref().map(Arc::from),
                location: location(member.location.as_deref())?,
                required: shape.required.contains(name),
                token: member.idempotency_token,
                attribute: member.xml_attribute,
                flattened: member.flattened,
                json: member.jsonvalue,
                namespace: member.xml_namespace.as_ref().and_then(namespace).map(Arc::from),
            });
        }
        Ok(Structure::new(members, shape.union, shape.payload.clone().unwrap_or_default()))
    }
}

fn time_format(word: &str) -> Result<TimeFormat> {
    Ok(match word {
        "iso8601" => TimeFormat::Iso8601,
        "unixTimestamp" => TimeFormat::Unix,
        "rfc822" => TimeFormat::Rfc822,
        other => bail!("time format '{other}' is new"),
    })
}

fn location(word: Option<&str>) -> Result<Location> {
    Ok(match word {
        None => Location::Body,
        Some("uri") => Location::Uri,
        Some("querystring") => Location::Query,
        Some("header") => Location::Header,
        Some("headers") => Location::Headers,
        Some("statusCode") => Location::Status,
        Some(other) => bail!("location '{other}' is new"),
    })
}
