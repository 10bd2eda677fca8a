//! Runs that change companies: which companies a change concerns, before the run and when each is due.

use std::collections::{BTreeMap, HashMap};

use codat::CompanyId;
use domain::{ChangedTags, ReadRequest, RunAct, TagChange};
use jiff::Timestamp;
use sqlx::SqliteConnection;

use super::item::{Candidate, ItemState};
use crate::{error::StoreError, record::load_records, sql, store::Store};

/// The number of companies whose records are read at a time.
const CHUNK: usize = 1_000;

/// What a change of tags means for selected companies, by what is stored of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TagPreview {
    /// The companies that change.
    pub changing: Vec<CompanyId>,
    /// Of these, companies where a tag gets another value than it has.
    pub replaced: u32,
    /// Companies that are as the change requires already.
    pub unchanged: u32,
    /// Companies that would have too many tags.
    pub too_many: u32,
    /// The tags of the selected companies, with the number of companies that have each.
    pub tags: BTreeMap<(String, String), u32>,
}

/// What is deleted with companies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeletePreview {
    /// Their connections.
    pub connections: u32,
    /// Their subsidiaries that are not among them.
    pub subsidiaries: u32,
}

impl Store {
    /// What a change of tags means for these companies.
    ///
    /// # Errors
    /// Database errors.
    pub async fn preview_tags(
        &self,
        companies: &[CompanyId],
        change: &TagChange,
    ) -> Result<TagPreview, StoreError> {
        let mut preview = TagPreview::default();
        for chunk in companies.chunks(CHUNK) {
            let present = self.stored_tags(chunk).await?;
            for company in chunk {
                let Some(present) = present.get(company) else {
                    // An unreadable company is read before it is changed.
                    preview.changing.push(*company);
                    continue;
                };
                for (key, value) in present {
                    *preview.tags.entry((key.clone(), value.clone())).or_default() += 1;
                }
                match change.apply(present) {
                    ChangedTags::Unchanged => preview.unchanged += 1,
                    ChangedTags::TooMany => preview.too_many += 1,
                    ChangedTags::Changed(_) => {
                        preview.changing.push(*company);
                        let differs = |(key, value): (&String, &String)| {
                            present.get(key).is_some_and(|present| present != value)
                        };
                        preview.replaced += u32::from(change.add.iter().any(differs));
                    }
                }
            }
        }
        Ok(preview)
    }

    /// What is deleted with these companies.
    ///
    /// # Errors
    /// Database errors.
    pub async fn preview_delete(&self, companies: &[CompanyId]) -> Result<DeletePreview, StoreError> {
        let companies = sql::json_parameter(&companies)?;
        let row = sqlx::query!(
            r#"SELECT (SELECT count(*) FROM json_each(?1) AS wanted
                       CROSS JOIN companies AS company ON company.id = wanted.value
                       CROSS JOIN connections AS own ON own.company = company.number) AS "connections!: u32",
                      (SELECT count(*) FROM json_each(?1) AS wanted
                       CROSS JOIN companies AS child ON child.parent_id = wanted.value
                       WHERE child.id NOT IN (SELECT value FROM json_each(?1))) AS "subsidiaries!: u32""#,
            companies
        )
        .fetch_one(self.database.readers())
        .await?;
        Ok(DeletePreview { connections: row.connections, subsidiaries: row.subsidiaries })
    }

    async fn stored_tags(
        &self,
        companies: &[CompanyId],
    ) -> Result<HashMap<CompanyId, BTreeMap<String, String>>, StoreError> {
        let mut reader = self.database.readers().acquire().await?;
        stored_tags(&mut reader, companies).await
    }
}

/// The stored tags of companies, without those that this version cannot parse.
async fn stored_tags(
    connection: &mut SqliteConnection,
    companies: &[CompanyId],
) -> Result<HashMap<CompanyId, BTreeMap<String, String>>, StoreError> {
    let records = load_records(connection, companies).await?;
    let tags = |(id, record): (CompanyId, crate::record::StoredRecord)| {
        record.parse_or_warn(id).map(|company| (id, company.tags))
    };
    Ok(records.into_iter().filter_map(tags).collect())
}

/// The next waiting items of a run that changes companies. A company that is gone or needs no change is skipped.
pub(super) async fn waiting_items(
    connection: &mut SqliteConnection,
    run: i64,
    act: &RunAct,
    limit: usize,
    now: Timestamp,
) -> Result<Vec<Candidate>, StoreError> {
    let (limit, now) = (i64::try_from(limit).unwrap_or(i64::MAX), now.as_millisecond());
    let rows = sqlx::query!(
        r#"SELECT item.id AS "id!: i64", item.company_id AS "company!: String", item.tries AS "tries!: u32",
                  EXISTS (SELECT 1 FROM companies AS company WHERE company.id = item.company_id) AS "known!: bool"
           FROM run_items AS item
           WHERE item.run = ?1 AND item.state = 0 AND (item.not_before IS NULL OR item.not_before <= ?2)
           ORDER BY item.id LIMIT +?3"#,
        run,
        now,
        limit
    )
    .fetch_all(&mut *connection)
    .await?;
    let companies = rows.iter().map(|row| sql::parse_id(&row.company)).collect::<Result<Vec<_>, _>>()?;
    let present = match act {
        RunAct::ChangeTags(_) => stored_tags(connection, &companies).await?,
        RunAct::Read | RunAct::DeleteCompany => HashMap::new(),
    };
    let needs_no_change = |company: &CompanyId| match (act, present.get(company)) {
        (RunAct::ChangeTags(change), Some(present)) => change.apply(present) == ChangedTags::Unchanged,
        (RunAct::ChangeTags(_), None) | (RunAct::Read | RunAct::DeleteCompany, _) => false,
    };
    let candidate = |(row, company): (_, CompanyId)| {
        let (id, tries, known): (i64, u32, bool) = row;
        let next = match () {
            // An item that was tried before may have been done, which only the server shows.
            () if !known && tries == 0 => (ItemState::Skipped, Some("gone")),
            () if tries == 0 && needs_no_change(&company) => (ItemState::Skipped, Some("tagged")),
            () => (ItemState::Sent, None),
        };
        let read = ReadRequest { company, data_type: None, connection: None };
        Candidate { id, read, tries, was_read: None, next }
    };
    let rows = rows.into_iter().map(|row| (row.id, row.tries, row.known));
    Ok(rows.zip(companies).map(candidate).collect())
}
