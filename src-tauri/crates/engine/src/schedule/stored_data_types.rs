//! The data types of a stored plan.

use serde::{Deserialize, Deserializer};

/// A list, or what older versions stored: one key, or null for all types.
#[derive(Deserialize)]
#[serde(untagged)]
enum Stored {
    List(Vec<String>),
    One(Option<String>),
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Ok(match Stored::deserialize(deserializer)? {
        Stored::List(keys) => keys,
        Stored::One(key) => key.into_iter().collect(),
    })
}
