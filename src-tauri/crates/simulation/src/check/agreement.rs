//! Whether the app knows the world as it is.

use std::collections::BTreeMap;

use serde_json::Value;
use store::Store;

use crate::{
    trouble::Trouble,
    world::{World, text},
};

/// Companies of which the store says something else than the world, or that only one of both has.
pub(crate) async fn disagreements(store: &Store, world: &World) -> Result<Vec<String>, Trouble> {
    let said: BTreeMap<String, Value> =
        world.list(None).await?.into_iter().map(|it| (text(&it, "id").to_owned(), it)).collect();
    let mut found = vec![];
    for (id, company) in &said {
        let parsed = id.parse().map_err(|error| Trouble::odd(id, error))?;
        let Some(kept) = store.company_record(parsed).await? else {
            found.push(format!("{id} is missing"));
            continue;
        };
        let expected: codat::Company =
            serde_json::from_value(company.clone()).map_err(|error| Trouble::odd(id, error))?;
        if kept != expected {
            found.push(format!("{id} differs"));
        }
    }
    let counts = store.attention(0).await?.counts;
    let kept = counts.red + counts.grey + counts.purple + counts.green + counts.none;
    if kept as usize != said.len() {
        found.push(format!("{kept} companies are kept of {}", said.len()));
    }
    Ok(found)
}
