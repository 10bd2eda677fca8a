//! What happened with a company, as one timeline: the journal, reads, writes and own acts.

use codat::{CompanyId, ConnectionId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{error::StoreError, record, store::Store};

/// What a timeline may be made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ActivityKind {
    /// Connections and the company itself, as the journal has them.
    Changes,
    /// Reads, those of one refresh together.
    Reads,
    /// Writes.
    Writes,
    /// What was done from this app.
    Own,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Activity {
    /// Which of all, for the page that follows.
    pub id: String,
    /// Milliseconds since 1970, UTC.
    pub at: i64,
    /// What.
    pub what: Happened,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "type")]
pub enum Happened {
    /// An entry of the journal.
    Change {
        /// As the journal names it: `connectionAppeared`, `statusChanged` and so on.
        kind: String,
        /// The connection's integration.
        platform: Option<String>,
        /// The connection.
        #[ts(as = "Option<String>")]
        connection: Option<ConnectionId>,
        /// A status or a colour before.
        was: Option<String>,
        /// And after.
        became: Option<String>,
        /// Whether it came of an act of this app.
        own: bool,
    },
    /// Reads that were asked for at one moment.
    Reads {
        /// Each with its type and status.
        reads: Vec<ReadBrief>,
    },
    /// A write.
    Write {
        /// Its key.
        key: String,
        /// Its data type.
        data_type: String,
        /// Its status.
        status: String,
    },
    /// An act from this app.
    Own {
        /// Which.
        act: String,
        /// What it was about, in its own form.
        detail: String,
        /// What came of it: `done`, or why not; none while it is not known.
        outcome: Option<String>,
    },
}

/// A read of a refresh.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReadBrief {
    /// Its identifier.
    pub id: String,
    /// Its data type.
    pub data_type: String,
    /// Its status.
    pub status: String,
}

/// An entry of the journal, as far as a timeline shows it.
#[derive(Debug)]
struct Entry {
    seq: i64,
    at: i64,
    cause: String,
    kind: String,
    platform: Option<String>,
    connection_id: Option<String>,
    was: Option<String>,
    became: Option<String>,
}

