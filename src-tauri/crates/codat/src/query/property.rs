//! Properties: dotted paths, looked up without regard to case.

use serde_json::Value;

use super::UnknownProperty;

/// Names of letters, digits, `_` and `-`, joined by dots. None starts with `-`, which is the sign of `orderBy`.
pub(super) fn is_valid(path: &str) -> bool {
    path.split('.').all(|name| {
        !name.is_empty()
            && !name.starts_with('-')
            && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-')
    })
}

/// Whether a path is known; see [`Query::resolve`](super::Query::resolve).
pub(super) fn resolve(path: &str, known: &[&str]) -> Result<(), UnknownProperty> {
    let is_known = known.iter().any(|known| match known.strip_suffix('*') {
        Some(prefix) => starts_with_ignoring_case(path, prefix),
        None => path.eq_ignore_ascii_case(known),
    });
    if is_known { Ok(()) } else { Err(UnknownProperty { property: path.to_owned() }) }
}

/// The value at a path. None if a part of the path is missing or null. `Err` if the path leads into an array.
pub(super) fn find<'v>(record: &'v Value, path: &str) -> Result<Option<&'v Value>, IntoArray> {
    let mut at = record;
    for name in path.split('.') {
        match at {
            Value::Object(_) => match member(at, name) {
                Some(next) => at = next,
                None => return Ok(None),
            },
            Value::Array(_) => return Err(IntoArray),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return Ok(None),
        }
    }
    Ok((!at.is_null()).then_some(at))
}

/// The path leads into an array.
#[derive(Debug)]
pub(super) struct IntoArray;

/// A member of an object by name: with exact case, or else without regard to case.
pub(super) fn member<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    let members = value.as_object()?;
    members
        .get(name)
        .or_else(|| members.iter().find_map(|(key, member)| key.eq_ignore_ascii_case(name).then_some(member)))
}

fn starts_with_ignoring_case(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}
