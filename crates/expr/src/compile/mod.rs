//! From syntax tree to compiled tree: names to places, macros to loops, and what need not be computed twice to memos.

mod calls;
mod loops;
mod operators;

pub(crate) use calls::{last_line, pattern};

use crate::{
    diagnostics::{self, Diagnostic, Span},
    env::Env,
    node::{Local, Memo, Node, Set},
    parse::{self, Parsed},
    program::Program,
    reads,
};
use cel::{
    IdedExpr,
    common::ast::{EntryExpr, Expr, LiteralValue, MapExpr, SourceInfo},
};
use model::Value;

/// Variables of loops and bindings that may be in scope at once; their places are bits of a set.
const VARIABLES_MAX: usize = 64;

/// Compile an expression for the names of `env`.
///
/// # Errors
/// A diagnostic with its place in `source`: the text is no expression, or uses a name or function that is not there.
pub fn compile(source: &str, env: &Env) -> Result<Program, Diagnostic> {
    let Parsed { root, info } = parse::parse(source)?;
    let mut lowering =
        Lowering { source, info: &info, env, variables: Vec::new(), loops: Vec::new(), memos: Vec::new(), locals: 0 };
    let lowered = lowering.lower(&root)?;
    let (locals, memos) = (lowering.locals, lowering.memos.len());
    let (reads, warnings) = reads::analyse(source, &info, env, &root);
    Ok(Program { root: lowered.node, source: source.into(), env: env.clone(), locals, memos, reads, warnings })
}

/// Places of variables, as bits.
type Variables = u64;

/// A compiled part, what it depends on, and whether computing it again is worth avoiding.
pub(crate) struct Lowered {
    pub(crate) node: Node,
    pub(crate) needs: Variables,
    pub(crate) heavy: bool,
}

impl Lowered {
    fn plain(node: Node) -> Self {
        Self { node, needs: 0, heavy: false }
    }
}

struct Variable {
    name: String,
    /// Itself, and what the value bound to it depends on.
    needs: Variables,
}

struct Lowering<'s> {
    source: &'s str,
    info: &'s SourceInfo,
    env: &'s Env,
    variables: Vec<Variable>,
    /// The variables of the enclosing loops, outermost first.
    loops: Vec<Local>,
    /// What each memo depends on.
    memos: Vec<Variables>,
    /// Most variables in scope at once.
    locals: usize,
}

fn bit(local: Local) -> Variables {
    1 << local
}

