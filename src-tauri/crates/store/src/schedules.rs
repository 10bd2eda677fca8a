//! Schedules, what they did, and how companies stand with them.

use codat::CompanyId;
use jiff::Timestamp;
use serde::Serialize;
use sqlx::SqliteConnection;

use crate::{
    database::begin,
    error::StoreError,
    runs::{NewRun, OpenRun, begin_optional_run},
    sql,
    store::Store,
};

/// Outcomes that are kept of a schedule.
const MAX_OUTCOMES: i64 = 100;
/// The bits of a company's colours that stand for connections which may be read from: green and red.
const READABLE_COLOURS: i64 = 0b1001;

/// A schedule as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleRow {
    /// Its number.
    pub id: i64,
    /// What the person calls it.
    pub name: String,
    /// Whether it runs.
    pub is_on: bool,
    /// What it does and when, as JSON.
    pub plan: String,
    /// The last date and time of its own clock that was decided about.
    pub decided: Option<String>,
}

/// Of whom a schedule reads.
#[derive(Debug, Clone, Copy)]
pub enum CompanySelection<'a> {
    /// Whom a search of the list finds.
    Search(&'a str),
    /// These.
    List(&'a [CompanyId]),
}

/// How a company stands with a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScheduleStanding {
    /// Which.
    pub company: CompanyId,
    /// Whether it has a connection that may be read from, and that is not known to lack what is read.
    pub readable: bool,
    /// When anything of it was last read well.
    pub last_read: Option<Timestamp>,
    /// When the schedule's data were last read well, as far as it was asked.
    pub known_read: Option<Timestamp>,
    /// What `last_read` was then.
    pub known_at: Option<Timestamp>,
    /// When the schedule last asked for a read.
    pub attempted: Option<Timestamp>,
    /// How often in a row that failed for a reason that may pass.
    pub failures: u32,
}

/// What a schedule did when it was due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleOutcome {
    /// Which schedule.
    pub schedule: i64,
    /// When it was due; none where a person asked.
    pub due: Option<Timestamp>,
    /// When it was decided.
    pub at: Timestamp,
    /// Times that were due before and had not been met.
    pub earlier: u32,
    /// A word for what held it up, or why nothing was read.
    pub reason: Option<String>,
    /// Reads that were queued.
    pub queued: u32,
    /// Companies that somebody had read since.
    pub done: u32,
    /// Companies without a connection that may be read from.
    pub unreadable: u32,
    /// The run that reads.
    pub run: Option<i64>,
}

/// What was found when it was asked how a company's data stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownRead {
    /// Which company.
    pub company: CompanyId,
    /// When the schedule's data were last read well.
    pub read: Option<Timestamp>,
    /// When anything of it was last read well, at that time.
    pub at: Option<Timestamp>,
    /// Whether nothing of it is to be read now: what failed before was read by somebody since.
    pub done: bool,
}

/// What is decided about a schedule, all kept together or not at all.
#[derive(Debug, Clone, Default)]
pub struct ScheduleDecision {
    /// Which schedule.
    pub schedule: i64,
    /// Where it is decided up to now, if that moves.
    pub decided: Option<String>,
    /// What was found out.
    pub known: Vec<KnownRead>,
    /// Companies for which reads are asked now.
    pub attempted: Vec<CompanyId>,
    /// What is to be told of it.
    pub outcome: Option<ScheduleOutcome>,
}

