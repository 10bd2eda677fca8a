//! The own sync settings of companies, as far as they are cached.

use codat::CompanyId;

use crate::{error::StoreError, sql, store::Store};

/// The maximum number of companies.
const MAX_COMPANIES: i64 = 1_000;

/// A company's own sync settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanySyncSettings {
    /// The company.
    pub company: CompanyId,
    /// Its name.
    pub name: String,
    /// The cached answer, JSON.
    pub raw: String,
}

impl Store {
    /// The cached sync settings of companies, at most 1,000.
    ///
    /// # Errors
    /// Database errors.
    pub async fn companies_sync_settings(&self) -> Result<Vec<CompanySyncSettings>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT answer.company_id AS "company!: String", company.name AS "name!: String",
                      answer.raw AS "raw!: String"
               FROM answers AS answer INDEXED BY answers_of_sync_settings
               CROSS JOIN companies AS company ON company.id = answer.company_id
               WHERE answer.topic = 'syncSettings' AND answer.company_id <> '' AND answer.raw IS NOT NULL
               LIMIT +?1"#,
            MAX_COMPANIES
        )
        .fetch_all(self.database.readers())
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(CompanySyncSettings {
                    company: sql::parse_id(&row.company)?,
                    name: row.name,
                    raw: row.raw,
                })
            })
            .collect()
    }
}
