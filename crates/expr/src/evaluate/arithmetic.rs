//! `+ - * / %` and the sign: checked, and without silent conversion.

use super::{Error, Frame, Outcome};
use crate::{
    node::{Node, Operator},
    value::Val,
};
use chrono::{DateTime, TimeDelta, Utc};

/// Seconds of the longest duration: 10,000 years, as the protocol buffers' type has it.
pub(crate) const DURATION_SECONDS_MAX: i64 = 315_576_000_000;
/// Seconds since 1970 of the first and the last second that a timestamp can be: the years 1 to 9999.
pub(crate) const TIMESTAMP_SECONDS: (i64, i64) = (-62_135_596_800, 253_402_300_799);

/// A duration within its range.
pub(crate) fn duration(length: Option<TimeDelta>) -> Option<TimeDelta> {
    length.filter(|length| length.abs() <= TimeDelta::seconds(DURATION_SECONDS_MAX))
}

/// A timestamp within its range.
pub(crate) fn timestamp(time: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    time.filter(|time| (TIMESTAMP_SECONDS.0..=TIMESTAMP_SECONDS.1).contains(&time.timestamp()))
}

impl<'a> Frame<'a> {
    #[inline(never)]
    pub(super) fn negate(&mut self, of: &'a Node, at: u32) -> Outcome<'a> {
        match self.eval(of)? {
            Val::Int(number) => number.checked_neg().map(Val::Int).ok_or_else(|| self.overflow(at)),
            Val::Double(number) => Ok(Val::Double(-number)),
            Val::Unknown(lack) => Ok(Val::Unknown(lack)),
            other => Err(self.error_at(at, format_args!("'-' wants a number, not {}", other.type_name()))),
        }
    }

    fn overflow(&self, at: u32) -> Error<'a> {
        self.error_at(at, format_args!("the result is out of range"))
    }

    #[inline(never)]
    pub(super) fn arithmetic(&mut self, pair: &'a (Node, Node), operator: Operator, at: u32) -> Outcome<'a> {
        let left = self.eval(&pair.0);
        let right = self.eval(&pair.1);
        let (left, right) = match (left, right) {
            (Ok(left), Ok(right)) => (left, right),
            (Ok(Val::Unknown(lack)), _) | (_, Ok(Val::Unknown(lack))) => return Ok(Val::Unknown(lack)),
            (Err(error), _) | (_, Err(error)) => return Err(error),
        };
        if operator == Operator::Add
            && let Some(joined) = self.joined(left, right)
        {
            self.at = at;
            return joined;
        }
        self.at = at;
        match (left, right) {
            (Val::Unknown(one), Val::Unknown(other)) => {
                Ok(Val::Unknown(self.unite(Some(one), Some(other)).unwrap_or(one)))
            }
            (Val::Unknown(lack), _) | (_, Val::Unknown(lack)) => Ok(Val::Unknown(lack)),
            (Val::Int(left), Val::Int(right)) => self.whole(left, right, operator, at),
            (Val::Uint(left), Val::Uint(right)) => self.unsigned(left, right, operator, at),
            (Val::Double(left), Val::Double(right)) => match operator {
                Operator::Add => Ok(Val::Double(left + right)),
                Operator::Subtract => Ok(Val::Double(left - right)),
                Operator::Multiply => Ok(Val::Double(left * right)),
                Operator::Divide => Ok(Val::Double(left / right)),
                Operator::Remainder => Err(self.mismatch(Val::Double(left), Val::Double(right), operator, at)),
            },
            (Val::Timestamp(_) | Val::Duration(_), _) | (_, Val::Timestamp(_) | Val::Duration(_)) => {
                self.times(left, right, operator, at)
            }
            _ => Err(self.mismatch(left, right, operator, at)),
        }
    }

    fn whole(&self, left: i64, right: i64, operator: Operator, at: u32) -> Outcome<'a> {
        let result = match operator {
            Operator::Add => left.checked_add(right),
            Operator::Subtract => left.checked_sub(right),
            Operator::Multiply => left.checked_mul(right),
            Operator::Divide | Operator::Remainder if right == 0 => {
                return Err(self.error_at(at, format_args!("division by zero")));
            }
            Operator::Divide => left.checked_div(right),
            Operator::Remainder => left.checked_rem(right),
        };
        result.map(Val::Int).ok_or_else(|| self.overflow(at))
    }

