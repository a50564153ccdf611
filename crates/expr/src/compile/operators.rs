//! Operators: what the parser writes as calls of `_+_` and the like.

use super::{Lowered, Lowering, constant_set};
use crate::{
    diagnostics::Diagnostic,
    node::{Node, Operator, Order},
};
use cel::{
    IdedExpr,
    common::ast::{CallExpr, Expr, LiteralValue, operators},
};

impl Lowering<'_> {
    /// An operator's node; `None` for what is no operator.
    pub(super) fn operator(&mut self, node: &IdedExpr, call: &CallExpr) -> Result<Option<Lowered>, Diagnostic> {
        let at = self.at(node);
        let lowered = match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::LOGICAL_NOT, [of]) => self.one(of, |of| Node::Not { of, at })?,
            (operators::NEGATE, [of]) => self.one(of, |of| Node::Negate { of, at })?,
            (operators::LOGICAL_AND, _) => self.logic(node, operators::LOGICAL_AND, |terms| Node::And { terms, at })?,
            (operators::LOGICAL_OR, _) => self.logic(node, operators::LOGICAL_OR, |terms| Node::Or { terms, at })?,
            (operators::CONDITIONAL, [condition, then, otherwise]) => {
                let parts = vec![self.lower(condition)?, self.lower(then)?, self.lower(otherwise)?];
                let (parts, needs, heavy) = self.settle_all(parts);
                let Ok([condition, then, otherwise]) = <[Node; 3]>::try_from(parts) else { return Ok(None) };
                Lowered { node: Node::Choose { parts: Box::new((condition, then, otherwise)), at }, needs, heavy }
            }
            (operators::IN, [of, list]) => self.contained(of, list, at)?,
            (operators::INDEX, [of, index]) => self.two(of, index, |pair| Node::Index { pair, at })?,
            (operators::OPT_INDEX, [of, index]) => self.two(of, index, |pair| Node::OptionalIndex { pair, at })?,
            (operators::OPT_SELECT, [of, field]) => {
                let Expr::Literal(LiteralValue::String(field)) = &field.expr else { return Ok(None) };
                let step: Box<str> = field.inner().into();
                self.one(of, |base| Node::OptionalMember { base, step, at })?
            }
            (name, [left, right]) => {
                if let Some(filled) = self.filled(name, left, right, at)? {
                    return Ok(Some(filled));
                }
                let Some(build) = binary(name, at) else { return Ok(None) };
                self.two(left, right, build)?
            }
            _ => return Ok(None),
        };
        Ok(Some(lowered))
    }

    fn one(&mut self, of: &IdedExpr, build: impl FnOnce(Box<Node>) -> Node) -> Result<Lowered, Diagnostic> {
        let of = self.lower(of)?;
        Ok(Lowered { node: build(Box::new(of.node)), needs: of.needs, heavy: of.heavy })
    }

    pub(super) fn two(
        &mut self,
        left: &IdedExpr,
        right: &IdedExpr,
        build: impl FnOnce(Box<(Node, Node)>) -> Node,
    ) -> Result<Lowered, Diagnostic> {
        let left = self.lower(left)?;
        let right = self.lower(right)?;
        let needs = left.needs | right.needs;
        let heavy = left.heavy || right.heavy;
        let pair = Box::new((self.settle(left, needs), self.settle(right, needs)));
        Ok(Lowered { node: build(pair), needs, heavy })
    }

    /// All terms of a conjunction or disjunction in one node.
    fn logic(
        &mut self,
        node: &IdedExpr,
        name: &str,
        build: impl FnOnce(Box<[Node]>) -> Node,
    ) -> Result<Lowered, Diagnostic> {
        let mut terms = Vec::new();
        flatten(node, name, &mut terms);
        let lowered = terms.into_iter().map(|term| self.lower(term)).collect::<Result<Vec<_>, _>>()?;
        let (terms, needs, heavy) = self.settle_all(lowered);
        Ok(Lowered { node: build(terms.into()), needs, heavy })
    }

    fn contained(&mut self, of: &IdedExpr, list: &IdedExpr, at: u32) -> Result<Lowered, Diagnostic> {
        let of = self.lower(of)?;
        let list = self.lower(list)?;
        if let Some(set) = constant_set(&list.node) {
            let node = Node::InSet { of: Box::new(of.node), set: Box::new(set) };
            return Ok(Lowered { node, needs: of.needs, heavy: of.heavy });
        }
        let needs = of.needs | list.needs;
        let heavy = of.heavy || list.heavy;
        let pair = Box::new((self.settle(of, needs), self.settle(list, needs)));
        Ok(Lowered { node: Node::In { pair, at }, needs, heavy })
    }

    /// `size(x) > 0` and its likes ask only whether there is anything, which a list that may lack elements can answer.
    fn filled(
        &mut self,
        name: &str,
        left: &IdedExpr,
        right: &IdedExpr,
        at: u32,
    ) -> Result<Option<Lowered>, Diagnostic> {
        let (of, number, flipped) = match (sized(left), whole(right), whole(left), sized(right)) {
            (Some(of), Some(number), ..) => (of, number, false),
            (_, _, Some(number), Some(of)) => (of, number, true),
            _ => return Ok(None),
        };
        let wanted = match (name, number, flipped) {
            (operators::GREATER, 0, false) | (operators::LESS, 0, true) => true,
            (operators::GREATER_EQUALS, 1, false) | (operators::LESS_EQUALS, 1, true) => true,
            (operators::NOT_EQUALS, 0, _) => true,
            (operators::EQUALS, 0, _) => false,
            (operators::LESS, 1, false) | (operators::GREATER, 1, true) => false,
            (operators::LESS_EQUALS, 0, false) | (operators::GREATER_EQUALS, 0, true) => false,
            _ => return Ok(None),
        };
        self.one(of, |of| Node::Filled { of, wanted, at }).map(Some)
    }
}

