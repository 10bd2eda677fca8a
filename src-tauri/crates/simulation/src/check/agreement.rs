//! Whether the app knows the world as it is.

use std::collections::BTreeMap;

use serde_json::Value;
use store::Store;

use crate::{
    trouble::Trouble,
    world::{World, text},
};

/// All companies as the world has them, by their IDs.
pub(crate) type Companies = BTreeMap<String, Value>;

/// All companies as the world has them at this moment.
pub(crate) async fn companies(world: &World) -> Result<Companies, Trouble> {
    Ok(world.list(None).await?.into_iter().map(|it| (text(&it, "id").to_owned(), it)).collect())
}

/// Companies of which the store says something else than the world, or that only one of both has. The app
/// looked since `before`: what changed in the world since then, it may know either way.
pub(crate) async fn disagreements(
    store: &Store,
    world: &World,
    before: &Companies,
) -> Result<Vec<String>, Trouble> {
    let said = companies(world).await?;
    let mut found = vec![];
    for (id, company) in said.iter().filter(|(id, company)| before.get(*id) == Some(company)) {
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
    let kept = store.company_count().await?;
    if kept as usize != said.len() {
        found.push(format!("{kept} companies are kept of {}", said.len()));
    }
    Ok(found)
}