    fn unsigned(&self, left: u64, right: u64, operator: Operator, at: u32) -> Outcome<'a> {
        let result = match operator {
            Operator::Add => left.checked_add(right),
            Operator::Subtract => left.checked_sub(right),
            Operator::Multiply => left.checked_mul(right),
            Operator::Divide | Operator::Remainder if right == 0 => {
                return Err(self.error_at(at, format_args!("division by zero")));
            }
            Operator::Divide => left.checked_div(right),
            Operator::Remainder => left.checked_rem(right),
        };
        result.map(Val::Uint).ok_or_else(|| self.overflow(at))
    }

    fn times(&self, left: Val<'a>, right: Val<'a>, operator: Operator, at: u32) -> Outcome<'a> {
        let result = match (left, right, operator) {
            (Val::Timestamp(time), Val::Duration(length), Operator::Add)
            | (Val::Duration(length), Val::Timestamp(time), Operator::Add) => {
                timestamp(time.checked_add_signed(length)).map(Val::Timestamp)
            }
            (Val::Timestamp(time), Val::Duration(length), Operator::Subtract) => {
                timestamp(time.checked_sub_signed(length)).map(Val::Timestamp)
            }
            (Val::Timestamp(left), Val::Timestamp(right), Operator::Subtract) => {
                duration(Some(left.signed_duration_since(right))).map(Val::Duration)
            }
            (Val::Duration(left), Val::Duration(right), Operator::Add) => {
                duration(left.checked_add(&right)).map(Val::Duration)
            }
            (Val::Duration(left), Val::Duration(right), Operator::Subtract) => {
                duration(left.checked_sub(&right)).map(Val::Duration)
            }
            _ => return Err(self.mismatch(left, right, operator, at)),
        };
        result.ok_or_else(|| self.overflow(at))
    }

    /// `+` of strings, bytes and lists. An absent member is the empty list beside a list, and beside another.
    fn joined(&mut self, left: Val<'a>, right: Val<'a>) -> Option<Outcome<'a>> {
        match (left, right) {
            (Val::String(left), Val::String(right)) => {
                let mut text = String::with_capacity(left.len() + right.len());
                text.push_str(left);
                text.push_str(right);
                Some(self.text(&text))
            }
            (Val::Bytes(left), Val::Bytes(right)) => {
                if left.len() + right.len() > super::TEXT_BYTES_MAX {
                    return Some(Err(self.error(format_args!("bytes of more than {}", super::TEXT_BYTES_MAX))));
                }
                Some(Ok(Val::Bytes(self.arena.slice(&[left, right].concat()))))
            }
            (Val::Unknown(lack), list) | (list, Val::Unknown(lack)) => match list {
                Val::List(_) | Val::DocList(_) | Val::Entities(_) => {
                    let (items, missing) = list.elements()?;
                    let items: Vec<Val<'a>> = items.iter().collect();
                    Some(self.made(&items, self.unite(missing, Some(lack))))
                }
                _ => None,
            },
            _ => {
                let (left_items, left_missing) = left.elements()?;
                let (right_items, right_missing) = right.elements()?;
                if left_items.len() == 0 && left_missing.is_none() && !matches!(right, Val::Absent) {
                    return Some(Ok(right));
                }
                if right_items.len() == 0 && right_missing.is_none() && !matches!(left, Val::Absent) {
                    return Some(Ok(left));
                }
                let items: Vec<Val<'a>> = left_items.iter().chain(right_items.iter()).collect();
                Some(self.made(&items, self.unite(left_missing, right_missing)))
            }
        }
    }

    fn mismatch(&self, left: Val<'a>, right: Val<'a>, operator: Operator, at: u32) -> Error<'a> {
        let sign = match operator {
            Operator::Add => '+',
            Operator::Subtract => '-',
            Operator::Multiply => '*',
            Operator::Divide => '/',
            Operator::Remainder => '%',
        };
        self.error_at(at, format_args!("'{sign}' can't be applied to {} and {}", left.type_name(), right.type_name()))
    }
}
