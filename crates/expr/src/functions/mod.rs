//! The functions of the language: a table a family, each row with the text that its documentation is made from.

pub mod convert;
pub mod iam;
pub mod lists;
pub mod math;
pub mod net;
pub mod optional;
pub mod outcome;
mod rows;
pub mod secrets;
pub mod strings;
pub mod time;
pub mod values;
pub mod version;

use crate::{
    evaluate::{Error, Frame, Outcome},
    value::Val,
};
use std::fmt;

/// How a function is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `f(x)`.
    Global,
    /// `x.f()`; the receiver is the first argument.
    Method,
}

impl Style {
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Global => Self::Method,
            Self::Method => Self::Global,
        }
    }
}

/// What unknown arguments do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknowns {
    /// An argument that is unknown anywhere in it makes the result unknown.
    Infect,
    /// An argument that is unknown makes the result unknown; the function sees to unknown parts.
    Parts,
}

pub(crate) type Run = for<'a> fn(&mut Frame<'a>, &[Val<'a>]) -> Outcome<'a>;

/// A function.
pub struct Function {
    /// Its name, with its namespace: `net.contains`, `startsWith`.
    pub name: &'static str,
    /// How it is called.
    pub style: Style,
    /// Fewest and most arguments, the receiver counted.
    pub arguments: (usize, usize),
    /// As people write it: `net.contains(cidr, address_or_cidr)`.
    pub signature: &'static str,
    /// What it gives, in Markdown.
    pub doc: &'static str,
    /// What unknown arguments do.
    pub unknowns: Unknowns,
    /// Whether it costs less than keeping its result.
    pub cheap: bool,
    pub(crate) run: Run,
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.signature)
    }
}

impl Function {
    const fn global(
        name: &'static str,
        arguments: (usize, usize),
        signature: &'static str,
        doc: &'static str,
        run: Run,
    ) -> Self {
        Self { name, style: Style::Global, arguments, signature, doc, unknowns: Unknowns::Infect, cheap: false, run }
    }

    const fn method(
        name: &'static str,
        arguments: (usize, usize),
        signature: &'static str,
        doc: &'static str,
        run: Run,
    ) -> Self {
        Self { name, style: Style::Method, arguments, signature, doc, unknowns: Unknowns::Infect, cheap: false, run }
    }

    const fn cheap(mut self) -> Self {
        self.cheap = true;
        self
    }

    /// It sees to unknown parts of its arguments itself.
    const fn parts(mut self) -> Self {
        self.unknowns = Unknowns::Parts;
        self
    }
}

/// A family of functions.
#[derive(Debug)]
pub struct Family {
    /// Its heading.
    pub title: &'static str,
    /// Its functions.
    pub functions: &'static [Function],
}

/// All families, in the order of the documentation.
pub static FAMILIES: &[Family] = &[
    Family { title: "Values", functions: values::FUNCTIONS },
    Family { title: "Time", functions: time::FUNCTIONS },
    Family { title: "Network", functions: rows::NETWORK },
    Family { title: "Identity and access", functions: rows::IDENTITY },
    Family { title: "Secrets", functions: rows::SECRETS },
    Family { title: "Versions", functions: rows::VERSIONS },
    Family { title: "Conversions", functions: convert::FUNCTIONS },
    Family { title: "Strings", functions: strings::FUNCTIONS },
    Family { title: "Lists", functions: lists::FUNCTIONS },
    Family { title: "Numbers", functions: math::FUNCTIONS },
    Family { title: "Optional values", functions: optional::FUNCTIONS },
];

fn all() -> impl Iterator<Item = &'static Function> {
    FAMILIES.iter().flat_map(|family| family.functions)
}

/// The function of a name that takes so many arguments, the receiver counted.
pub(crate) fn find(name: &str, style: Style, arguments: usize) -> Option<&'static Function> {
    all().find(|function| {
        function.name == name
            && function.style == style
            && (function.arguments.0..=function.arguments.1).contains(&arguments)
    })
}

pub(crate) fn signatures(name: &str, style: Style) -> Vec<&'static str> {
    all()
        .filter(|function| function.name == name && function.style == style)
        .map(|function| function.signature)
        .collect()
}

pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    let macros = [
        "has",
        "orValue",
        "or",
        "all",
        "exists",
        "exists_one",
        "filter",
        "map",
        "sortBy",
        "related",
        "referrers",
        "cel.bind",
    ];
    all().map(|function| function.name).chain(macros)
}

/// Whether a name stands before the dot of functions.
pub(crate) fn is_namespace(name: &str) -> bool {
    all().any(|function| {
        function.style == Style::Global && function.name.rsplit_once('.').is_some_and(|(space, _)| space == name)
    }) || name == "cel"
}

/// An argument of the wrong type.
#[cold]
pub(crate) fn wrong<'a>(frame: &Frame<'a>, function: &str, wanted: &str, given: Val<'a>) -> Error<'a> {
    frame.error(format_args!("{function} wants {wanted}, not {}", given.type_name()))
}

/// The argument at a place; the compiler has counted them.
pub(crate) fn argument<'a>(arguments: &[Val<'a>], index: usize) -> Val<'a> {
    arguments.get(index).copied().unwrap_or(Val::Absent)
}

pub(crate) fn string<'a>(
    frame: &Frame<'a>,
    function: &str,
    arguments: &[Val<'a>],
    index: usize,
) -> Result<&'a str, Error<'a>> {
    match argument(arguments, index) {
        Val::String(text) => Ok(text),
        other => Err(wrong(frame, function, "a string", other)),
    }
}

pub(crate) fn whole<'a>(
    frame: &Frame<'a>,
    function: &str,
    arguments: &[Val<'a>],
    index: usize,
) -> Result<i64, Error<'a>> {
    match argument(arguments, index) {
        Val::Int(number) => Ok(number),
        other => Err(wrong(frame, function, "an int", other)),
    }
}
