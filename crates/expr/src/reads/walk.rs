//! Following places of documents through an expression: members, loops, bindings, and what hands its argument on.

use super::{Path, Reads, Root, traps::STRING_METHODS};
use crate::{
    compile::qualified,
    diagnostics::{Diagnostic, Span},
    env::Env,
    parse,
};
use cel::{
    IdedExpr,
    common::ast::{CallExpr, EntryExpr, Expr, LiteralValue, SourceInfo, operators},
};
use std::collections::BTreeSet;

/// The step to a list's elements.
pub(super) const ELEMENT: &str = "[]";
/// The step from a value to a list of such values, which an expression made.
const MADE: &str = "*";

/// Where in a document a value comes from.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) root: Root,
    pub(super) steps: Vec<String>,
    span: Span,
}

pub(super) struct Walk<'s> {
    pub(super) source: &'s str,
    pub(super) info: &'s SourceInfo,
    env: &'s Env,
    variables: Vec<(String, Vec<Place>)>,
    /// Texts of paths that the expression compares with null or asks `has` of.
    pub(super) guarded: BTreeSet<String>,
    pub(super) reads: Reads,
    pub(super) warnings: Vec<Diagnostic>,
}

impl<'s> Walk<'s> {
    pub(super) fn new(source: &'s str, info: &'s SourceInfo, env: &'s Env, root: &IdedExpr) -> Self {
        let mut walk = Self {
            source,
            info,
            env,
            variables: Vec::new(),
            guarded: BTreeSet::new(),
            reads: Reads::default(),
            warnings: Vec::new(),
        };
        walk.guards(root);
        walk
    }

    pub(super) fn run(mut self, root: &IdedExpr) -> (Reads, Vec<Diagnostic>) {
        let places = self.walk(root);
        self.consume(places, false);
        self.reads.paths.sort();
        self.reads.paths.dedup();
        self.warnings.sort_by_key(|warning| warning.start);
        (self.reads, self.warnings)
    }

    /// Walk a part whose value is used up.
    fn used(&mut self, node: &IdedExpr) {
        let places = self.walk(node);
        self.consume(places, false);
    }

    /// Walk a part whose value is used up with all that is in it.
    fn used_whole(&mut self, node: &IdedExpr) {
        let places = self.walk(node);
        self.consume(places, true);
    }

    /// A value's places are read. An entity's document is not, unless it is handed to something that may look into it.
    fn consume(&mut self, places: Vec<Place>, whole: bool) {
        for Place { root, mut steps, span } in places {
            while steps.last().is_some_and(|step| step == MADE) {
                steps.pop();
            }
            steps.retain(|step| step != MADE);
            let is_entity = |name: &str| name == "parent";
            let entity = match &root {
                Root::Name(name) if is_entity(name) => Some(0),
                Root::Name(_) => None,
                _ => Some(1),
            };
            match entity {
                Some(prefix) => self.entity_read(&root, &steps, prefix, whole),
                None => self.name_read(&root, &steps),
            }
            self.reads.paths.push(Path { root, steps, start: span.0, end: span.1 });
        }
    }

    /// A list whose elements are looked at. Of a list that an expression made, only what is done with the elements counts.
    fn gone_through(&mut self, range: &[Place]) {
        let places = range.iter().filter(|place| place.steps.last().is_none_or(|step| step != MADE)).cloned().collect();
        self.consume(places, false);
    }

    fn name_read(&mut self, root: &Root, steps: &[String]) {
        if *root == Root::Name("doc".to_owned()) {
            self.reads.doc.insert(steps.first().filter(|step| *step != ELEMENT).map(String::as_str));
        }
    }

    /// Of an entity: `[]` (where it comes from a list), `doc`, member.
    fn entity_read(&mut self, root: &Root, steps: &[String], prefix: usize, whole: bool) {
        let what = steps.get(prefix).map(String::as_str);
        if what == Some("tags") || (what.is_none() && whole) {
            self.reads.uses_tags = true;
        }
        let member = match what {
            Some("doc") => steps.get(prefix + 1).filter(|step| *step != ELEMENT).map(String::as_str),
            None if whole => None,
            Some(ELEMENT) => None,
            _ => return,
        };
        match root {
            Root::Name(_) => {}
            Root::Type(name) => self.reads.types.entry(name.clone()).or_default().insert(member),
            Root::Related(kind, _) => self.reads.relations.entry(kind.clone()).or_default().members.insert(member),
            Root::Referrers(kind, _) => self.reads.referrers.entry(kind.clone()).or_default().members.insert(member),
        }
    }

