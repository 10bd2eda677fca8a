//! What changed while nobody saw a workspace, by the journal's order.

use codat::CompanyId;
use jiff::Timestamp;

use crate::{error::StoreError, search::CompanyChange, sql, store::Store};

impl Store {
    /// The companies that are stored and changed like this after the entry `seq` of the journal. For a connection, its
    /// color before its first change after `seq` is compared with the color after its last one. Assumed one-time
    /// connections are left out, as they are for alerts.
    ///
    /// # Errors
    /// Database errors.
    pub(crate) async fn companies_changed_since(
        &self,
        change: CompanyChange,
        seq: i64,
    ) -> Result<Vec<CompanyId>, StoreError> {
        let is_break = match change {
            CompanyChange::Appeared => return self.companies_appeared_since(seq).await,
            CompanyChange::Broke => true,
            CompanyChange::Healed => false,
        };
        let rows = sqlx::query!(
            r#"SELECT DISTINCT latest.company_id AS "id!: String"
               FROM (SELECT min(seq) AS first_seq, max(seq) AS last_seq FROM journal
                     WHERE seq > ?1 AND kind IN ('connectionAppeared', 'colourChanged') AND one_time = 0
                     GROUP BY connection_id)
               CROSS JOIN journal AS earliest ON earliest.seq = first_seq
               CROSS JOIN journal AS latest ON latest.seq = last_seq
               CROSS JOIN connections AS connection ON connection.id = latest.connection_id
               WHERE CASE WHEN ?2 THEN earliest.was NOT IN ('red', 'grey') AND latest.became IN ('red', 'grey')
                          ELSE earliest.was IN ('red', 'grey') AND latest.became = 'green' END"#,
            seq,
            is_break
        )
        .fetch_all(self.database.readers())
        .await?;
        rows.iter().map(|row| sql::parse_id(&row.id)).collect()
    }

    async fn companies_appeared_since(&self, seq: i64) -> Result<Vec<CompanyId>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT entry.company_id AS "id!: String"
               FROM journal AS entry
               CROSS JOIN companies AS company ON company.id = entry.company_id
               WHERE entry.seq > ?1 AND entry.kind = 'companyAppeared'"#,
            seq
        )
        .fetch_all(self.database.readers())
        .await?;
        rows.iter().map(|row| sql::parse_id(&row.id)).collect()
    }

    /// The number of schedules that are on and whose last outcome, not before `since`, failed: nothing was requested
    /// for a reason, or a read of its run failed.
    ///
    /// # Errors
    /// Database errors.
    pub async fn schedules_failed_since(&self, since: Timestamp) -> Result<u32, StoreError> {
        let since = since.as_millisecond();
        Ok(sqlx::query_scalar!(
            r#"SELECT count(*) AS "schedules!: u32"
               FROM schedules
               CROSS JOIN schedule_outcomes AS outcome
                   ON outcome.id = (SELECT max(id) FROM schedule_outcomes WHERE schedule = schedules.id)
               WHERE schedules.removed = 0 AND schedules.is_on AND outcome.at >= ?1
                 AND (outcome.queued = 0 AND outcome.reason NOT IN ('stillRunning', 'clockSetBack')
                      OR EXISTS (SELECT 1 FROM run_items AS item
                                 WHERE item.run = outcome.run AND item.state = 5))"#,
            since
        )
        .fetch_one(self.database.readers())
        .await?)
    }
}
