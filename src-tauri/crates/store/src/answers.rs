//! Cached answers of the server about a company's topics, stored byte for byte.

use codat::{CompanyId, Failure, Topic, page::PageRequest};
use jiff::Timestamp;
use serde_json::value::RawValue;

use crate::{
    error::StoreError,
    operations::{self, HISTORY_PAGE, Kind},
    sql,
    store::Store,
};

/// The number of answers to searches and orders that are retained for a company.
const MAX_SEARCH_ANSWERS: i64 = 50;
/// The time of a history's last request is updated only if it moved by this many milliseconds.
const TIME_PRECISION: i64 = 15_000;

/// The last answer to a topic, and a newer refusal if there is one.
#[derive(Debug, Clone)]
pub struct CachedAnswer {
    /// When it came, and the JSON.
    pub answer: Option<(Timestamp, Box<RawValue>)>,
    /// When it came, and why. Newer than the answer.
    pub refusal: Option<(Timestamp, Failure)>,
}

impl Store {
    /// Stores an answer or a refusal. A page of reads or writes is added to the company's history; any other answer
    /// replaces the one before. A refusal leaves the last answer in place. Returns whether anything differs from
    /// before.
    ///
    /// # Errors
    /// Database errors; then nothing is stored.
    pub async fn save_answer(
        &self,
        topic: &Topic,
        answer: Result<&RawValue, &Failure>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        match (topic, answer) {
            (Topic::Reads(company, page), Ok(raw)) => {
                self.save_history_page(topic, *company, Kind::Read, raw, page, now).await
            }
            (Topic::Writes(company, page), Ok(raw)) => {
                self.save_history_page(topic, *company, Kind::Write, raw, page, now).await
            }
            (Topic::Copy { number, page, .. }, Ok(raw)) => {
                self.copies.insert_page(*number, raw, page).await?;
                Ok(false)
            }
            // The task that makes the copy handles the failure; it says nothing about the records.
            (Topic::Copy { .. }, Err(_)) => Ok(false),
            (_, Ok(raw)) => self.replace_answer(topic, raw, now).await,
            (_, Err(failure)) => self.save_refusal(topic, failure, now).await,
        }
    }

    /// The cached answer to a topic. `None` if it was never requested.
    ///
    /// # Errors
    /// Database errors.
    pub async fn cached_answer(&self, topic: &Topic) -> Result<Option<CachedAnswer>, StoreError> {
        let (company, name) = cache_key(topic);
        let row = sqlx::query!(
            r#"SELECT at AS "at?: i64", raw AS "raw?: String", refused_at AS "refused_at?: i64",
                      refusal AS "refusal?: String"
               FROM answers WHERE company_id = ?1 AND topic = ?2"#,
            company,
            name
        )
        .fetch_optional(self.database.readers())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let unreadable = |why: serde_json::Error| StoreError::unreadable("an answer", &why);
        let answer =
            row.at.zip(row.raw).map(|(at, raw)| Ok((sql::timestamp(at), RawValue::from_string(raw)?)));
        let refusal = row
            .refused_at
            .zip(row.refusal)
            .map(|(at, refusal)| Ok((sql::timestamp(at), serde_json::from_str(&refusal)?)));
        Ok(Some(CachedAnswer {
            answer: answer.transpose().map_err(unreadable)?,
            refusal: refusal.transpose().map_err(unreadable)?,
        }))
    }

    async fn replace_answer(
        &self,
        topic: &Topic,
        raw: &RawValue,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (company, name) = cache_key(topic);
        let before = self.cached_answer(topic).await?;
        let same = before.is_some_and(|before| {
            before.refusal.is_none() && before.answer.is_some_and(|(_, answer)| answer.get() == raw.get())
        });
        let (at, raw) = (now.as_millisecond(), raw.get());
        let mut writer = self.database.writer().await?;
        sqlx::query!(
            "INSERT INTO answers (company_id, topic, at, raw) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (company_id, topic) DO UPDATE SET
                 at = excluded.at, raw = excluded.raw, refused_at = NULL, refusal = NULL",
            company,
            name,
            at,
            raw
        )
        .execute(&mut *writer)
        .await?;
        if matches!(topic, Topic::Records { .. }) {
            delete_old_searches(&mut writer, &company).await?;
        }
        Ok(!same)
    }