    pub(super) fn walk(&mut self, node: &IdedExpr) -> Vec<Place> {
        match &node.expr {
            Expr::Ident(name) => self.name(node, name),
            Expr::Select(select) => {
                if let Some(path) = qualified(node)
                    && path.starts_with("google.")
                {
                    return Vec::new();
                }
                let end = parse::span(self.source, self.info, node).1;
                self.stepped(&select.operand, &select.field, end)
            }
            Expr::Call(call) => self.call(node, call),
            Expr::List(list) => {
                let places: Vec<Place> = list.elements.iter().flat_map(|element| self.walk(element)).collect();
                step(places, MADE, None)
            }
            Expr::Map(map) => {
                for entry in &map.entries {
                    if let EntryExpr::MapEntry(entry) = &entry.expr {
                        self.used(&entry.key);
                        self.used_whole(&entry.value);
                    }
                }
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn name(&mut self, node: &IdedExpr, name: &str) -> Vec<Place> {
        let span = parse::span(self.source, self.info, node);
        if let Some((_, places)) = self.variables.iter().rev().find(|(known, _)| known == name) {
            return places.iter().cloned().map(|place| Place { span, ..place }).collect();
        }
        let bare = name.strip_prefix('.').unwrap_or(name);
        if self.env.slot(bare).is_none() {
            return Vec::new();
        }
        self.reads.names.insert(bare.to_owned());
        self.reads.uses_now |= bare == "now";
        self.reads.uses_tags |= bare == "tags";
        vec![Place { root: Root::Name(bare.to_owned()), steps: Vec::new(), span }]
    }

    fn stepped(&mut self, operand: &IdedExpr, field: &str, end: usize) -> Vec<Place> {
        let places = self.walk(operand);
        step(places, field, Some(end))
    }

    fn call(&mut self, node: &IdedExpr, call: &CallExpr) -> Vec<Place> {
        let name = call.func_name.strip_prefix('.').unwrap_or(&call.func_name);
        let Some(target) = call.target.as_deref() else { return self.global(node, name, call) };
        let space = qualified(target).filter(|space| {
            let first = space.split('.').next().unwrap_or_default();
            self.env.slot(first).is_none() && !self.variables.iter().any(|(known, _)| known == first)
        });
        match (space.as_deref(), name, call.args.as_slice()) {
            (Some("cel"), "bind", [variable, value, body]) => {
                let bound = self.walk(value);
                self.with(variable, bound, |walk| walk.walk(body))
            }
            (Some("optional"), _, args) => args.iter().flat_map(|arg| self.walk(arg)).collect(),
            (Some(space), _, args) if crate::functions::is_namespace(space) => {
                self.reads.uses_now |= (space, name) == ("time", "age_days");
                args.iter().for_each(|arg| self.used_whole(arg));
                Vec::new()
            }
            (_, "exists" | "all" | "exists_one" | "existsOne", [variable, body]) => {
                let range = self.walk(target);
                self.gone_through(&range);
                self.with(variable, element(range), |walk| walk.used(body));
                Vec::new()
            }
            (_, "filter" | "sortBy", [variable, body]) => {
                let range = self.walk(target);
                self.gone_through(&range);
                self.with(variable, element(range.clone()), |walk| walk.used(body));
                range
            }
            (_, "map", [variable, rest @ .., body]) => {
                let range = self.walk(target);
                self.gone_through(&range);
                self.with(variable, element(range), |walk| {
                    rest.iter().for_each(|condition| walk.used(condition));
                    step(walk.walk(body), MADE, None)
                })
            }
            (_, "orValue" | "or" | "value", args) => {
                let mut places = self.walk(target);
                places.extend(args.iter().flat_map(|arg| self.walk(arg)).collect::<Vec<_>>());
                places
            }
            (_, "distinct" | "reverse" | "sort" | "slice", args) => {
                args.iter().for_each(|arg| self.used(arg));
                self.walk(target)
            }
            (_, "flatten", args) => {
                args.iter().for_each(|arg| self.used(arg));
                element(self.walk(target))
            }
            (_, "hasValue" | "size", _) => {
                self.used(target);
                Vec::new()
            }
            (_, name, args) => {
                if STRING_METHODS.contains(&name) {
                    self.warn_receiver(target, name);
                }
                self.used_whole(target);
                args.iter().for_each(|arg| self.used_whole(arg));
                Vec::new()
            }
        }
    }

    fn global(&mut self, node: &IdedExpr, name: &str, call: &CallExpr) -> Vec<Place> {
        let args = call.args.as_slice();
        match (name, args) {
            ("all" | "related" | "referrers", _) => self.world(node, name, args),
            (operators::INDEX | operators::OPT_INDEX, [of, index]) => {
                let end = parse::span(self.source, self.info, node).1;
                if let Expr::Literal(LiteralValue::String(key)) = &index.expr {
                    return self.stepped(of, key.inner(), end);
                }
                self.used(index);
                element(self.walk(of))
            }
            (operators::OPT_SELECT, [of, field]) => {
                let Expr::Literal(LiteralValue::String(field)) = &field.expr else { return Vec::new() };
                let dot = parse::token(self.info, node.id).map_or(0, |(_, end)| end);
                let end = parse::member_end(self.source, dot, field.inner());
                self.stepped(of, field.inner(), end)
            }
            (operators::CONDITIONAL, [condition, then, otherwise]) => {
                self.warn_condition(condition, "?:");
                self.used(condition);
                let mut places = self.walk(then);
                places.extend(self.walk(otherwise));
                places
            }
            (operators::LOGICAL_AND | operators::LOGICAL_OR | operators::LOGICAL_NOT, _) => {
                let operator = name.trim_matches('_');
                for arg in args {
                    self.warn_condition(arg, operator);
                    self.used(arg);
                }
                Vec::new()
            }
            (operators::ADD, [left, right]) => {
                let mut places = self.walk(left);
                places.extend(self.walk(right));
                places
            }
            ("list" | "dyn", [of]) => self.walk(of),
            ("size" | "type", [of]) => {
                self.used(of);
                Vec::new()
            }
            _ => {
                let is_operator = name.starts_with(['_', '@', '-', '!']) || name == "has";
                for arg in args {
                    if is_operator { self.used(arg) } else { self.used_whole(arg) }
                }
                Vec::new()
            }
        }
    }

    fn world(&mut self, node: &IdedExpr, name: &str, args: &[IdedExpr]) -> Vec<Place> {
        self.reads.uses_world = true;
        let text = |index: usize| match args.get(index).map(|arg: &IdedExpr| &arg.expr) {
            Some(Expr::Literal(LiteralValue::String(text))) => Some(text.inner().to_owned()),
            _ => None,
        };
        let Some(kind) = text(0) else { return Vec::new() };
        let root = match name {
            "all" => {
                self.reads.types.entry(kind.clone()).or_default();
                Root::Type(kind)
            }
            "related" => {
                self.reads.relations.entry(kind.clone()).or_default().types.extend(text(1));
                Root::Related(kind, text(1))
            }
            _ => {
                self.reads.referrers.entry(kind.clone()).or_default().types.extend(text(1));
                Root::Referrers(kind, text(1))
            }
        };
        vec![Place { root, steps: Vec::new(), span: parse::span(self.source, self.info, node) }]
    }

    fn with<T>(&mut self, variable: &IdedExpr, places: Vec<Place>, body: impl FnOnce(&mut Self) -> T) -> T {
        let name = if let Expr::Ident(name) = &variable.expr { name.clone() } else { String::new() };
        self.variables.push((name, places));
        let result = body(self);
        self.variables.pop();
        result
    }
}

fn step(places: Vec<Place>, step: &str, end: Option<usize>) -> Vec<Place> {
    places
        .into_iter()
        .map(|mut place| {
            place.steps.push(step.to_owned());
            if let Some(end) = end {
                place.span.1 = place.span.1.max(end);
            }
            place
        })
        .collect()
}

/// The elements of lists.
fn element(places: Vec<Place>) -> Vec<Place> {
    places
        .into_iter()
        .map(|mut place| {
            if place.steps.last().is_some_and(|step| step == MADE) {
                place.steps.pop();
            } else {
                place.steps.push(ELEMENT.to_owned());
            }
            place
        })
        .collect()
}
