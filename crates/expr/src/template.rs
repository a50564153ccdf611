//! Texts with holes: `{name} lets {offender.source} in`. A hole holds an expression; `{{` and `}}` are braces.

use crate::{
    arena::Arena,
    compile::compile,
    diagnostics::{self, Diagnostic},
    env::Env,
    parse,
    program::Program,
    reads::Reads,
    scope::Scope,
    value::Val,
};
use std::fmt::Write as _;

/// A compiled text.
#[derive(Debug)]
pub struct Template {
    parts: Vec<Part>,
    source: Box<str>,
}

#[derive(Debug)]
enum Part {
    Text(Box<str>),
    Hole(Box<Program>),
}

impl Template {
    /// Compile a text.
    ///
    /// # Errors
    /// A hole that does not end, or whose expression does not compile; places are bytes of the text.
    pub fn compile(source: &str, env: &Env) -> Result<Self, Diagnostic> {
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut at = 0;
        while let Some(letter) = source.get(at..).and_then(|rest| rest.chars().next()) {
            let doubled = source.get(at + 1..).is_some_and(|rest| rest.starts_with(letter));
            match letter {
                '{' | '}' if doubled => {
                    text.push(letter);
                    at += 2;
                }
                '{' => {
                    let end = hole_end(source, at).ok_or_else(|| diagnostics::open_hole((at, source.len())))?;
                    let hole = source.get(at + 1..end).unwrap_or_default();
                    let program = compile(hole, env).map_err(|mut diagnostic| {
                        diagnostic.start += at + 1;
                        diagnostic.end += at + 1;
                        diagnostic
                    })?;
                    if !text.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut text).into()));
                    }
                    parts.push(Part::Hole(Box::new(program)));
                    at = end + 1;
                }
                '}' => return Err(diagnostics::stray_brace((at, at + 1))),
                _ => {
                    text.push(letter);
                    at += letter.len_utf8();
                }
            }
        }
        if !text.is_empty() {
            parts.push(Part::Text(text.into()));
        }
        Ok(Self { parts, source: source.into() })
    }

    /// The text with its holes filled. What errs or is unknown is `?`, null is `none`.
    pub fn render(&self, scope: &Scope<'_>) -> String {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(part) => text.push_str(part),
                Part::Hole(program) => {
                    let arena = Arena::new();
                    match program.evaluate(scope, &arena) {
                        Ok(value) => write_value(&mut text, value),
                        Err(_) => text.push('?'),
                    }
                }
            }
        }
        text
    }

    /// The expressions in it.
    pub fn programs(&self) -> impl Iterator<Item = &Program> {
        self.parts.iter().filter_map(|part| match part {
            Part::Hole(program) => Some(&**program),
            Part::Text(_) => None,
        })
    }

    /// What each expression in it reads.
    pub fn reads(&self) -> impl Iterator<Item = &Reads> {
        self.programs().map(Program::reads)
    }

    /// The text that it was compiled from.
    pub fn source(&self) -> &str {
        &self.source
    }
}

/// The brace that closes the hole opened at `at`.
fn hole_end(source: &str, at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = at;
    while let Some(byte) = source.as_bytes().get(at) {
        if let Some(end) = parse::quoted_end(source, at) {
            at = end;
            continue;
        }
        match byte {
            b'{' => depth += 1,
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

fn write_value(text: &mut String, value: Val<'_>) {
    match value {
        Val::Absent | Val::Null | Val::Optional(None) => text.push_str("none"),
        Val::String(part) => text.push_str(part),
        Val::Unknown(_) => text.push('?'),
        Val::Entity(entity) => text.push_str(entity.name),
        Val::Optional(Some(value)) => write_value(text, *value),
        Val::DocMap(_) | Val::Map(_) | Val::Bytes(_) => {
            let _ = write!(text, "{}", serde_json::Value::from(&value.to_value()));
        }
        other => match other.elements() {
            Some((items, missing)) => {
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        text.push_str(", ");
                    }
                    write_value(text, item);
                }
                if missing.is_some() {
                    text.push_str(if items.len() == 0 { "?" } else { ", ?" });
                }
            }
            None => text.push_str(&other.to_text().unwrap_or_default()),
        },
    }
}