impl Store {
    /// All schedules, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn schedules(&self) -> Result<Vec<ScheduleRow>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT id AS "id!: i64", name AS "name!: String", is_on AS "is_on!: bool",
                      plan AS "plan!: String", decided AS "decided?: String"
               FROM schedules WHERE removed = 0 ORDER BY id"#
        )
        .fetch_all(self.database.readers())
        .await?;
        let row = rows.into_iter().map(|row| ScheduleRow {
            id: row.id,
            name: row.name,
            is_on: row.is_on,
            plan: row.plan,
            decided: row.decided,
        });
        Ok(row.collect())
    }

    /// Keeps a schedule: a new one where it has no number yet, else in the place of the one with that number.
    /// Gives its number; none where there is none of that number any more.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn put_schedule(
        &self,
        id: Option<i64>,
        name: &str,
        is_on: bool,
        plan: &str,
        decided: Option<&str>,
    ) -> Result<Option<i64>, StoreError> {
        let mut writer = self.database.writer().await?;
        let Some(id) = id else {
            let inserted = sqlx::query!(
                "INSERT INTO schedules (name, is_on, plan, decided) VALUES (?1, ?2, ?3, ?4)",
                name,
                is_on,
                plan,
                decided
            )
            .execute(&mut *writer)
            .await?;
            return Ok(Some(inserted.last_insert_rowid()));
        };
        let mut transaction = begin(&mut writer).await?;
        let changed = sqlx::query!(
            "UPDATE schedules SET name = ?2, is_on = ?3, plan = ?4, decided = ?5
             WHERE id = ?1 AND removed = 0",
            id,
            name,
            is_on,
            plan,
            decided
        )
        .execute(&mut *transaction)
        .await?;
        // What was found out was about the data it read before.
        sqlx::query!(
            "UPDATE schedule_standings SET known_read = NULL, known_at = NULL WHERE schedule = ?1",
            id
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok((changed.rows_affected() > 0).then_some(id))
    }

    /// Turns a schedule on or off in one step, so that no edit of the same moment is lost. When it is turned on,
    /// everything up to `label` counts as decided. Returns whether there is such a schedule.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn switch_schedule(&self, id: i64, on: bool, label: &str) -> Result<bool, StoreError> {
        let mut writer = self.database.writer().await?;
        let changed = sqlx::query!(
            "UPDATE schedules SET is_on = ?2, decided = CASE WHEN ?2 AND NOT is_on THEN ?3 ELSE decided END
             WHERE id = ?1 AND removed = 0",
            id,
            on,
            label
        )
        .execute(&mut *writer)
        .await?;
        Ok(changed.rows_affected() > 0)
    }

    /// Removes a schedule, or brings a removed one back. Whether there is one.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn mark_schedule_removed(&self, id: i64, removed: bool) -> Result<bool, StoreError> {
        let mut writer = self.database.writer().await?;
        let changed = sqlx::query!("UPDATE schedules SET removed = ?2 WHERE id = ?1", id, removed)
            .execute(&mut *writer)
            .await?;
        Ok(changed.rows_affected() > 0)
    }

    /// Forgets schedules that were removed, with all that is kept of them.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn forget_removed_schedules(&self) -> Result<(), StoreError> {
        let mut writer = self.database.writer().await?;
        sqlx::query!("DELETE FROM schedules WHERE removed = 1").execute(&mut *writer).await?;
        Ok(())
    }

    /// How companies stand with a schedule of this data type, or of all, by their identifiers.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn standings(
        &self,
        schedule: i64,
        wanted: CompanySelection<'_>,
        data_type: Option<&str>,
        now: Timestamp,
    ) -> Result<Vec<ScheduleStanding>, StoreError> {
        let ids = match wanted {
            CompanySelection::Search(search) => {
                sql::json_parameter(&self.matching_companies(search, now).await?)?
            }
            CompanySelection::List(companies) => sql::json_parameter(&companies)?,
        };
        let without_type = match data_type {
            Some(data_type) => self.integrations_without(data_type).await?,
            None => Vec::new(),
        };
        let without_type = sql::json_parameter(&without_type)?;
        // As one text: so many rows take several times as long one by one.
        let rows = sqlx::query_scalar!(
            r#"SELECT coalesce(json_group_array(json_array(
                          company.id, company.last_read, company.colours, standing.known_read, standing.known_at,
                          standing.attempted, coalesce(standing.failures, 0),
                          EXISTS (SELECT 1 FROM connections AS own
                                  WHERE own.company = company.number AND own.clock IS NOT NULL
                                    AND own.integration_key NOT IN (SELECT value FROM json_each(?3)))
                      )), '[]') AS "kept!: String"
               FROM json_each(?1) AS wanted
               CROSS JOIN companies AS company ON company.id = wanted.value
               LEFT JOIN schedule_standings AS standing
                   ON standing.schedule = ?2 AND standing.company_id = company.id"#,
            ids,
            schedule,
            without_type
        )
        .fetch_one(self.database.readers())
        .await?;
        let rows: Vec<StandingRow> =
            serde_json::from_str(&rows).map_err(|why| StoreError::unreadable("standings", &why))?;
        let mut standings: Vec<_> = rows.into_iter().map(standing).collect();
        standings.sort_unstable_by_key(|standing| standing.company);
        standings.dedup_by_key(|standing| standing.company);
        Ok(standings)
    }

    /// Keeps what is decided about a schedule, and begins its run if there is one, in one transaction.
    ///
    /// # Errors
    /// Those of the database; then nothing was kept.
    pub async fn record_decision(
        &self,
        decision: &ScheduleDecision,
        run: Option<&NewRun>,
        now: Timestamp,
    ) -> Result<Option<OpenRun>, StoreError> {
        let reads = self.resolve_optional_reads(run, now).await?;
        let mut writer = self.database.writer().await?;
        let mut transaction = begin(&mut writer).await?;
        let open = begin_optional_run(&mut transaction, run, &reads, now).await?;
        write_decision(&mut transaction, decision, open.as_ref().map(|open| open.id), now).await?;
        transaction.commit().await?;
        Ok(open)
    }

    /// What schedules did lately, the newest first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn schedule_outcomes(
        &self,
        schedule: i64,
        limit: u32,
    ) -> Result<Vec<ScheduleOutcome>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT due AS "due?: i64", at AS "at!: i64", earlier AS "earlier!: u32",
                      reason AS "reason?: String", queued AS "queued!: u32", done AS "done!: u32",
                      unreadable AS "unreadable!: u32", run AS "run?: i64"
               FROM schedule_outcomes WHERE schedule = ?1 ORDER BY id DESC LIMIT +?2"#,
            schedule,
            limit
        )
        .fetch_all(self.database.readers())
        .await?;
        let outcome = rows.into_iter().map(|row| ScheduleOutcome {
            schedule,
            due: row.due.map(sql::timestamp),
            at: sql::timestamp(row.at),
            earlier: row.earlier,
            reason: row.reason,
            queued: row.queued,
            done: row.done,
            unreadable: row.unreadable,
            run: row.run,
        });
        Ok(outcome.collect())
    }
}

