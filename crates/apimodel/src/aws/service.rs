//! A service's model: its read operations and the shapes they take and answer.

use super::endpoint::Endpoints;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// Index into [`Service::shapes`].
pub type ShapeId = u32;

/// The wire protocol, the one this project speaks with the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// JSON 1.0 over `X-Amz-Target`.
    Json10,
    /// JSON 1.1 over `X-Amz-Target`.
    Json11,
    /// JSON bodies on REST paths.
    RestJson,
    /// XML bodies on REST paths.
    RestXml,
    /// Form bodies, XML answers.
    Query,
    /// EC2's dialect of `query`.
    Ec2,
    /// Smithy RPC v2 with CBOR bodies.
    Cbor,
}

/// How requests are signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signature {
    /// Signature version 4.
    #[default]
    V4,
    /// Signature version 4 in S3's dialect: the path is encoded once and not normalised.
    S3,
    /// Another scheme (bearer tokens, version 2): not spoken here.
    Other,
}

/// What IAM says an action does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccessLevel {
    /// Names of resources.
    List,
    /// Their contents.
    Read,
    /// Creates, changes or deletes.
    Write,
    /// Changes permissions.
    Permissions,
    /// Changes tags only.
    Tagging,
}

/// Where a member travels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Location {
    /// In the body.
    #[default]
    Body,
    /// In the path.
    Uri,
    /// In the query string.
    Query,
    /// In a header.
    Header,
    /// In all headers that begin with the member's wire name.
    Headers,
    /// The HTTP status.
    Status,
}

/// How a time is written on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimeFormat {
    /// `2024-05-06T07:08:09Z`.
    Iso8601,
    /// Seconds since 1970.
    Unix,
    /// `Mon, 06 May 2024 07:08:09 GMT`.
    Rfc822,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// The name in `service.Operation`: `s3`, `elbv2`.
    pub name: Arc<str>,
    /// The service id: `S3`, `Elastic Load Balancing v2`.
    pub id: String,
    /// The full name.
    pub title: String,
    /// The version of the API: a date.
    pub api_version: String,
    /// First label of the host name.
    pub endpoint_prefix: String,
    /// The name that signatures carry.
    pub signing_name: String,
    /// The prefix of the service's IAM actions, or empty where none is known.
    pub iam_prefix: String,
    /// The protocol to speak.
    pub protocol: Protocol,
    /// How requests are signed.
    #[serde(default, skip_serializing_if = "is_default")]
    pub signature: Signature,
    /// First half of `X-Amz-Target`, and the service's name in CBOR's paths.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub target_prefix: String,
    /// Namespace of XML bodies.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub xml_namespace: String,
    /// Errors carry a query protocol's code in a header.
    #[serde(default, skip_serializing_if = "is_false")]
    pub query_compatible: bool,
    /// The read operations by name.
    pub operations: BTreeMap<Arc<str>, Operation>,
    /// All shapes that the operations reach.
    pub shapes: Vec<Shape>,
    /// All modelled errors.
    pub errors: Vec<ErrorCode>,
    /// Where the service answers.
    pub endpoints: Endpoints,
}

/// A modelled error.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorCode {
    /// The code as answers carry it: `NoSuchBucketPolicy`.
    pub code: Arc<str>,
    /// The HTTP status, or 0 where the model names none.
    #[serde(default, skip_serializing_if = "is_default")]
    pub status: u16,
}

/// An operation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// The name.
    pub name: Arc<str>,
    /// The HTTP method.
    pub method: String,
    /// The path with its query and `{labels}`.
    pub path: String,
    /// What it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<ShapeId>,
    /// What it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<ShapeId>,
    /// The element around the answer in the query protocol.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub wrapper: String,
    /// The element around the input in XML bodies.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub element: String,
    /// Indices into [`Service::errors`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<u32>,
    /// How pages follow each other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paginator: Option<Paginator>,
    /// Reads data (objects, messages, log lines, secrets, credentials) rather than configuration.
    #[serde(default, skip_serializing_if = "is_false")]
    pub data: bool,
    /// Put before the host name; may hold `{labels}`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub host_prefix: String,
    /// Sent without a signature.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unsigned: bool,
    /// Endpoint rules of this operation alone, or empty.
    #[serde(default, skip_serializing_if = "Endpoints::is_empty")]
    pub endpoints: Endpoints,
    /// The IAM action that permits it (`s3:GetEncryptionConfiguration`), or empty where none is known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub action: String,
    /// Whether the endpoint must be asked for first.
    #[serde(default, skip_serializing_if = "is_default")]
    pub discovery: Discovery,
}

