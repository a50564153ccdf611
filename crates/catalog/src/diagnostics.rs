//! What is wrong with a file of a catalog: a stable code, the place, and what to do. Made by the constructors here only.

use serde::Serialize;
use std::fmt;

/// Whether the catalog can be used all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// It can't.
    Error,
    /// It can.
    Warning,
}

/// Something wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Diagnostic {
    /// The file, relative to the catalog's folder.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// A stable code: `C001`.
    pub code: &'static str,
    /// Error or warning.
    pub level: Level,
    /// What is wrong.
    pub message: String,
    /// What to do, or empty.
    pub help: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = if self.level == Level::Error { "error" } else { "warning" };
        write!(f, "{}:{}: {level}[{}]: {}", self.file, self.line, self.code, self.message)?;
        if !self.help.is_empty() {
            write!(f, "\n  help: {}", self.help)?;
        }
        Ok(())
    }
}

/// Where a diagnostic points.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The file, relative to the catalog's folder.
    pub file: &'a str,
    /// The line, from 1.
    pub line: usize,
}

impl Place<'_> {
    fn say(self, level: Level, code: &'static str, message: String, help: impl Into<String>) -> Diagnostic {
        Diagnostic { file: self.file.to_owned(), line: self.line, code, level, message, help: help.into() }
    }

    fn error(self, code: &'static str, message: String, help: impl Into<String>) -> Diagnostic {
        self.say(Level::Error, code, message, help)
    }

    /// C001: not YAML, or not of the file's schema.
    pub fn malformed(self, message: String) -> Diagnostic {
        self.error("C001", message, "")
    }

    /// C002: the file's path is none of a catalog's.
    pub fn misplaced(self) -> Diagnostic {
        self.error(
            "C002",
            "this file is at no place where a catalog has files".to_owned(),
            "use <provider>/<service>/<resource>.yaml, <provider>/<service>/policies/<policy>.yaml or frameworks/<framework>.yaml, in lower case with '-'",
        )
    }

    /// C003: an id that is taken.
    pub fn taken(self, id: &str, by: &str) -> Diagnostic {
        self.error(
            "C003",
            format!("the id '{id}' is taken by {by}"),
            "give the file another name; former ids (`was`) stay taken",
        )
    }

    /// C004: something that does not exist is named.
    pub fn no_such(self, what: &str, name: &str, near: Option<&str>) -> Diagnostic {
        let help = near.map(|near| format!("did you mean '{near}'?")).unwrap_or_default();
        self.error("C004", format!("there is no {what} '{name}'"), help)
    }

    /// C005: an expression that does not compile.
    pub fn expression(self, key: &str, message: &str, help: &str) -> Diagnostic {
        self.error("C005", format!("`{key}`: {message}"), help)
    }

    /// C006: an expression that compiles but is a trap.
    pub fn trap(self, key: &str, message: &str, help: &str) -> Diagnostic {
        self.error("C006", format!("`{key}`: {message}"), help)
    }

    /// C007: a call that the API does not have, or that is not a read.
    pub fn no_such_call(self, call: &str, why: &str) -> Diagnostic {
        self.error(
            "C007",
            format!("'{call}' can't be called: {why}"),
            "calls are named service.Operation and must be reads",
        )
    }

    /// C008: a path that the API's answers don't have.
    pub fn no_such_path(self, key: &str, path: &str, near: Option<&str>) -> Diagnostic {
        let help = near.map(|near| format!("did you mean '{near}'?")).unwrap_or_default();
        self.error("C008", format!("`{key}` reads '{path}', which the resource type does not have"), help)
    }

    /// C009: a permission that does not exist.
    pub fn no_such_permission(self, permission: &str, call: &str) -> Diagnostic {
        self.error(
            "C009",
            format!("the permission '{permission}' for the call '{call}' does not exist"),
            format!("say which it needs in permissions.yaml: `{call}: [service:Action]`"),
        )
    }

    /// C010: a test that is missing.
    pub fn missing_test(self, which: &str) -> Diagnostic {
        self.error(
            "C010",
            format!("the policy has no test that expects `{which}`"),
            "every policy has a passing and a failing test, and an unknown one where a read can be denied",
        )
    }

    /// C011: keys that don't go together.
    pub fn contradiction(self, message: &str) -> Diagnostic {
        self.error("C011", message.to_owned(), "")
    }

    /// C012: a text that is empty, too long, or says what it must not.
    pub fn text(self, key: &str, message: &str) -> Diagnostic {
        self.error("C012", format!("`{key}` {message}"), "")
    }

    /// C013: a parameter of a call that the API does not have, or a required one that is missing.
    pub fn no_such_parameter(self, call: &str, message: &str) -> Diagnostic {
        self.error("C013", format!("'{call}': {message}"), "")
    }

    /// C014: an override that matches nothing.
    pub fn unused(self, what: &str) -> Diagnostic {
        self.say(Level::Warning, "C014", format!("{what} matches nothing any more"), "remove it")
    }

    /// C015: an example whose answers become something else.
    pub fn wrong_example(self, message: &str) -> Diagnostic {
        self.error("C015", message.to_owned(), "")
    }

    /// C016: a test of a policy that fails.
    pub fn failed_test(self, name: &str, message: &str) -> Diagnostic {
        self.error("C016", format!("test '{name}': {message}"), "")
    }

    /// C017: an expression that errs on a document that may well exist.
    pub fn fault(self, message: &str) -> Diagnostic {
        self.error("C017", message.to_owned(), "providers leave out what is not set: say what absence means")
    }
}
