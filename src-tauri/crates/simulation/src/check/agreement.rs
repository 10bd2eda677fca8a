//! Checks whether the store agrees with the world.

use std::collections::BTreeMap;

use serde_json::Value;
use store::Store;

use crate::{
    error::SimulationError,
    world::{World, text},
};

/// All companies of the world, by ID.
pub(crate) type Companies = BTreeMap<String, Value>;

/// The present companies of the world.
pub(crate) async fn companies(world: &World) -> Result<Companies, SimulationError> {
    Ok(world.list(None).await?.into_iter().map(|it| (text(&it, "id").to_owned(), it)).collect())
}

/// Companies that differ between store and world, or that only one of them has. Companies that changed since
/// `before` are not compared, because the app may not have read the change.
pub(crate) async fn disagreements(
    store: &Store,
    world: &World,
    before: &Companies,
) -> Result<Vec<String>, SimulationError> {
    let said = companies(world).await?;
    let mut found = vec![];
    for (id, company) in said.iter().filter(|(id, company)| before.get(*id) == Some(company)) {
        let parsed = id.parse().map_err(|error| SimulationError::unexpected(id, error))?;
        let Some(kept) = store.company_record(parsed).await? else {
            found.push(format!("{id} is missing"));
            continue;
        };
        let expected: codat::Company = serde_json::from_value(company.clone())
            .map_err(|error| SimulationError::unexpected(id, error))?;
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