/// Whether an operation's endpoint must be asked for with `DescribeEndpoints` first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Discovery {
    /// No.
    #[default]
    None,
    /// Yes.
    Required,
}

/// How the pages of an operation follow each other. Paths are dotted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paginator {
    /// Input members that take the tokens.
    pub input_tokens: Vec<String>,
    /// Where the next page's tokens are in an answer, one an input token; alternatives by ` || `, last items by `[-1]`.
    pub output_tokens: Vec<String>,
    /// Lists and sums that grow from page to page.
    pub result_keys: Vec<String>,
    /// Present and true where more pages follow, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub more_results: String,
    /// Input member that takes the size of a page, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub limit_key: String,
}

/// A shape.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// The API's name of it.
    pub name: Arc<str>,
    /// What it is.
    pub kind: Kind,
}

impl Shape {
    /// The name of a flattened list's items, which stands for the list.
    fn item_name_beside(&self) -> Option<Arc<str>> {
        if let Kind::List(list) = &self.kind { list.item_name.clone().filter(|_| list.flattened) } else { None }
    }
}

/// What a shape is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Named members.
    Structure(Structure),
    /// Items of one shape.
    List(List),
    /// String keys, values of one shape.
    Map(Map),
    /// Text, with the values it can have where they are listed.
    String(Vec<Arc<str>>),
    /// Bytes; base64 in documents.
    Blob,
    /// True or false.
    Boolean,
    /// A whole number of up to 64 bits.
    Integer,
    /// Any other number.
    Float,
    /// A time, with its format where it is not the protocol's own; RFC 3339 in UTC in documents.
    Timestamp(Option<TimeFormat>),
    /// Any JSON.
    Document,
}

/// A structure.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Structure {
    /// Sorted by name.
    pub members: Vec<Member>,
    /// Exactly one member is set.
    #[serde(default, skip_serializing_if = "is_false")]
    pub union: bool,
    /// The member that is the whole body, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub payload: String,
    /// Names of the body's elements with the members they stand for, by length and name: made when a service is read.
    #[serde(skip)]
    by_wire: Vec<(Arc<str>, u32)>,
}

impl Structure {
    /// A structure of members sorted by name.
    pub fn new(members: Vec<Member>, union: bool, payload: String) -> Self {
        Self { members, union, payload, by_wire: Vec::new() }
    }

    /// A member by its API name.
    pub fn member(&self, name: &str) -> Option<&Member> {
        self.members.binary_search_by(|member| (*member.name).cmp(name)).ok().and_then(|index| self.members.get(index))
    }

    /// A member that travels in the body, by its name on the wire; a flattened list also by its items'.
    pub fn member_on_wire(&self, name: &str) -> Option<&Member> {
        let place =
            self.by_wire.binary_search_by(|(known, _)| (known.len(), &**known).cmp(&(name.len(), name))).ok()?;
        let index = usize::try_from(self.by_wire.get(place)?.1).ok()?;
        self.members.get(index)
    }
}

