//! Expressions made up from bytes: mostly of the right types, sometimes not. Fewer bytes make a smaller expression.

/// What an expression should give.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Int,
    Double,
    Bool,
    Text,
    Ints,
    Texts,
    Maps,
}

const KINDS: [Kind; 7] = [Kind::Int, Kind::Double, Kind::Bool, Kind::Text, Kind::Ints, Kind::Texts, Kind::Maps];

/// Makes expressions over `doc` with members `i`, `j`, `d`, `b`, `s`, `t`, `li`, `ls`, `lm` (maps of `n`, `s`, `f`), `m`.
pub(crate) struct Maker<'b> {
    bytes: std::slice::Iter<'b, u8>,
    /// Variables of enclosing loops and what they hold.
    variables: Vec<(String, Kind)>,
    depth: usize,
    /// Whether to use extensions of the strings and lists.
    pub(crate) extensions: bool,
}

impl<'b> Maker<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes: bytes.iter(), variables: Vec::new(), depth: 0, extensions: true }
    }

    fn pick(&mut self, choices: u8) -> u8 {
        self.bytes.next().map_or(0, |byte| byte % choices)
    }

    pub(crate) fn any(&mut self) -> String {
        let kind = KINDS[usize::from(self.pick(7))];
        self.of(kind)
    }

    pub(crate) fn of(&mut self, kind: Kind) -> String {
        // One in 16 is of another type than wanted.
        let kind = if self.bytes.as_slice().first().is_some_and(|byte| *byte >= 240) {
            KINDS[usize::from(self.pick(7))]
        } else {
            kind
        };
        if self.depth > 5 || self.bytes.as_slice().is_empty() {
            return self.leaf(kind);
        }
        self.depth += 1;
        let made = match kind {
            Kind::Int => self.int(),
            Kind::Double => self.double(),
            Kind::Bool => self.bool(),
            Kind::Text => self.text(),
            Kind::Ints => self.ints(),
            Kind::Texts => self.texts(),
            Kind::Maps => self.maps(),
        };
        self.depth -= 1;
        made
    }

    fn leaf(&mut self, kind: Kind) -> String {
        let variables: Vec<String> =
            self.variables.iter().filter(|(_, held)| *held == kind).map(|(name, _)| name.clone()).collect();
        if let Some(name) = variables.last()
            && self.pick(2) == 1
        {
            return name.clone();
        }
        let choices: &[&str] = match kind {
            Kind::Int => &["0", "1", "doc.i", "doc.j", "-3", "9223372036854775807", "doc.m.n", "7"],
            Kind::Double => &["0.0", "1.5", "doc.d", "-2.25", "1e300"],
            Kind::Bool => &["true", "false", "doc.b"],
            Kind::Text => &["''", "'a'", "doc.s", "doc.t", "'é𝒳b'", "'a,b'"],
            Kind::Ints => &["[]", "doc.li", "[1, 2, 3]", "[0, 7]"],
            Kind::Texts => &["doc.ls", "['a', 'b']", "['']"],
            Kind::Maps => &["doc.lm", "[{'n': 1, 's': 'a', 'f': true}]"],
        };
        let choice = self.pick(u8::try_from(choices.len()).unwrap());
        choices[usize::from(choice)].to_owned()
    }

    fn int(&mut self) -> String {
        match self.pick(12) {
            0 => self.leaf(Kind::Int),
            operator @ 1..=5 => {
                let sign = ["+", "-", "*", "/", "%"][usize::from(operator) - 1];
                format!("({} {sign} {})", self.of(Kind::Int), self.of(Kind::Int))
            }
            6 => format!("size({})", self.any()),
            7 => format!("({} ? {} : {})", self.of(Kind::Bool), self.of(Kind::Int), self.of(Kind::Int)),
            8 => format!("{}[{}]", self.of(Kind::Ints), self.of(Kind::Int)),
            9 => self.element(Kind::Int),
            10 => format!("int({})", self.of(Kind::Double)),
            _ => format!("-({})", self.of(Kind::Int)),
        }
    }

    fn double(&mut self) -> String {
        match self.pick(6) {
            0 => self.leaf(Kind::Double),
            operator @ 1..=4 => {
                let sign = ["+", "-", "*", "/"][usize::from(operator) - 1];
                format!("({} {sign} {})", self.of(Kind::Double), self.of(Kind::Double))
            }
            _ => format!("double({})", self.of(Kind::Int)),
        }
    }

    pub(crate) fn bool(&mut self) -> String {
        match self.pick(20) {
            0 => self.leaf(Kind::Bool),
            1 | 2 => format!("({} && {})", self.of(Kind::Bool), self.of(Kind::Bool)),
            3 | 4 => format!("({} || {})", self.of(Kind::Bool), self.of(Kind::Bool)),
            5 => format!("!({})", self.of(Kind::Bool)),
            6 => format!("({} == {})", self.any(), self.any()),
            7 => format!("({} != {})", self.of(Kind::Int), self.of(Kind::Double)),
            order @ 8..=11 => {
                let sign = ["<", "<=", ">", ">="][usize::from(order) - 8];
                let kind = [Kind::Int, Kind::Double, Kind::Text][usize::from(self.pick(3))];
                let other =
                    if kind == Kind::Text { Kind::Text } else { [Kind::Int, Kind::Double][usize::from(self.pick(2))] };
                format!("({} {sign} {})", self.of(kind), self.of(other))
            }
            12 => format!("({} in {})", self.of(Kind::Int), self.of(Kind::Ints)),
            13 => format!("({} in {})", self.of(Kind::Text), self.of(Kind::Texts)),
            14 => self.loop_over("exists", Kind::Bool),
            15 => self.loop_over("all", Kind::Bool),
            16 => self.loop_over("exists_one", Kind::Bool),
            17 => {
                let method = ["contains", "startsWith", "endsWith"][usize::from(self.pick(3))];
                format!("{}.{method}({})", self.of(Kind::Text), self.of(Kind::Text))
            }
            18 => format!("({} ? {} : {})", self.of(Kind::Bool), self.of(Kind::Bool), self.of(Kind::Bool)),
            _ => format!("has(doc.{})", ["i", "m.n", "none", "m.none"][usize::from(self.pick(4))]),
        }
    }

    fn text(&mut self) -> String {
        let choices = if self.extensions { 10 } else { 4 };
        match self.pick(choices) {
            0 => self.leaf(Kind::Text),
            1 => format!("({} + {})", self.of(Kind::Text), self.of(Kind::Text)),
            2 => format!("string({})", self.of(Kind::Int)),
            3 => self.element(Kind::Text),
            4 => format!("{}.lowerAscii()", self.of(Kind::Text)),
            5 => format!("{}.substring({})", self.of(Kind::Text), self.of(Kind::Int)),
            6 => format!("{}.replace({}, {})", self.of(Kind::Text), self.of(Kind::Text), self.leaf(Kind::Text)),
            7 => format!("{}.join('-')", self.of(Kind::Texts)),
            8 => format!("{}.charAt({})", self.of(Kind::Text), self.of(Kind::Int)),
            _ => format!("'%s|%d'.format([{}, {}])", self.any(), self.of(Kind::Int)),
        }
    }

    fn ints(&mut self) -> String {
        let choices = if self.extensions { 10 } else { 5 };
        match self.pick(choices) {
            0 => self.leaf(Kind::Ints),
            1 => format!("({} + {})", self.of(Kind::Ints), self.of(Kind::Ints)),
            2 => format!("[{}, {}]", self.of(Kind::Int), self.of(Kind::Int)),
            3 => self.filtered(Kind::Ints, Kind::Int),
            4 => self.loop_over("map", Kind::Int),
            5 => format!("{}.distinct()", self.of(Kind::Ints)),
            6 => format!("{}.sort()", self.of(Kind::Ints)),
            7 => format!("{}.reverse()", self.of(Kind::Ints)),
            8 => format!("{}.slice({}, {})", self.of(Kind::Ints), self.of(Kind::Int), self.of(Kind::Int)),
            _ => format!("[{}, {}].flatten()", self.of(Kind::Ints), self.of(Kind::Ints)),
        }
    }

    fn texts(&mut self) -> String {
        let choices = if self.extensions { 6 } else { 4 };
        match self.pick(choices) {
            0 => self.leaf(Kind::Texts),
            1 => format!("({} + {})", self.of(Kind::Texts), self.of(Kind::Texts)),
            2 => self.filtered(Kind::Texts, Kind::Text),
            3 => self.loop_over("map", Kind::Text),
            4 => format!("{}.split(',')", self.of(Kind::Text)),
            _ => format!("{}.distinct()", self.of(Kind::Texts)),
        }
    }

    fn maps(&mut self) -> String {
        match self.pick(3) {
            0 => self.leaf(Kind::Maps),
            1 => {
                let name = self.fresh();
                let list = self.of(Kind::Maps);
                let body = self.within_map(&name, Kind::Bool);
                format!("{list}.filter({name}, {body})")
            }
            _ => {
                format!("[{{'n': {}, 's': {}, 'f': {}}}]", self.of(Kind::Int), self.of(Kind::Text), self.of(Kind::Bool))
            }
        }
    }

    fn fresh(&self) -> String {
        format!("v{}", self.variables.len())
    }

    /// A body in which a map's members are variables.
    fn within_map(&mut self, name: &str, kind: Kind) -> String {
        let before = self.variables.len();
        self.variables.push((format!("{name}.n"), Kind::Int));
        self.variables.push((format!("{name}.s"), Kind::Text));
        self.variables.push((format!("{name}.f"), Kind::Bool));
        let body = self.of(kind);
        self.variables.truncate(before);
        body
    }

    fn within(&mut self, name: &str, held: Kind, kind: Kind) -> String {
        self.variables.push((name.to_owned(), held));
        let body = self.of(kind);
        self.variables.pop();
        body
    }

    fn loop_over(&mut self, macro_name: &str, body: Kind) -> String {
        let name = self.fresh();
        let (range, body) = match self.pick(3) {
            0 => (self.of(Kind::Ints), self.within(&name, Kind::Int, body)),
            1 => (self.of(Kind::Texts), self.within(&name, Kind::Text, body)),
            _ => (self.of(Kind::Maps), self.within_map(&name, body)),
        };
        format!("{range}.{macro_name}({name}, {body})")
    }

    fn filtered(&mut self, list: Kind, element: Kind) -> String {
        let name = self.fresh();
        let range = self.of(list);
        let body = self.within(&name, element, Kind::Bool);
        format!("{range}.filter({name}, {body})")
    }

    fn element(&mut self, kind: Kind) -> String {
        let list = self.of(Kind::Maps);
        let member = if kind == Kind::Int { "n" } else { "s" };
        format!("{list}[{}].{member}", self.of(Kind::Int))
    }
}
