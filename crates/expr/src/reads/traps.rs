//! Traps: a bare member of a document, which may be absent, where null is an error.

use super::walk::{Place, Walk};
use crate::{
    diagnostics::{self, Span},
    parse,
    reads::Root,
};
use cel::{
    IdedExpr,
    common::ast::{EntryExpr, Expr, operators},
};

/// Names whose members may be absent.
const DOCUMENTS: [&str; 5] = ["doc", "answer", "item", "items", "tags"];
/// Methods of strings alone.
pub(super) const STRING_METHODS: [&str; 14] = [
    "startsWith",
    "endsWith",
    "matches",
    "lowerAscii",
    "upperAscii",
    "trim",
    "split",
    "replace",
    "substring",
    "indexOf",
    "lastIndexOf",
    "charAt",
    "contains",
    "format",
];

impl Walk<'_> {
    fn text(&self, node: &IdedExpr) -> String {
        let (start, end) = parse::span(self.source, self.info, node);
        self.source.get(start..end).unwrap_or_default().split_whitespace().collect()
    }

    pub(super) fn guards(&mut self, node: &IdedExpr) {
        match &node.expr {
            Expr::Call(call) => {
                match (call.func_name.as_str(), call.args.as_slice()) {
                    (operators::NOT_EQUALS | operators::EQUALS, [path, other] | [other, path])
                        if matches!(other.expr, Expr::Literal(_)) =>
                    {
                        let path = self.text(path);
                        self.guarded.insert(path);
                    }
                    ("has" | "type", [path]) => {
                        let path = self.text(path);
                        self.guarded.insert(path);
                    }
                    _ => {}
                }
                call.target.iter().for_each(|target| self.guards(target));
                call.args.iter().for_each(|arg| self.guards(arg));
            }
            Expr::Select(select) => self.guards(&select.operand),
            Expr::List(list) => list.elements.iter().for_each(|element| self.guards(element)),
            Expr::Map(map) => {
                for entry in &map.entries {
                    if let EntryExpr::MapEntry(entry) = &entry.expr {
                        self.guards(&entry.value);
                    }
                }
            }
            _ => {}
        }
    }

    /// The text of a bare member of a document, where nothing else in the expression asks whether it is there.
    fn bare_member(&mut self, node: &IdedExpr) -> Option<(Span, String)> {
        if !matches!(node.expr, Expr::Select(_)) {
            return None;
        }
        let text = self.text(node);
        if self.guarded.contains(&text) {
            return None;
        }
        let (reads, warnings) = (self.reads.clone(), self.warnings.len());
        let places = self.walk(node);
        self.reads = reads;
        self.warnings.truncate(warnings);
        let of_document = |place: &Place| match &place.root {
            Root::Name(name) if name == "parent" => place.steps.first().is_some_and(|step| step == "doc"),
            Root::Name(name) => DOCUMENTS.contains(&name.as_str()) && !place.steps.is_empty(),
            _ => place.steps.iter().any(|step| step == "doc") && place.steps.last().is_some_and(|step| step != "doc"),
        };
        places.iter().any(of_document).then(|| (parse::span(self.source, self.info, node), text))
    }

    pub(super) fn warn_condition(&mut self, node: &IdedExpr, operator: &str) {
        if let Some((span, path)) = self.bare_member(node) {
            self.warnings.push(diagnostics::bare_condition(span, &path, operator));
        }
    }

    pub(super) fn warn_receiver(&mut self, target: &IdedExpr, method: &str) {
        if let Some((span, path)) = self.bare_member(target) {
            let optional = path.rsplit_once('.').map_or(path.clone(), |(base, member)| format!("{base}.?{member}"));
            self.warnings.push(diagnostics::bare_receiver(span, &path, &optional, method));
        }
    }
}