/// Writes a decision down, within a transaction.
async fn write_decision(
    connection: &mut SqliteConnection,
    decision: &ScheduleDecision,
    run: Option<i64>,
    now: Timestamp,
) -> Result<(), StoreError> {
    if let Some(decided) = &decision.decided {
        sqlx::query!("UPDATE schedules SET decided = ?2 WHERE id = ?1", decision.schedule, decided)
            .execute(&mut *connection)
            .await?;
    }
    write_known_reads(connection, decision).await?;
    write_attempts(connection, decision, now).await?;
    if let Some(outcome) = &decision.outcome {
        write_outcome(connection, outcome, run).await?;
    }
    Ok(())
}

#[derive(Serialize)]
struct KnownReadRow {
    company: CompanyId,
    read: Option<i64>,
    at: Option<i64>,
    done: bool,
}

/// A standing as the database gives it: company, last read, colours, what was known of it and when, attempted,
/// failures, and whether there is anything to read.
type StandingRow = (CompanyId, Option<i64>, i64, Option<i64>, Option<i64>, Option<i64>, u32, u8);

fn standing(row: StandingRow) -> ScheduleStanding {
    let (company, last_read, colours, known_read, known_at, attempted, failures, has_type) = row;
    ScheduleStanding {
        company,
        readable: has_type == 1 && colours & READABLE_COLOURS != 0,
        last_read: last_read.map(sql::timestamp),
        known_read: known_read.map(sql::timestamp),
        known_at: known_at.map(sql::timestamp),
        attempted: attempted.map(sql::timestamp),
        failures,
    }
}

async fn write_known_reads(
    connection: &mut SqliteConnection,
    decision: &ScheduleDecision,
) -> Result<(), StoreError> {
    if decision.known.is_empty() {
        return Ok(());
    }
    let millis = |at: Option<Timestamp>| at.map(Timestamp::as_millisecond);
    let known = decision.known.iter().map(|known| KnownReadRow {
        company: known.company,
        read: millis(known.read),
        at: millis(known.at),
        done: known.done,
    });
    let rows = sql::json_parameter(&known.collect::<Vec<_>>())?;
    sqlx::query!(
        "INSERT INTO schedule_standings (schedule, company_id, known_read, known_at)
         SELECT ?1, value ->> 'company', value ->> 'read', value ->> 'at' FROM jsonb_each(?2) WHERE true
         ON CONFLICT (schedule, company_id) DO UPDATE SET
             known_read = excluded.known_read, known_at = excluded.known_at",
        decision.schedule,
        rows
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "UPDATE schedule_standings SET failures = 0, failed_at = NULL
         WHERE schedule = ?1 AND failures > 0
           AND company_id IN (SELECT value ->> 'company' FROM jsonb_each(?2) WHERE value ->> 'done' = 1)",
        decision.schedule,
        rows
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn write_attempts(
    connection: &mut SqliteConnection,
    decision: &ScheduleDecision,
    now: Timestamp,
) -> Result<(), StoreError> {
    if decision.attempted.is_empty() {
        return Ok(());
    }
    let (rows, now) = (sql::json_parameter(&decision.attempted)?, now.as_millisecond());
    sqlx::query!(
        "INSERT INTO schedule_standings (schedule, company_id, attempted)
         SELECT ?1, value, ?3 FROM json_each(?2) WHERE true
         ON CONFLICT (schedule, company_id) DO UPDATE SET attempted = excluded.attempted",
        decision.schedule,
        rows,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn write_outcome(
    connection: &mut SqliteConnection,
    outcome: &ScheduleOutcome,
    run: Option<i64>,
) -> Result<(), StoreError> {
    let (due, at) = (outcome.due.map(Timestamp::as_millisecond), outcome.at.as_millisecond());
    sqlx::query!(
        "INSERT INTO schedule_outcomes (schedule, due, at, earlier, reason, queued, done, unreadable, run)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        outcome.schedule,
        due,
        at,
        outcome.earlier,
        outcome.reason,
        outcome.queued,
        outcome.done,
        outcome.unreadable,
        run
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "DELETE FROM schedule_outcomes WHERE schedule = ?1 AND id <=
             (SELECT id FROM schedule_outcomes WHERE schedule = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
        outcome.schedule,
        MAX_OUTCOMES
    )
    .execute(connection)
    .await?;
    Ok(())
}