impl Lowering<'_> {
    fn span(&self, node: &IdedExpr) -> Span {
        parse::span(self.source, self.info, node)
    }

    fn at(&self, node: &IdedExpr) -> u32 {
        parse::token(self.info, node.id).and_then(|(start, _)| u32::try_from(start).ok()).unwrap_or(0)
    }

    fn lower(&mut self, node: &IdedExpr) -> Result<Lowered, Diagnostic> {
        match &node.expr {
            Expr::Literal(literal) => Ok(Lowered::plain(constant(literal))),
            Expr::Ident(name) => self.name(node, name),
            Expr::Select(select) => self.select(node, &select.operand, &select.field),
            Expr::Call(call) => self.call(node, call),
            Expr::List(list) => self.list(node, &list.elements, &list.optional_indices),
            Expr::Map(map) => self.map(node, map),
            Expr::Struct(_) => Err(diagnostics::not_accepted(self.span(node), "a message literal")),
            Expr::Comprehension(_) | Expr::Unspecified => {
                Err(diagnostics::syntax(self.span(node), "an incomplete expression"))
            }
        }
    }

    fn name(&mut self, node: &IdedExpr, name: &str) -> Result<Lowered, Diagnostic> {
        if let Some(at) = self.variables.iter().rposition(|variable| variable.name == name) {
            let needs = self.variables.get(at).map_or(0, |variable| variable.needs);
            let local = Local::try_from(at).unwrap_or(Local::MAX);
            return Ok(Lowered { node: Node::Local(local), needs, heavy: false });
        }
        let bare = name.strip_prefix('.').unwrap_or(name);
        if bare == "now" && self.env.slot("now").is_some() {
            return Ok(Lowered::plain(Node::Now));
        }
        if let Some(slot) = self.env.slot(bare) {
            return Ok(Lowered::plain(Node::Slot(slot.0)));
        }
        if let Some(name) = type_named(bare) {
            return Ok(Lowered::plain(Node::Type(name)));
        }
        let mut names: Vec<&str> = self.env.names().collect();
        names.extend(self.variables.iter().map(|variable| variable.name.as_str()));
        let near = diagnostics::nearest(bare, names.iter().copied());
        Err(diagnostics::unknown_name(self.span(node), bare, near, &names))
    }

    fn in_scope(&self, name: &str) -> bool {
        self.variables.iter().any(|variable| variable.name == name) || self.env.slot(name).is_some()
    }

    fn select(&mut self, node: &IdedExpr, operand: &IdedExpr, field: &str) -> Result<Lowered, Diagnostic> {
        if let Some(path) = qualified(node)
            && !self.in_scope(path.split('.').next().unwrap_or_default())
            && let Some(name) = type_named(&path)
        {
            return Ok(Lowered::plain(Node::Type(name)));
        }
        let base = self.lower(operand)?;
        let needs = base.needs;
        let at = self.at(node);
        let step = Box::from(field);
        let base_heavy = base.heavy;
        let node = match self.settle(base, needs) {
            Node::Path { base, steps, .. } => {
                let mut steps = steps.into_vec();
                steps.push(step);
                Node::Path { base, steps: steps.into(), at }
            }
            base => Node::Path { base: Box::new(base), steps: Box::new([step]), at },
        };
        Ok(Lowered { node, needs, heavy: base_heavy })
    }

    fn list(&mut self, node: &IdedExpr, elements: &[IdedExpr], optional: &[usize]) -> Result<Lowered, Diagnostic> {
        let lowered = elements.iter().map(|element| self.lower(element)).collect::<Result<Vec<_>, _>>()?;
        let (parts, needs, heavy) = self.settle_all(lowered);
        let items = parts.into_iter().enumerate().map(|(index, part)| (part, optional.contains(&index))).collect();
        Ok(Lowered { node: Node::List { items, at: self.at(node) }, needs, heavy })
    }

    fn map(&mut self, node: &IdedExpr, map: &MapExpr) -> Result<Lowered, Diagnostic> {
        let mut lowered = Vec::new();
        let mut optional = Vec::new();
        for entry in &map.entries {
            let EntryExpr::MapEntry(entry) = &entry.expr else {
                return Err(diagnostics::not_accepted(self.span(node), "a field in a map"));
            };
            lowered.push(self.lower(&entry.key)?);
            lowered.push(self.lower(&entry.value)?);
            optional.push(entry.optional);
        }
        let (parts, needs, heavy) = self.settle_all(lowered);
        let mut parts = parts.into_iter();
        let mut entries = Vec::new();
        for optional in optional {
            if let (Some(key), Some(value)) = (parts.next(), parts.next()) {
                entries.push((key, value, optional));
            }
        }
        Ok(Lowered { node: Node::Map { entries: entries.into(), at: self.at(node) }, needs, heavy })
    }

    /// A part of a larger expression: kept, where the innermost loop changes the whole but not the part.
    fn settle(&mut self, part: Lowered, whole: Variables) -> Node {
        let Some(innermost) = self.loops.last().map(|local| bit(*local)) else { return part.node };
        if !part.heavy
            || part.needs & innermost != 0
            || whole & innermost == 0
            || matches!(part.node, Node::Memo { .. })
        {
            return part.node;
        }
        match self.memo(part.needs) {
            Some(memo) => Node::Memo { memo, of: Box::new(part.node) },
            None => part.node,
        }
    }

    fn settle_all(&mut self, parts: Vec<Lowered>) -> (Vec<Node>, Variables, bool) {
        let needs = parts.iter().fold(0, |needs, part| needs | part.needs);
        let heavy = parts.iter().any(|part| part.heavy);
        (parts.into_iter().map(|part| self.settle(part, needs)).collect(), needs, heavy)
    }

    fn memo(&mut self, needs: Variables) -> Option<Memo> {
        let memo = Memo::try_from(self.memos.len()).ok()?;
        self.memos.push(needs);
        Some(memo)
    }

    /// The memos made since `first` that depend on a variable.
    fn resets(&self, first: usize, local: Local) -> Box<[Memo]> {
        (first..self.memos.len())
            .filter(|memo| self.memos.get(*memo).is_some_and(|needs| needs & bit(local) != 0))
            .filter_map(|memo| Memo::try_from(memo).ok())
            .collect()
    }

    fn declare(&mut self, node: &IdedExpr, bound: Variables) -> Result<Local, Diagnostic> {
        let Expr::Ident(name) = &node.expr else { return Err(diagnostics::not_a_variable(self.span(node))) };
        if name.starts_with('.') {
            return Err(diagnostics::not_a_variable(self.span(node)));
        }
        if self.variables.len() >= VARIABLES_MAX {
            return Err(diagnostics::too_many_variables(self.span(node), VARIABLES_MAX));
        }
        let local = Local::try_from(self.variables.len()).unwrap_or(Local::MAX);
        self.variables.push(Variable { name: name.clone(), needs: bit(local) | bound });
        self.locals = self.locals.max(self.variables.len());
        Ok(local)
    }
}

