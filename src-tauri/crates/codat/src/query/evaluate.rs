//! Evaluates one comparison against one record.

use core::cmp::Ordering;

use serde_json::Value;

use super::{
    Comparison, Operator, TRAVERSABLE, UnknownProperty,
    exact::Exact,
    property::{find, member},
    text::{equal_folded, fold, instant},
};

/// Whether a comparison matches a record.
pub(super) fn holds(comparison: &Comparison, record: &Value) -> Result<bool, UnknownProperty> {
    match elements(comparison, record) {
        Some((elements, path)) => holds_in(comparison, elements, path),
        None => holds_at(comparison, comparison.operator, record, &comparison.property),
    }
}

/// If the path leads into the array that can be searched: its elements, and the path within each.
fn elements<'v, 'c>(comparison: &'c Comparison, record: &'v Value) -> Option<(&'v [Value], &'c str)> {
    let (head, path) = comparison.property.split_once('.')?;
    if !head.eq_ignore_ascii_case(TRAVERSABLE) {
        return None;
    }
    Some((member(record, head)?.as_array()?, path))
}

/// Whether one element matches. For `!=`, whether no element is equal.
fn holds_in(comparison: &Comparison, elements: &[Value], path: &str) -> Result<bool, UnknownProperty> {
    let negated = comparison.operator == Operator::NotEqual;
    let sought = if negated { Operator::Equal } else { comparison.operator };
    let mut found = false;
    for element in elements {
        found |= holds_at(comparison, sought, element, path)?;
    }
    Ok(found != negated)
}

fn holds_at(
    comparison: &Comparison,
    operator: Operator,
    record: &Value,
    path: &str,
) -> Result<bool, UnknownProperty> {
    let unresolved = || UnknownProperty { property: comparison.property.clone() };
    match find(record, path).map_err(|_| unresolved())? {
        None => Ok(operator == Operator::NotEqual),
        Some(Value::Array(_) | Value::Object(_)) => Err(unresolved()),
        Some(found) => Ok(compares(found, operator, &comparison.value)),
    }
}

fn compares(found: &Value, operator: Operator, value: &str) -> bool {
    match operator {
        Operator::Equal => is_equal(found, value),
        Operator::NotEqual => !is_equal(found, value),
        Operator::Contains => found.as_str().is_some_and(|text| fold(text).contains(&fold(value))),
        Operator::Greater => order(found, value).is_some_and(Ordering::is_gt),
        Operator::Less => order(found, value).is_some_and(Ordering::is_lt),
        Operator::GreaterOrEqual => order(found, value).is_some_and(Ordering::is_ge),
        Operator::LessOrEqual => order(found, value).is_some_and(Ordering::is_le),
    }
}

fn is_equal(found: &Value, value: &str) -> bool {
    match found {
        Value::Bool(flag) => value.eq_ignore_ascii_case(if *flag { "true" } else { "false" }),
        Value::String(text) => equal_folded(text, value) || order(found, value).is_some_and(Ordering::is_eq),
        Value::Number(_) => order(found, value).is_some_and(Ordering::is_eq),
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    }
}

/// The order of two numbers or two dates. None for anything else.
fn order(found: &Value, value: &str) -> Option<Ordering> {
    match found {
        Value::Number(number) => Some(Exact::parse(&number.to_string())?.cmp(&Exact::parse(value)?)),
        Value::String(text) => Some(instant(text)?.cmp(&instant(value)?)),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}
