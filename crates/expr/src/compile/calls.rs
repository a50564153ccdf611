//! Calls: macros, questions to the world, functions of the library.

use super::{Lowered, Lowering, constant_list, qualified};
use crate::{
    diagnostics::{self, Diagnostic, Span},
    functions::{self, Style},
    node::{Kind, Node, Question},
};
use cel::{
    IdedExpr,
    common::ast::{CallExpr, Expr, LiteralValue},
};
use regex::RegexBuilder;

/// Memory that a compiled pattern may take.
pub(crate) const PATTERN_BYTES_MAX: usize = 1024 * 1024;

/// Compile a pattern within the bound.
pub(crate) fn pattern(text: &str) -> Result<regex::Regex, regex::Error> {
    RegexBuilder::new(text).size_limit(PATTERN_BYTES_MAX).build()
}

impl Lowering<'_> {
    pub(super) fn call(&mut self, node: &IdedExpr, call: &CallExpr) -> Result<Lowered, Diagnostic> {
        if call.target.is_none()
            && let Some(lowered) = self.operator(node, call)?
        {
            return Ok(lowered);
        }
        let name = call.func_name.strip_prefix('.').unwrap_or(&call.func_name);
        let Some(target) = call.target.as_deref() else { return self.global(node, name, &call.args) };
        if let Some(space) = qualified(target)
            && !self.in_scope(space.split('.').next().unwrap_or_default())
        {
            let full = format!("{space}.{name}");
            if full == "cel.bind" {
                return self.bind(node, &call.args);
            }
            if functions::is_namespace(&space) {
                return self.function(node, &full, Style::Global, None, &call.args);
            }
        }
        match (name, call.args.as_slice()) {
            ("exists", [variable, body]) => self.repeat(node, Kind::Exists, target, variable, body, None),
            ("all", [variable, body]) => self.repeat(node, Kind::All, target, variable, body, None),
            ("exists_one" | "existsOne", [variable, body]) => {
                self.repeat(node, Kind::ExistsOne, target, variable, body, None)
            }
            ("filter", [variable, body]) => self.repeat(node, Kind::Filter, target, variable, body, None),
            ("map", [variable, body]) => self.repeat(node, Kind::Map, target, variable, body, None),
            ("map", [variable, condition, body]) => {
                self.repeat(node, Kind::MapIf, target, variable, condition, Some(body))
            }
            ("sortBy", [variable, body]) => self.repeat(node, Kind::SortBy, target, variable, body, None),
            ("orValue" | "or", [other]) => {
                let at = self.at(node);
                let unwrap = name == "orValue";
                self.two(target, other, |pair| Node::OrElse { pair, unwrap, at })
            }
            ("orValue" | "or", _) => Err(diagnostics::wrong_arguments(
                self.span(node),
                name,
                call.args.len(),
                "optional.orValue(x) or optional.or(optional)",
            )),
            ("exists" | "all" | "exists_one" | "existsOne" | "filter" | "map" | "sortBy", _) => {
                let wanted = if name == "map" {
                    "map(x, …) or map(x, condition, …)"
                } else {
                    "a variable and an expression"
                };
                Err(diagnostics::wrong_arguments(self.span(node), name, call.args.len(), wanted))
            }
            _ => self.function(node, name, Style::Method, Some(target), &call.args),
        }
    }

    fn global(&mut self, node: &IdedExpr, name: &str, args: &[IdedExpr]) -> Result<Lowered, Diagnostic> {
        match name {
            "has" => self.has(node, args),
            "all" => self.world(node, name, Question::All, args),
            "related" => self.world(node, name, Question::Related, args),
            "referrers" => self.world(node, name, Question::Referrers, args),
            _ => self.function(node, name, Style::Global, None, args),
        }
    }

    fn has(&mut self, node: &IdedExpr, args: &[IdedExpr]) -> Result<Lowered, Diagnostic> {
        let [argument] = args else {
            return Err(diagnostics::wrong_arguments(self.span(node), "has", args.len(), "has(a.b)"));
        };
        let Expr::Select(select) = &argument.expr else {
            return Err(diagnostics::wrong_arguments(self.span(node), "has", args.len(), "has(a.b): a member"));
        };
        let base = self.lower(&select.operand)?;
        let at = self.at(node);
        let node = Node::Has { base: Box::new(base.node), step: Box::from(select.field.as_str()), at };
        Ok(Lowered { node, needs: base.needs, heavy: base.heavy })
    }

    fn world(
        &mut self,
        node: &IdedExpr,
        name: &str,
        question: Question,
        args: &[IdedExpr],
    ) -> Result<Lowered, Diagnostic> {
        let span = self.span(node);
        if !self.env.sees_world() {
            return Err(diagnostics::no_world(span, name));
        }
        let wanted = if question == Question::All { "all(\"type\")" } else { "a kind and, where it matters, a type" };
        let (kind, type_name) = match (question, args) {
            (Question::All, [kind]) => (kind, None),
            (Question::Related | Question::Referrers, [kind]) => (kind, None),
            (Question::Related | Question::Referrers, [kind, type_name]) => (kind, Some(type_name)),
            _ => return Err(diagnostics::wrong_arguments(span, name, args.len(), wanted)),
        };
        let text =
            |argument: &IdedExpr| literal(argument).map(Box::from).ok_or_else(|| diagnostics::not_literal(span, name));
        let type_name = type_name.map(text).transpose()?;
        let node = Node::World { question, kind: text(kind)?, type_name, at: self.at(node) };
        Ok(Lowered { node, needs: 0, heavy: true })
    }

    fn function(
        &mut self,
        node: &IdedExpr,
        name: &str,
        style: Style,
        target: Option<&IdedExpr>,
        args: &[IdedExpr],
    ) -> Result<Lowered, Diagnostic> {
        let count = args.len() + usize::from(target.is_some());
        let Some(function) = functions::find(name, style, count) else {
            return Err(self.no_function(self.name_span(node, name), name, style, args.len()));
        };
        let at = self.at(node);
        let parts = target.into_iter().chain(args).map(|part| self.lower(part)).collect::<Result<Vec<_>, _>>()?;
        let (parts, needs, _) = self.settle_all(parts);
        if function.name == "matches"
            && let [_, Node::String(text)] = parts.as_slice()
        {
            let pattern =
                pattern(text).map_err(|error| diagnostics::bad_pattern(self.span(node), &last_line(&error)))?;
            let of = parts.into_iter().next().unwrap_or(Node::Null);
            return Ok(Lowered {
                node: Node::Matches { of: Box::new(of), pattern: Box::new(pattern), at },
                needs,
                heavy: true,
            });
        }
        let arguments = parts.into_iter().map(constant_list).collect();
        Ok(Lowered { node: Node::Call { function, arguments, at }, needs, heavy: !function.cheap })
    }

    fn name_span(&self, node: &IdedExpr, name: &str) -> Span {
        let (start, end) = self.span(node);
        let text = self.source.get(start..end).unwrap_or_default();
        text.find(name).map_or((start, end), |at| (start + at, start + at + name.len()))
    }

    fn no_function(&self, span: Span, name: &str, style: Style, given: usize) -> Diagnostic {
        let signatures = functions::signatures(name, style);
        if !signatures.is_empty() {
            return diagnostics::wrong_arguments(span, name, given, &signatures.join(" or "));
        }
        if let Some(other) = functions::signatures(name, style.other()).first() {
            return diagnostics::wrong_arguments(span, name, given, other);
        }
        diagnostics::unknown_function(span, name, diagnostics::nearest(name, functions::names()))
    }
}

fn literal(node: &IdedExpr) -> Option<&str> {
    match &node.expr {
        Expr::Literal(LiteralValue::String(text)) => Some(text.inner()),
        _ => None,
    }
}

/// The line of a pattern's error that says what is wrong.
pub(crate) fn last_line(error: &regex::Error) -> String {
    let text = error.to_string();
    text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
}