fn flatten<'e>(node: &'e IdedExpr, name: &str, terms: &mut Vec<&'e IdedExpr>) {
    match &node.expr {
        Expr::Call(call) if call.func_name == name => call.args.iter().for_each(|arg| flatten(arg, name, terms)),
        _ => terms.push(node),
    }
}

fn binary(name: &str, at: u32) -> Option<impl FnOnce(Box<(Node, Node)>) -> Node> {
    enum Binary {
        Equal(bool),
        Compare(Order),
        Arithmetic(Operator),
    }
    let binary = match name {
        operators::EQUALS => Binary::Equal(false),
        operators::NOT_EQUALS => Binary::Equal(true),
        operators::LESS => Binary::Compare(Order::Less),
        operators::LESS_EQUALS => Binary::Compare(Order::LessOrEqual),
        operators::GREATER => Binary::Compare(Order::Greater),
        operators::GREATER_EQUALS => Binary::Compare(Order::GreaterOrEqual),
        operators::ADD => Binary::Arithmetic(Operator::Add),
        operators::SUBSTRACT => Binary::Arithmetic(Operator::Subtract),
        operators::MULTIPLY => Binary::Arithmetic(Operator::Multiply),
        operators::DIVIDE => Binary::Arithmetic(Operator::Divide),
        operators::MODULO => Binary::Arithmetic(Operator::Remainder),
        _ => return None,
    };
    Some(move |pair| match binary {
        Binary::Equal(negated) => Node::Equal { pair, negated },
        Binary::Compare(order) => Node::Compare { pair, order, at },
        Binary::Arithmetic(operator) => Node::Arithmetic { pair, operator, at },
    })
}

/// What `size(x)` or `x.size()` is the size of.
fn sized(node: &IdedExpr) -> Option<&IdedExpr> {
    let Expr::Call(call) = &node.expr else { return None };
    match (call.func_name.as_str(), call.target.as_deref(), call.args.as_slice()) {
        ("size", None, [of]) | ("size", Some(of), []) => Some(of),
        _ => None,
    }
}

fn whole(node: &IdedExpr) -> Option<i64> {
    match &node.expr {
        Expr::Literal(LiteralValue::Int(number)) => Some(*number.inner()),
        _ => None,
    }
}
