//! Schedules, their outcomes, and the standing of each company.

use codat::CompanyId;
use domain::{KnownRead, NewRun, OpenRun, ReadHistory, RunId};
use jiff::Timestamp;
use serde::Serialize;
use sqlx::SqliteConnection;

use crate::{database::begin, error::StoreError, runs::begin_optional_run, sql, store::Store};

/// The number of outcomes that are retained for a schedule.
const MAX_OUTCOMES: i64 = 100;
/// The color bits of connections that may be read from: green and red.
const READABLE_COLORS: i64 = 0b1001;

/// A stored schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleRow {
    /// Its ID.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Whether it is on.
    pub is_on: bool,
    /// What it does and when, as JSON.
    pub plan: String,
    /// The last date and time of its own clock that was decided.
    pub decided: Option<String>,
}

/// The companies that a schedule reads.
#[derive(Debug, Clone, Copy)]
pub enum CompanySelection<'a> {
    /// The companies that match a search.
    Search(&'a str),
    /// These companies.
    List(&'a [CompanyId]),
}

/// The outcome of a schedule that was due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleOutcome {
    /// The schedule.
    pub schedule: i64,
    /// When it was due. `None` if the user started it.
    pub due: Option<Timestamp>,
    /// When it was decided.
    pub at: Timestamp,
    /// The number of earlier due times that were missed.
    pub earlier: u32,
    /// The code of what held it up, or why nothing was read.
    pub reason: Option<String>,
    /// The number of queued reads.
    pub queued: u32,
    /// The number of companies that were read by someone else since.
    pub done: u32,
    /// The number of companies without a connection that may be read from.
    pub unreadable: u32,
    /// The run that reads.
    pub run: Option<RunId>,
}

/// A decision about a schedule, stored in one transaction.
#[derive(Debug, Clone, Default)]
pub struct ScheduleDecision {
    /// The schedule.
    pub schedule: i64,
    /// The new decided time, if it moves.
    pub decided: Option<String>,
    /// The results of checks.
    pub known: Vec<KnownRead>,
    /// Companies for which reads are requested now.
    pub attempted: Vec<CompanyId>,
    /// The outcome to store.
    pub outcome: Option<ScheduleOutcome>,
}

impl Store {
    /// All schedules, oldest first.
    ///
    /// # Errors
    /// Database errors.
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

    /// Stores a schedule: a new one without an ID, otherwise in place of the one with that ID. Returns its ID, or
    /// `None` if that schedule no longer exists.
    ///
    /// # Errors
    /// Database errors.
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
        // The results of checks were about the data that it read before.
        sqlx::query!(
            "UPDATE schedule_standings SET known_read = NULL, known_at = NULL WHERE schedule = ?1",
            id
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok((changed.rows_affected() > 0).then_some(id))
    }

    /// Turns a schedule on or off in one statement, so that no concurrent edit is lost. When it is turned on,
    /// everything up to `label` counts as decided. Returns whether the schedule exists.
    ///
    /// # Errors
    /// Database errors.
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

    /// Removes a schedule, or restores a removed one. Returns whether it exists.
    ///
    /// # Errors
    /// Database errors.
    pub async fn mark_schedule_removed(&self, id: i64, removed: bool) -> Result<bool, StoreError> {
        let mut writer = self.database.writer().await?;
        let changed = sqlx::query!("UPDATE schedules SET removed = ?2 WHERE id = ?1", id, removed)
            .execute(&mut *writer)
            .await?;
        Ok(changed.rows_affected() > 0)
    }

    /// Deletes removed schedules with all their data.
    ///
    /// # Errors
    /// Database errors.
    pub async fn forget_removed_schedules(&self) -> Result<(), StoreError> {
        let mut writer = self.database.writer().await?;
        sqlx::query!("DELETE FROM schedules WHERE removed = 1").execute(&mut *writer).await?;
        Ok(())
    }

    /// What is known of companies for a schedule of these data types, or of all types if there are none, by ID. A
    /// company is readable if a connection has one of the types.
    ///
    /// # Errors
    /// Database errors.
    pub async fn standings(
        &self,
        schedule: i64,
        wanted: CompanySelection<'_>,
        data_types: &[String],
        now: Timestamp,
    ) -> Result<Vec<ReadHistory>, StoreError> {
        let ids = match wanted {
            CompanySelection::Search(search) => {
                sql::json_parameter(&self.matching_companies(search, now).await?)?
            }
            CompanySelection::List(companies) => sql::json_parameter(&companies)?,
        };
        let mut without_type = None::<Vec<String>>;
        for data_type in data_types {
            let without = self.integrations_without(data_type).await?;
            without_type = Some(match without_type {
                Some(all) => all.into_iter().filter(|key| without.contains(key)).collect(),
                None => without,
            });
        }
        let without_type = sql::json_parameter(&without_type.unwrap_or_default())?;
        // One JSON text, because so many single rows would take several times as long.
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

    /// Stores a decision and starts its run if there is one, in one transaction.
    ///
    /// # Errors
    /// Database errors; then nothing is stored.
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

    /// The newest outcomes of a schedule, newest first.
    ///
    /// # Errors
    /// Database errors.
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
            run: row.run.map(RunId),
        });
        Ok(outcome.collect())
    }
}

/// Stores a decision, within a transaction.
async fn write_decision(
    connection: &mut SqliteConnection,
    decision: &ScheduleDecision,
    run: Option<RunId>,
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
        write_outcome(connection, outcome, run.map(|run| run.0)).await?;
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

/// A standing as JSON: company, last read, colors, known read, known at, attempted, failures, and whether a
/// connection has the data type.
type StandingRow = (CompanyId, Option<i64>, i64, Option<i64>, Option<i64>, Option<i64>, u32, u8);

fn standing(row: StandingRow) -> ReadHistory {
    let (company, last_read, colors, known_read, known_at, attempted, failures, has_type) = row;
    ReadHistory {
        company,
        readable: has_type == 1 && colors & READABLE_COLORS != 0,
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
        read: millis(known.read_at),
        at: millis(known.last_read),
        done: known.is_done,
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