    async fn save_refusal(
        &self,
        topic: &Topic,
        failure: &Failure,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (company, name) = cache_key(topic);
        let (at, refusal) = (now.as_millisecond(), sql::json_parameter(failure)?);
        let mut writer = self.database.writer().await?;
        sqlx::query!(
            "INSERT INTO answers (company_id, topic, refused_at, refusal) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (company_id, topic) DO UPDATE SET
                 refused_at = excluded.refused_at, refusal = excluded.refusal",
            company,
            name,
            at,
            refusal
        )
        .execute(&mut *writer)
        .await?;
        Ok(true)
    }

    async fn save_history_page(
        &self,
        topic: &Topic,
        company: CompanyId,
        kind: Kind,
        raw: &RawValue,
        page: &PageRequest,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (rows, total) = operations::parse_page(kind, raw, page)?;
        let mut writer = self.database.writer().await?;
        if page.page <= 1 && page.page_size >= HISTORY_PAGE {
            save_history_total(&mut writer, topic, total, now).await?;
        }
        operations::write(&mut writer, company, kind, &rows).await
    }

    /// The total number of operations in a history when its first page was last read. `None` if it was never read.
    ///
    /// # Errors
    /// Database errors.
    pub async fn history_total(&self, topic: &Topic) -> Result<Option<u64>, StoreError> {
        let answer = self.cached_answer(topic).await?.and_then(|cached| cached.answer);
        Ok(answer.and_then(|(_, total)| total.get().parse().ok()))
    }
}

/// Stores when the first page of a history was read, and the server's total. While reads run, the page is requested
/// each second; an unchanged total is not written each time.
async fn save_history_total(
    writer: &mut sqlx::SqliteConnection,
    topic: &Topic,
    total: u64,
    now: Timestamp,
) -> Result<(), StoreError> {
    let ((company, name), at, total) = (cache_key(topic), now.as_millisecond(), total.to_string());
    sqlx::query!(
        "INSERT INTO answers (company_id, topic, at, raw) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (company_id, topic) DO UPDATE SET
             at = excluded.at, raw = excluded.raw, refused_at = NULL, refusal = NULL
         WHERE at IS NULL OR refused_at IS NOT NULL OR raw <> excluded.raw OR abs(excluded.at - at) >= ?5",
        company,
        name,
        at,
        total,
        TIME_PRECISION
    )
    .execute(&mut *writer)
    .await?;
    delete_old_searches(writer, &company).await
}

/// Deletes all but the newest answers to searches and orders, of which there can be any number.
async fn delete_old_searches(writer: &mut sqlx::SqliteConnection, company: &str) -> Result<(), StoreError> {
    sqlx::query!(
        "DELETE FROM answers WHERE company_id = ?1 AND topic GLOB '*[?]*' AND topic NOT IN
             (SELECT topic FROM answers WHERE company_id = ?1 AND topic GLOB '*[?]*'
              ORDER BY max(coalesce(at, 0), coalesce(refused_at, 0)) DESC LIMIT +?2)",
        company,
        MAX_SEARCH_ANSWERS
    )
    .execute(writer)
    .await?;
    Ok(())
}

/// The key of a cached answer: the company's ID, and the name of the topic.
fn cache_key(topic: &Topic) -> (String, String) {
    let company = topic.company().map(|id| id.to_string()).unwrap_or_default();
    let name = match topic {
        Topic::Reads(_, page) => with_query("reads", page.query.as_deref()),
        Topic::Writes(_, page) => with_query("writes", page.query.as_deref()),
        Topic::DataStatus(_) => "dataStatus".to_owned(),
        Topic::Validation(_, dataset) => format!("validation/{dataset}"),
        Topic::Files(_) => "files".to_owned(),
        Topic::SyncSettings(_) => "syncSettings".to_owned(),
        Topic::Info(_) => "info".to_owned(),
        Topic::Statement { kind, .. } => format!("statement/{}", kind.key()),
        Topic::Copy { number, page, .. } => format!("copy/{number}/{}", page.page),
        Topic::Records { connection, data_type, page, .. } => {
            let connection = connection.map(|id| id.to_string()).unwrap_or_default();
            let suffix = match (&page.query, &page.order_by) {
                (None, None) => String::new(),
                (query, order) => format!(
                    "?{}&{}",
                    query.as_deref().unwrap_or_default(),
                    order.as_deref().unwrap_or_default()
                ),
            };
            format!("records/{data_type}/{connection}/{}{suffix}", page.page)
        }
    };
    (company, name)
}

fn with_query(history: &str, query: Option<&str>) -> String {
    query.map_or_else(|| history.to_owned(), |query| format!("{history}?{query}"))
}