/// A member of a structure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// The API's name, which documents use.
    pub name: Arc<str>,
    /// What it holds.
    pub shape: ShapeId,
    /// The name on the wire where it is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wire: Option<Arc<str>>,
    /// The name in EC2 requests where it is not derived from the wire name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query_name: Option<Arc<str>>,
    /// Where it travels.
    #[serde(default, skip_serializing_if = "is_default")]
    pub location: Location,
    /// Must be given.
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    /// An idempotency token: filled in where it is left out.
    #[serde(default, skip_serializing_if = "is_false")]
    pub token: bool,
    /// An attribute of the XML element.
    #[serde(default, skip_serializing_if = "is_false")]
    pub attribute: bool,
    /// The member's list or map is flattened, whatever its shape says.
    #[serde(default, skip_serializing_if = "is_false")]
    pub flattened: bool,
    /// JSON in base64 in a header, JSON in a string elsewhere.
    #[serde(default, skip_serializing_if = "is_false")]
    pub json: bool,
    /// Namespace of its XML element.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<Arc<str>>,
}

impl Member {
    /// The name on the wire.
    pub fn wire_name(&self) -> &Arc<str> {
        self.wire.as_ref().unwrap_or(&self.name)
    }
}

/// A list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// What it holds.
    pub item: ShapeId,
    /// The item's name on the wire where it is not `member`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_name: Option<Arc<str>>,
    /// Items stand beside the list's siblings.
    #[serde(default, skip_serializing_if = "is_false")]
    pub flattened: bool,
}

/// A map.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Map {
    /// What its keys are: a string shape.
    pub key: ShapeId,
    /// What it holds.
    pub value: ShapeId,
    /// The key's element where it is not `key`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_name: Option<Arc<str>>,
    /// The value's element where it is not `value`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_name: Option<Arc<str>>,
    /// Entries stand beside the map's siblings.
    #[serde(default, skip_serializing_if = "is_false")]
    pub flattened: bool,
}

impl Service {
    /// Make the tables that look up members by their names on the wire.
    pub(super) fn index(&mut self) {
        let item_names: Vec<Option<Arc<str>>> = self.shapes.iter().map(|shape| shape.item_name_beside()).collect();
        for shape in &mut self.shapes {
            let Kind::Structure(structure) = &mut shape.kind else { continue };
            let in_body = |member: &&Member| member.location == Location::Body && !member.attribute;
            let mut names = BTreeMap::new();
            for (member, index) in structure.members.iter().zip(0_u32..).filter(|(member, _)| in_body(member)) {
                let item_name = usize::try_from(member.shape).ok().and_then(|id| item_names.get(id)?.clone());
                for name in item_name.into_iter().chain([member.wire_name().clone()]) {
                    names.insert((name.len(), name), index);
                }
            }
            structure.by_wire = names.into_iter().map(|((_, name), index)| (name, index)).collect();
        }
    }

    /// A shape; ids come from the same service.
    pub fn shape(&self, id: ShapeId) -> &Shape {
        usize::try_from(id)
            .ok()
            .and_then(|index| self.shapes.get(index))
            .expect("the archive's writer numbers shapes of the same service, and a test resolves them all")
    }

    /// A structure, where the shape is one.
    pub fn structure(&self, id: ShapeId) -> Option<&Structure> {
        if let Kind::Structure(structure) = &self.shape(id).kind { Some(structure) } else { None }
    }

    /// The input's members; none where the operation takes nothing.
    pub fn input_members(&self, operation: &Operation) -> &[Member] {
        operation.input.and_then(|id| self.structure(id)).map_or(&[], |structure| structure.members.as_slice())
    }

    /// The output's members; none where the operation answers nothing.
    pub fn output_members(&self, operation: &Operation) -> &[Member] {
        operation.output.and_then(|id| self.structure(id)).map_or(&[], |structure| structure.members.as_slice())
    }

    /// The codes that the operation's model names, sorted as there.
    pub fn operation_errors<'a>(&'a self, operation: &'a Operation) -> impl Iterator<Item = &'a ErrorCode> {
        operation
            .errors
            .iter()
            .filter_map(|&index| usize::try_from(index).ok().and_then(|index| self.errors.get(index)))
    }

    /// The names of input members that must be given.
    pub fn required<'a>(&'a self, operation: &'a Operation) -> impl Iterator<Item = &'a str> {
        self.input_members(operation).iter().filter(|member| member.required).map(|member| &*member.name)
    }
}
