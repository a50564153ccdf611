//! Texts with a meaning of their own: a CEL expression, an error code.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};
use std::{borrow::Cow, fmt};

/// A CEL expression. A bare number or boolean of YAML is one too.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Expression(pub String);

impl Expression {
    /// The source.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Expression {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl de::Visitor<'_> for Reader {
            type Value = Expression;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a CEL expression (quote it when YAML reads it otherwise)")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Expression, E> {
                Ok(Expression(text.trim().to_owned()))
            }
            fn visit_bool<E>(self, flag: bool) -> Result<Expression, E> {
                Ok(Expression(flag.to_string()))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Expression, E> {
                Ok(Expression(number.to_string()))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Expression, E> {
                Ok(Expression(number.to_string()))
            }
            fn visit_f64<E>(self, number: f64) -> Result<Expression, E> {
                Ok(Expression(format!("{number:?}")))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

impl JsonSchema for Expression {
    fn schema_name() -> Cow<'static, str> {
        "Expression".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "number", "boolean"], "description": "A CEL expression" })
    }
}

/// An error of the provider: `Code`, or `Code: text` for a code that has several meanings, told apart by the message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ErrorMatch(pub String);

impl ErrorMatch {
    /// Whether an error with this code and message is meant.
    pub fn matches(&self, code: &str, message: &str) -> bool {
        match self.0.split_once(": ") {
            Some((wanted, text)) => wanted == code && message.to_lowercase().contains(&text.to_lowercase()),
            None => self.0 == code,
        }
    }
}
