//! A compiled expression and what can be asked of it.

use crate::{
    arena::Arena,
    diagnostics::Diagnostic,
    env::Env,
    evaluate::{self, Bounds},
    node::Node,
    reads::Reads,
    scope::Scope,
    value::Val,
};
use model::{Missing, Value};

/// A compiled expression.
#[derive(Debug)]
pub struct Program {
    pub(crate) root: Node,
    pub(crate) source: Box<str>,
    pub(crate) env: Env,
    /// Variables in scope at once.
    pub(crate) locals: usize,
    pub(crate) memos: usize,
    pub(crate) reads: Reads,
    pub(crate) warnings: Vec<Diagnostic>,
}

/// An expression erred while it ran: a wrong type, a division by zero, a bound. Never a verdict.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// One sentence without a full stop.
    pub message: String,
    /// The byte of the source where it happened.
    pub start: usize,
}

/// What a `fail` expression says.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// False, or no offenders and nothing missing.
    Pass,
    /// True (no offenders are named), or the offenders that are certain.
    Fail(Vec<Value>),
    /// It can't be said, because this is missing.
    Unknown(Missing),
}

/// What a condition says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    True,
    /// It does not.
    False,
    /// It can't be said, because this is missing.
    Unknown(Missing),
}

impl Program {
    /// Run it; what it makes is kept in `arena`.
    ///
    /// # Errors
    /// The expression erred, or the scope is of another [`Env`].
    pub fn evaluate<'a>(&'a self, scope: &'a Scope<'a>, arena: &'a Arena) -> Result<Val<'a>, Fault> {
        evaluate::run(self, scope, arena, &Bounds::default())
    }

    /// Run it within other bounds than the usual ones.
    ///
    /// # Errors
    /// The expression erred or went past a bound, or the scope is of another [`Env`].
    pub fn evaluate_within<'a>(
        &'a self,
        scope: &'a Scope<'a>,
        arena: &'a Arena,
        bounds: &Bounds,
    ) -> Result<Val<'a>, Fault> {
        evaluate::run(self, scope, arena, bounds)
    }

    /// Run it for an owned value; what a list may lack is not in it.
    ///
    /// # Errors
    /// The expression erred.
    pub fn value(&self, scope: &Scope<'_>) -> Result<Value, Fault> {
        self.evaluate(scope, &Arena::new()).map(|value| value.to_value())
    }

    /// Run a `fail` expression: a bool, or the list of offenders. Null of a document is the empty list.
    ///
    /// # Errors
    /// The expression erred, or gave neither a bool nor a list.
    pub fn judge(&self, scope: &Scope<'_>) -> Result<Verdict, Fault> {
        let arena = Arena::new();
        Ok(match self.evaluate(scope, &arena)? {
            Val::Bool(true) => Verdict::Fail(Vec::new()),
            Val::Bool(false) => Verdict::Pass,
            Val::Unknown(lack) => Verdict::Unknown(lack.clone()),
            other => match other.elements() {
                Some((items, missing)) => match (items.len(), missing) {
                    (0, None) => Verdict::Pass,
                    (0, Some(lack)) => Verdict::Unknown(lack.clone()),
                    _ => Verdict::Fail(items.iter().map(|item| item.to_value()).collect()),
                },
                None => return Err(self.not_a("a bool or a list of offenders", other)),
            },
        })
    }

    /// Run a condition.
    ///
    /// # Errors
    /// The expression erred, or gave no bool.
    pub fn test(&self, scope: &Scope<'_>) -> Result<Truth, Fault> {
        let arena = Arena::new();
        match self.evaluate(scope, &arena)? {
            Val::Bool(true) => Ok(Truth::True),
            Val::Bool(false) => Ok(Truth::False),
            Val::Unknown(lack) => Ok(Truth::Unknown(lack.clone())),
            other => Err(self.not_a("a bool", other)),
        }
    }

    fn not_a(&self, wanted: &str, value: Val<'_>) -> Fault {
        Fault { message: format!("the expression gives {}, and {wanted} is wanted", value.type_name()), start: 0 }
    }

    /// What it reads.
    pub fn reads(&self) -> &Reads {
        &self.reads
    }

    /// What compiles and is probably a trap.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// The text that it was compiled from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The names that it was compiled for.
    pub fn env(&self) -> &Env {
        &self.env
    }
}
