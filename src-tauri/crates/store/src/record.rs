//! The records as the server said them, and what is kept beside.

use std::collections::HashMap;

use codat::{Company, CompanyId, Connection, ConnectionId};
use serde::Serialize;
use sqlx::{SqliteConnection, SqliteExecutor};

use crate::{error::StoreError, store::Store};

/// A company's record as it is kept.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) raw: String,
    retained: Option<String>,
}

impl Kept {
    pub(crate) fn new(raw: String, retained: Option<String>) -> Self {
        Self { raw, retained }
    }

    /// Whether it says the same: byte for byte, or with its fields in another order.
    pub(crate) fn is(&self, raw: &str) -> bool {
        if self.raw == raw {
            return true;
        }
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
        value(&self.raw).is_some_and(|kept| Some(kept) == value(raw))
    }

    /// Connections that the record lacks and that are not known to be gone.
    pub(crate) fn retained(&self) -> Result<Vec<Connection>, StoreError> {
        match &self.retained {
            Some(retained) => {
                serde_json::from_str(retained).map_err(|why| StoreError::unreadable("kept connections", &why))
            }
            None => Ok(Vec::new()),
        }
    }

    /// The company; none if this version cannot read what an older one kept.
    pub(crate) fn readable(&self, id: CompanyId) -> Option<Company> {
        let company = self.company();
        company
            .inspect_err(|error| tracing::warn!(%error, %id, "a kept company is replaced without comparing"))
            .ok()
    }

    /// The company with all of its connections, the retained ones last.
    pub(crate) fn company(&self) -> Result<Company, StoreError> {
        let mut company: Company =
            serde_json::from_str(&self.raw).map_err(|why| StoreError::unreadable("a company", &why))?;
        company.data_connections.extend(self.retained()?);
        Ok(company)
    }
}

/// The records of those companies that are kept.
pub(crate) async fn kept<'a>(
    connection: &mut SqliteConnection,
    ids: impl IntoIterator<Item = &'a CompanyId>,
) -> Result<HashMap<CompanyId, Kept>, StoreError> {
    let ids = json(&ids.into_iter().collect::<Vec<_>>())?;
    let rows = sqlx::query!(
        r#"SELECT company.id AS "id!: String", record.raw AS "raw!: String", record.retained AS "retained?: String"
           FROM json_each(?1) AS wanted
           CROSS JOIN companies AS company ON company.id = wanted.value
           CROSS JOIN records AS record ON record.company = company.number"#,
        ids
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(|row| Ok((id(&row.id)?, Kept::new(row.raw, row.retained)))).collect()
}

/// One company, if it is kept.
pub(crate) async fn one(
    executor: impl SqliteExecutor<'_>,
    id: CompanyId,
) -> Result<Option<Company>, StoreError> {
    kept_one(executor, id).await?.map(|kept| kept.company()).transpose()
}

/// One company's record, if it is kept.
async fn kept_one(executor: impl SqliteExecutor<'_>, id: CompanyId) -> Result<Option<Kept>, StoreError> {
    let id = id.to_string();
    let row = sqlx::query!(
        r#"SELECT record.raw AS "raw!: String", record.retained AS "retained?: String"
           FROM companies AS company JOIN records AS record ON record.company = company.number
           WHERE company.id = ?1"#,
        id
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(|row| Kept::new(row.raw, row.retained)))
}

impl Store {
    /// The company as the server said it last, with all of its connections: those that it no longer lists and
    /// that are not yet known to be gone come last.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn company_record(&self, id: CompanyId) -> Result<Option<Company>, StoreError> {
        one(self.database.readers(), id).await
    }

    /// Whether a connection is kept that the server no longer listed when it said the company last. It is not yet
    /// known to be gone.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn is_unlisted(
        &self,
        company: CompanyId,
        connection: ConnectionId,
    ) -> Result<bool, StoreError> {
        let kept = kept_one(self.database.readers(), company).await?;
        let retained = kept.map_or(Ok(Vec::new()), |kept| kept.retained())?;
        Ok(retained.iter().any(|known| known.id == connection))
    }
}

/// Many rows as one parameter.
pub(crate) fn json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|why| StoreError::unreadable("a parameter", &why))
}

/// An identifier from the database.
pub(crate) fn id<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|why| StoreError::unreadable("an identifier", &why))
}
