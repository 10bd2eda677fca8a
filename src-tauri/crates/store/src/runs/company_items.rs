//! The items of open runs by company, for the rows of a list.

use codat::CompanyId;
use domain::{RunAct, RunId};

use super::{codes, item::ItemState, list::DataTypeCheck};
use crate::{error::StoreError, sql, store::Store};

/// The maximum number of companies in one query.
const MAX_COMPANIES: usize = 1_000;

/// An item of an open run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyItem {
    /// The company.
    pub company: CompanyId,
    /// The run.
    pub run: RunId,
    /// What the run does with the company.
    pub act: RunAct,
    /// Its state.
    pub state: ItemState,
    /// Why it was skipped: `unlinked`, `gone`, `kept`, `tagged`.
    pub skipped: Option<String>,
    /// Why it failed, as the caller gave it.
    pub why: Option<String>,
    /// For an item of all data types: whether each of them was checked.
    pub types: Option<DataTypeCheck>,
}

impl Store {
    /// The items of open runs for the first 1,000 of these companies. A company of a long run has none before its
    /// part of the run became items.
    ///
    /// # Errors
    /// Database errors.
    pub async fn open_items_of(&self, companies: &[CompanyId]) -> Result<Vec<CompanyItem>, StoreError> {
        let wanted = sql::json_parameter(&companies.get(..MAX_COMPANIES).unwrap_or(companies))?;
        let rows = sqlx::query!(
            r#"SELECT item.company_id AS "company!: String", run.id AS "run!: i64", run.act AS "act?: String",
                      run.tags AS "tags?: String", item.state AS "state!: i64", item.skipped AS "skipped?: String",
                      item.why AS "why?: String", item.types AS "types?: i64"
               FROM runs AS run CROSS JOIN json_each(?1) AS wanted
               CROSS JOIN run_items AS item ON item.company_id = wanted.value AND item.run = run.id
               WHERE run.ended_at IS NULL
               ORDER BY item.id"#,
            wanted
        )
        .fetch_all(self.database.readers())
        .await?;
        let item = rows.into_iter().map(|row| {
            Ok(CompanyItem {
                company: sql::parse_id(&row.company)?,
                run: RunId(row.run),
                act: codes::parse_act(row.act.as_deref(), row.tags.as_deref())?,
                state: ItemState::from_code(row.state, false)?,
                skipped: row.skipped,
                why: row.why,
                types: row.types.map(DataTypeCheck::from_code).transpose()?,
            })
        });
        item.collect()
    }
}