fn constant(literal: &LiteralValue) -> Node {
    match literal {
        LiteralValue::Boolean(flag) => Node::Bool(*flag.inner()),
        LiteralValue::Bytes(bytes) => Node::Bytes(bytes.inner().into()),
        LiteralValue::Double(number) => Node::Double(*number.inner()),
        LiteralValue::Int(number) => Node::Int(*number.inner()),
        LiteralValue::Null => Node::Null,
        LiteralValue::String(text) => Node::String(text.inner().into()),
        LiteralValue::UInt(number) => Node::Uint(*number.inner()),
    }
}

fn type_named(name: &str) -> Option<&'static str> {
    [
        "bool",
        "int",
        "uint",
        "double",
        "string",
        "bytes",
        "list",
        "map",
        "null_type",
        "type",
        "google.protobuf.Timestamp",
        "google.protobuf.Duration",
        "optional_type",
    ]
    .into_iter()
    .find(|known| *known == name)
}

/// The dotted name that a chain of members spells.
pub(crate) fn qualified(node: &IdedExpr) -> Option<String> {
    match &node.expr {
        Expr::Ident(name) => Some(name.clone()),
        Expr::Select(select) => Some(format!("{}.{}", qualified(&select.operand)?, select.field)),
        _ => None,
    }
}

/// A list of constants as a document's list, where it makes no difference: nothing in it is null or a map.
fn constant_list(node: Node) -> Node {
    let Node::List { items, at } = node else { return node };
    let values: Option<Vec<Value>> =
        items.iter().map(|(item, optional)| if *optional { None } else { constant_value(item) }).collect();
    match values {
        Some(values) => Node::Document(Box::new(Value::List(values))),
        None => Node::List { items, at },
    }
}

fn constant_value(node: &Node) -> Option<Value> {
    Some(match node {
        Node::Bool(flag) => Value::Bool(*flag),
        Node::Int(number) => Value::Int(*number),
        Node::Double(number) => Value::Float(*number),
        Node::String(text) => Value::String(text.clone()),
        _ => return None,
    })
}

/// A list of constants as sets, for `in`.
fn constant_set(node: &Node) -> Option<Set> {
    let Node::List { items, .. } = node else { return None };
    let mut set = Set::default();
    for (item, optional) in items {
        match item {
            _ if *optional => return None,
            Node::Null => set.null = true,
            Node::Bool(flag) => {
                let place = set.bools.get_mut(usize::from(*flag))?;
                *place = true;
            }
            Node::Int(number) => set.integers.push(*number),
            Node::Uint(number) => match i64::try_from(*number) {
                Ok(number) => set.integers.push(number),
                Err(_) => return None,
            },
            Node::Double(number) => set.doubles.push(*number),
            Node::String(text) => {
                set.strings.insert(text.clone());
            }
            _ => return None,
        }
    }
    set.integers.sort_unstable();
    Some(set)
}
