//! The compiled tree: names resolved to places, macros to loops, constants folded.

use crate::functions::Function;
use model::Value;
use regex::Regex;
use std::collections::HashSet;

/// The place of a loop's variable or a binding, by depth of nesting.
pub(crate) type Local = u16;
/// The place of a value that is kept while the variables that it depends on stay the same.
pub(crate) type Memo = u16;

#[derive(Debug)]
pub(crate) enum Node {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    String(Box<str>),
    Bytes(Box<[u8]>),
    Type(&'static str),
    /// A constant list, where it makes no difference that its members read as a document's.
    Document(Box<Value>),
    Slot(u16),
    Local(Local),
    Now,
    /// Members of a value, one after the other.
    Path {
        base: Box<Node>,
        steps: Box<[Box<str>]>,
        at: u32,
    },
    Has {
        base: Box<Node>,
        step: Box<str>,
        at: u32,
    },
    OptionalMember {
        base: Box<Node>,
        step: Box<str>,
        at: u32,
    },
    Index {
        pair: Box<(Node, Node)>,
        at: u32,
    },
    OptionalIndex {
        pair: Box<(Node, Node)>,
        at: u32,
    },
    Not {
        of: Box<Node>,
        at: u32,
    },
    Negate {
        of: Box<Node>,
        at: u32,
    },
    And {
        terms: Box<[Node]>,
        at: u32,
    },
    Or {
        terms: Box<[Node]>,
        at: u32,
    },
    Choose {
        parts: Box<(Node, Node, Node)>,
        at: u32,
    },
    Equal {
        pair: Box<(Node, Node)>,
        negated: bool,
    },
    Compare {
        pair: Box<(Node, Node)>,
        order: Order,
        at: u32,
    },
    Arithmetic {
        pair: Box<(Node, Node)>,
        operator: Operator,
        at: u32,
    },
    In {
        pair: Box<(Node, Node)>,
        at: u32,
    },
    /// `in` a constant list.
    InSet {
        of: Box<Node>,
        set: Box<Set>,
    },
    List {
        items: Box<[(Node, bool)]>,
        at: u32,
    },
    Map {
        entries: Box<[(Node, Node, bool)]>,
        at: u32,
    },
    Loop(Box<Loop>),
    Bind {
        local: Local,
        value: Box<Node>,
        body: Box<Node>,
        resets: Box<[Memo]>,
    },
    Memo {
        memo: Memo,
        of: Box<Node>,
    },
    /// `orValue` and `or`: the other is evaluated only where the optional has no value.
    OrElse {
        pair: Box<(Node, Node)>,
        unwrap: bool,
        at: u32,
    },
    Call {
        function: &'static Function,
        arguments: Box<[Node]>,
        at: u32,
    },
    /// `matches` with a constant pattern.
    Matches {
        of: Box<Node>,
        pattern: Box<Regex>,
        at: u32,
    },
    World {
        question: Question,
        kind: Box<str>,
        type_name: Option<Box<str>>,
        at: u32,
    },
    /// Whether a list, map or string has anything in it: what comparing its size with zero comes to.
    Filled {
        of: Box<Node>,
        wanted: bool,
        at: u32,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    All,
    Related,
    Referrers,
}

/// What a loop makes of its elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Exists,
    All,
    ExistsOne,
    Filter,
    Map,
    /// `map` with a condition.
    MapIf,
    SortBy,
}

#[derive(Debug)]
pub(crate) struct Loop {
    pub(crate) kind: Kind,
    pub(crate) range: Node,
    pub(crate) local: Local,
    /// The condition, or what `map` makes and `sortBy` sorts by.
    pub(crate) body: Node,
    /// What `MapIf` makes.
    pub(crate) made: Option<Node>,
    /// Kept values to forget when the variable changes.
    pub(crate) resets: Box<[Memo]>,
    pub(crate) join: Option<Join>,
    pub(crate) at: u32,
}

/// An equality between something of the element alone and something free of it, over a range that an enclosing loop
/// runs through again and again.
#[derive(Debug)]
pub(crate) struct Join {
    /// Of the element alone.
    pub(crate) key: Node,
    /// Free of the element.
    pub(crate) probe: Node,
    /// Where the index is kept.
    pub(crate) memo: Memo,
}

/// A constant list's elements by type.
#[derive(Debug, Default)]
pub(crate) struct Set {
    pub(crate) strings: HashSet<Box<str>>,
    pub(crate) integers: Vec<i64>,
    pub(crate) doubles: Vec<f64>,
    pub(crate) bools: [bool; 2],
    pub(crate) null: bool,
}
