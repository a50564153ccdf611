//! Loops and bindings, and the equality in a loop's condition that an index can answer.

use super::{Lowered, Lowering, Variables, bit, constant_list};
use crate::{
    diagnostics::{self, Diagnostic},
    node::{Join, Kind, Local, Loop, Node},
};
use cel::{
    IdedExpr,
    common::ast::{CallExpr, Expr, operators},
};

impl Lowering<'_> {
    pub(super) fn repeat(
        &mut self,
        node: &IdedExpr,
        kind: Kind,
        range: &IdedExpr,
        variable: &IdedExpr,
        body: &IdedExpr,
        made: Option<&IdedExpr>,
    ) -> Result<Lowered, Diagnostic> {
        let range = self.lower(range)?;
        let first = self.memos.len();
        let local = self.declare(variable, 0)?;
        self.loops.push(local);
        let inside = self.inside(kind, &range, local, body, made);
        self.loops.pop();
        self.variables.pop();
        let (body, made, inner, join) = inside?;
        let resets = self.resets(first, local);
        let needs = range.needs | (inner & !bit(local));
        let range_node = self.settle(Lowered { node: constant_list(range.node), ..range }, needs);
        let at = self.at(node);
        let node = Node::Loop(Box::new(Loop { kind, range: range_node, local, body, made, resets, join, at }));
        Ok(Lowered { node, needs, heavy: true })
    }

    fn inside(
        &mut self,
        kind: Kind,
        range: &Lowered,
        local: Local,
        body: &IdedExpr,
        made: Option<&IdedExpr>,
    ) -> Result<(Node, Option<Node>, Variables, Option<Join>), Diagnostic> {
        let lowered = self.lower(body)?;
        let mut needs = lowered.needs;
        let body_node = self.settle(lowered, bit(local));
        let made = match made {
            Some(made) => {
                let made = self.lower(made)?;
                needs |= made.needs;
                Some(self.settle(made, bit(local)))
            }
            None => None,
        };
        let join = self.join(kind, range, local, body)?;
        Ok((body_node, made, needs, join))
    }

    /// The first equality that an index can answer. It is worth one where an enclosing loop runs through the range again.
    fn join(&mut self, kind: Kind, range: &Lowered, local: Local, body: &IdedExpr) -> Result<Option<Join>, Diagnostic> {
        let Some(outer) = self.loops.iter().rev().nth(1).copied() else { return Ok(None) };
        if range.needs & bit(outer) != 0 || matches!(kind, Kind::Map | Kind::SortBy) {
            return Ok(None);
        }
        let mut equalities = Vec::new();
        match kind {
            Kind::All => refuting(body, false, &mut equalities),
            _ => refuting(body, true, &mut equalities),
        }
        for (left, right) in equalities {
            let left = self.lower(left)?;
            let right = self.lower(right)?;
            let (key, probe) = match (left.needs == bit(local), right.needs & bit(local) == 0) {
                (true, true) => (left, right),
                _ if right.needs == bit(local) && left.needs & bit(local) == 0 => (right, left),
                _ => continue,
            };
            if key.heavy || probe.heavy {
                continue;
            }
            let Some(memo) = self.memo(range.needs) else { return Ok(None) };
            return Ok(Some(Join { key: key.node, probe: probe.node, memo }));
        }
        Ok(None)
    }

    pub(super) fn bind(&mut self, node: &IdedExpr, args: &[IdedExpr]) -> Result<Lowered, Diagnostic> {
        let [variable, value, body] = args else {
            let span = self.span(node);
            return Err(diagnostics::wrong_arguments(
                span,
                "cel.bind",
                args.len(),
                "cel.bind(name, value, expression)",
            ));
        };
        let value = self.lower(value)?;
        let first = self.memos.len();
        let local = self.declare(variable, value.needs)?;
        let body = self.lower(body);
        self.variables.pop();
        let body = body?;
        let resets = self.resets(first, local);
        let needs = value.needs | (body.needs & !bit(local));
        let heavy = value.heavy || body.heavy;
        let value = Box::new(self.settle(value, needs));
        Ok(Lowered { node: Node::Bind { local, value, body: Box::new(body.node), resets }, needs, heavy })
    }
}

/// The equalities each of which, false, makes the condition false (or, each inequality true, makes it true).
fn refuting<'e>(body: &'e IdedExpr, conjunctive: bool, found: &mut Vec<(&'e IdedExpr, &'e IdedExpr)>) {
    let Expr::Call(CallExpr { func_name, args, target: None }) = &body.expr else { return };
    match (func_name.as_str(), args.as_slice(), conjunctive) {
        (operators::LOGICAL_AND, _, true) | (operators::LOGICAL_OR, _, false) => {
            args.iter().for_each(|arg| refuting(arg, conjunctive, found));
        }
        (operators::LOGICAL_NOT, [of], _) => refuting(of, !conjunctive, found),
        (operators::EQUALS, [left, right], true) | (operators::NOT_EQUALS, [left, right], false) => {
            found.push((left, right));
        }
        _ => {}
    }
}