impl Store {
    /// What happened with a company before an instant, newest first: at most `limit` of each kind that is
    /// wanted, and at most `limit` in all.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn activity(
        &self,
        company: CompanyId,
        kinds: &[ActivityKind],
        before: i64,
        limit: u32,
    ) -> Result<Vec<Activity>, StoreError> {
        let mut all = Vec::new();
        for kind in kinds {
            all.extend(match kind {
                ActivityKind::Changes => self.changes_of(company, before, limit).await?,
                ActivityKind::Reads => self.reads_of(company, before, limit).await?,
                ActivityKind::Writes => self.writes_of(company, before, limit).await?,
                ActivityKind::Own => self.acts_of(company, before, limit).await?,
            });
        }
        all.sort_by(|one, other| (other.at, &other.id).cmp(&(one.at, &one.id)));
        all.truncate(limit as usize);
        Ok(all)
    }

    /// The entries of the journal about one connection, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn timeline(
        &self,
        company: CompanyId,
        connection: ConnectionId,
    ) -> Result<Vec<Activity>, StoreError> {
        let (company, connection) = (company.to_string(), connection.to_string());
        let entries = sqlx::query_as!(
            Entry,
            r#"SELECT seq AS "seq!: i64", at AS "at!: i64", cause AS "cause!: String", kind AS "kind!: String",
                      platform AS "platform?: String", connection_id AS "connection_id?: String",
                      was AS "was?: String", became AS "became?: String"
               FROM journal WHERE company_id = ?1 AND connection_id = ?2 ORDER BY seq"#,
            company,
            connection
        )
        .fetch_all(self.database.readers())
        .await?;
        entries.into_iter().map(activity).collect()
    }

    async fn changes_of(
        &self,
        company: CompanyId,
        before: i64,
        limit: u32,
    ) -> Result<Vec<Activity>, StoreError> {
        let company = company.to_string();
        let entries = sqlx::query_as!(
            Entry,
            r#"SELECT seq AS "seq!: i64", at AS "at!: i64", cause AS "cause!: String", kind AS "kind!: String",
                      platform AS "platform?: String", connection_id AS "connection_id?: String",
                      was AS "was?: String", became AS "became?: String"
               FROM journal WHERE company_id = ?1 AND at < ?2 AND kind <> 'colourChanged'
               ORDER BY seq DESC LIMIT ?3"#,
            company,
            before,
            limit
        )
        .fetch_all(self.database.readers())
        .await?;
        entries.into_iter().map(activity).collect()
    }

    async fn reads_of(
        &self,
        company: CompanyId,
        before: i64,
        limit: u32,
    ) -> Result<Vec<Activity>, StoreError> {
        let company = company.to_string();
        let rows = sqlx::query!(
            r#"SELECT requested AS "at!: i64",
                      json_group_array(json_object('id', id, 'dataType', data_type, 'status', status)) AS "reads!: String"
               FROM operations WHERE company_id = ?1 AND is_write = 0 AND requested < ?2
               GROUP BY requested ORDER BY requested DESC LIMIT ?3"#,
            company,
            before,
            limit
        )
        .fetch_all(self.database.readers())
        .await?;
        rows.into_iter()
            .map(|row| {
                let reads = serde_json::from_str(&row.reads)
                    .map_err(|why| StoreError::unreadable("the reads of a refresh", &why))?;
                Ok(Activity { id: format!("reads-{}", row.at), at: row.at, what: Happened::Reads { reads } })
            })
            .collect()
    }

    async fn writes_of(
        &self,
        company: CompanyId,
        before: i64,
        limit: u32,
    ) -> Result<Vec<Activity>, StoreError> {
        let company = company.to_string();
        let rows = sqlx::query!(
            r#"SELECT id AS "id!: String", requested AS "at!: i64", data_type AS "data_type!: String",
                      status AS "status!: String"
               FROM operations WHERE company_id = ?1 AND is_write = 1 AND requested < ?2
               ORDER BY requested DESC, id LIMIT ?3"#,
            company,
            before,
            limit
        )
        .fetch_all(self.database.readers())
        .await?;
        let written = rows.into_iter().map(|row| Activity {
            id: format!("write-{}", row.id),
            at: row.at,
            what: Happened::Write { key: row.id, data_type: row.data_type, status: row.status },
        });
        Ok(written.collect())
    }

    async fn acts_of(
        &self,
        company: CompanyId,
        before: i64,
        limit: u32,
    ) -> Result<Vec<Activity>, StoreError> {
        let company = company.to_string();
        let rows = sqlx::query!(
            r#"SELECT id AS "id!: i64", at AS "at!: i64", act AS "act!: String", detail AS "detail!: String",
                      outcome AS "outcome?: String"
               FROM intents WHERE company_id = ?1 AND at < ?2 ORDER BY id DESC LIMIT ?3"#,
            company,
            before,
            limit
        )
        .fetch_all(self.database.readers())
        .await?;
        let done = rows.into_iter().map(|row| Activity {
            id: format!("own-{}", row.id),
            at: row.at,
            what: Happened::Own { act: row.act, detail: row.detail, outcome: row.outcome },
        });
        Ok(done.collect())
    }
}

fn activity(entry: Entry) -> Result<Activity, StoreError> {
    let connection = entry.connection_id.as_deref().map(record::id).transpose()?;
    Ok(Activity {
        id: format!("change-{}", entry.seq),
        at: entry.at,
        what: Happened::Change {
            kind: entry.kind,
            platform: entry.platform,
            connection,
            was: entry.was,
            became: entry.became,
            own: entry.cause == "own",
        },
    })
}
