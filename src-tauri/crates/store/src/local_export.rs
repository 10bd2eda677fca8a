//! Exports local data as a file in chunks. All chunks come from one read transaction.

use serde::Serialize;
use sqlx::{FromRow, Sqlite, SqliteConnection, Transaction};

use crate::{
    error::StoreError, expiry_rules::clock_from_columns, local_file as file, saved_views, setting_keys, sql,
    store::Store,
};

/// The number of journal entries in one chunk.
const ROWS_PER_CHUNK: u32 = 2_000;

/// An export in progress.
#[derive(Debug)]
pub struct LocalExport {
    /// Later writes are not in the file.
    transaction: Transaction<'static, Sqlite>,
    header: file::Header,
    next: Section,
    /// Whether the current array has an entry already.
    has_entry: bool,
}

/// The next section.
#[derive(Debug, Clone, Copy)]
enum Section {
    Header,
    Notes,
    Schedules,
    Rules,
    Settings,
    Views,
    /// After this `seq`.
    Journal(i64),
    /// After this ID.
    Acts(i64),
    End,
}

impl Store {
    /// Starts an export of the current local data.
    ///
    /// # Errors
    /// Database errors.
    pub async fn export_local(&self, header: file::Header) -> Result<LocalExport, StoreError> {
        let transaction = self.database.readers().begin().await?;
        Ok(LocalExport { transaction, header, next: Section::Header, has_entry: false })
    }
}

impl LocalExport {
    /// The next chunk. `None` after the last.
    ///
    /// # Errors
    /// Database errors.
    pub async fn next(&mut self) -> Result<Option<String>, StoreError> {
        let transaction = &mut *self.transaction;
        let mut text = String::new();
        self.next = match self.next {
            Section::Header => {
                let header = serde_json::to_string_pretty(&self.header)
                    .map_err(|why| StoreError::unreadable("the header", &why))?;
                text.push_str(header.trim_end_matches(['}', '\n']));
                self.begin_array("notes", &mut text);
                Section::Notes
            }
            Section::Notes => {
                let notes = notes(transaction).await?;
                self.write_entries(&notes, &mut text)?;
                self.begin_array("schedules", &mut text);
                Section::Schedules
            }
            Section::Schedules => {
                let schedules = schedules(transaction).await?;
                self.write_entries(&schedules, &mut text)?;
                self.begin_array("rules", &mut text);
                Section::Rules
            }
            Section::Rules => {
                let rules = rules(transaction).await?;
                self.write_entries(&rules, &mut text)?;
                self.begin_array("settings", &mut text);
                Section::Settings
            }
            Section::Settings => {
                let settings = settings(transaction).await?;
                self.write_entries(&settings, &mut text)?;
                self.begin_array("views", &mut text);
                Section::Views
            }
            Section::Views => {
                let views = saved_views::load(transaction).await?;
                self.write_entries(&views, &mut text)?;
                self.begin_array("journal", &mut text);
                Section::Journal(i64::MIN)
            }
            Section::Journal(after) => {
                let (entries, last) = journal(transaction, after).await?;
                self.write_entries(&entries, &mut text)?;
                match last {
                    Some(last) => Section::Journal(last),
                    None => {
                        self.begin_array("acts", &mut text);
                        Section::Acts(i64::MIN)
                    }
                }
            }
            Section::Acts(after) => {
                let (acts, last) = acts(transaction, after).await?;
                self.write_entries(&acts, &mut text)?;
                match last {
                    Some(last) => Section::Acts(last),
                    None => {
                        text.push_str("\n  ]\n}\n");
                        Section::End
                    }
                }
            }
            Section::End => return Ok(None),
        };
        Ok(Some(text))
    }

    /// Closes the current array and opens the next.
    fn begin_array(&mut self, kind: &str, text: &mut String) {
        text.push_str(if kind == "notes" { ",\n  \"" } else { "\n  ],\n  \"" });
        text.push_str(kind);
        text.push_str("\": [");
        self.has_entry = false;
    }

    fn write_entries<T: Serialize>(&mut self, entries: &[T], text: &mut String) -> Result<(), StoreError> {
        for entry in entries {
            text.push_str(if self.has_entry { ",\n    " } else { "\n    " });
            text.push_str(&sql::json_parameter(entry)?);
            self.has_entry = true;
        }
        Ok(())
    }
}

#[derive(FromRow)]
struct NoteRow {
    company_id: String,
    at: i64,
    text: String,
}

/// All notes, by company.
pub(crate) async fn notes(connection: &mut SqliteConnection) -> Result<Vec<file::Note>, StoreError> {
    let rows: Vec<NoteRow> =
        sqlx::query_as("SELECT company_id, at, text FROM notes WHERE text <> '' ORDER BY company_id")
            .fetch_all(connection)
            .await?;
    let note = |row: NoteRow| {
        Ok(file::Note {
            company: sql::parse_id(&row.company_id)?,
            at: sql::timestamp(row.at),
            text: row.text,
        })
    };
    rows.into_iter().map(note).collect()
}

#[derive(FromRow)]
struct ScheduleRow {
    id: i64,
    name: String,
    is_on: bool,
    plan: String,
    decided: Option<String>,
}

#[derive(FromRow)]
struct OutcomeRow {
    due: Option<i64>,
    at: i64,
    earlier: u32,
    reason: Option<String>,
    queued: u32,
    done: u32,
    unreadable: u32,
}

/// All schedules with their outcomes, oldest first.
pub(crate) async fn schedules(connection: &mut SqliteConnection) -> Result<Vec<file::Schedule>, StoreError> {
    let rows: Vec<ScheduleRow> =
        sqlx::query_as("SELECT id, name, is_on, plan, decided FROM schedules WHERE removed = 0 ORDER BY id")
            .fetch_all(&mut *connection)
            .await?;
    let mut schedules = Vec::with_capacity(rows.len());
    for row in rows {
        let outcomes: Vec<OutcomeRow> = sqlx::query_as(
            "SELECT due, at, earlier, reason, queued, done, unreadable
             FROM schedule_outcomes WHERE schedule = ?1 ORDER BY id",
        )
        .bind(row.id)
        .fetch_all(&mut *connection)
        .await?;
        schedules.push(file::Schedule {
            plan: serde_json::from_str(&row.plan)
                .map_err(|why| StoreError::unreadable("a schedule", &why))?,
            name: row.name,
            on: row.is_on,
            decided: row.decided.and_then(|text| text.parse().ok()),
            outcomes: outcomes.into_iter().map(outcome).collect(),
        });
    }
    Ok(schedules)
}

fn outcome(row: OutcomeRow) -> file::Outcome {
    file::Outcome {
        due: row.due.map(sql::timestamp),
        at: sql::timestamp(row.at),
        earlier: row.earlier,
        reason: row.reason,
        queued: row.queued,
        done: row.done,
        unreadable: row.unreadable,
    }
}

#[derive(FromRow)]
struct RuleRow {
    integration_key: String,
    kind: Option<u8>,
    days: Option<u16>,
    source: String,
    estimate: bool,
}

/// The user's expiry rules, by integration.
pub(crate) async fn rules(connection: &mut SqliteConnection) -> Result<Vec<file::ExpiryRule>, StoreError> {
    let rows: Vec<RuleRow> = sqlx::query_as(
        "SELECT integration_key, kind, days, source, estimate FROM clocks ORDER BY integration_key",
    )
    .fetch_all(connection)
    .await?;
    let rules = rows.into_iter().map(|row| file::ExpiryRule {
        clock: row.kind.zip(row.days).map(|(kind, days)| clock_from_columns(kind, days)),
        integration: row.integration_key,
        source: row.source,
        estimate: row.estimate,
    });
    // A rule that an import would reject is left out.
    Ok(rules.filter(|rule| rule.rule().check(&rule.integration).is_ok()).collect())
}

/// The settings that apply to every computer.
pub(crate) async fn settings(connection: &mut SqliteConnection) -> Result<Vec<file::Setting>, StoreError> {
    let stored: Option<String> = sqlx::query_scalar("SELECT value FROM kept WHERE key = ?1")
        .bind(setting_keys::KEEP_ALIVE)
        .fetch_optional(connection)
        .await?;
    let value = stored.and_then(|text| serde_json::from_str(&text).ok());
    let name = file::KEEP_ALIVE.to_owned();
    Ok(value.map(|value| file::Setting { name, value }).into_iter().collect())
}

#[derive(FromRow)]
struct EntryRow {
    seq: i64,
    at: i64,
    cause: String,
    company_id: String,
    company_name: String,
    connection_id: Option<String>,
    integration_key: Option<String>,
    platform: Option<String>,
    kind: String,
    was: Option<String>,
    became: Option<String>,
    one_time: bool,
}

/// Journal entries after `seq` and the last `seq` of them. `None` at the end.
pub(crate) async fn journal(
    connection: &mut SqliteConnection,
    after: i64,
) -> Result<(Vec<file::Entry>, Option<i64>), StoreError> {
    let rows: Vec<EntryRow> = sqlx::query_as(
        "SELECT seq, at, cause, company_id, company_name, connection_id, integration_key, platform, kind, was,
                became, one_time
         FROM journal WHERE seq > ?1 ORDER BY seq LIMIT +?2",
    )
    .bind(after)
    .bind(ROWS_PER_CHUNK)
    .fetch_all(connection)
    .await?;
    let last = rows.last().map(|row| row.seq);
    let entry = |row: EntryRow| {
        Ok(file::Entry {
            at: sql::timestamp(row.at),
            cause: row.cause,
            company: sql::parse_id(&row.company_id)?,
            company_name: row.company_name,
            connection: row.connection_id.as_deref().map(sql::parse_id).transpose()?,
            integration: row.integration_key,
            platform: row.platform,
            kind: row.kind,
            was: row.was,
            became: row.became,
            one_time: row.one_time,
        })
    };
    Ok((rows.into_iter().map(entry).collect::<Result<_, StoreError>>()?, last))
}

#[derive(FromRow)]
struct ActRow {
    id: i64,
    at: i64,
    act: String,
    company_id: Option<String>,
    detail: String,
    outcome: Option<String>,
    outcome_at: Option<i64>,
}

/// Actions after this ID and the last ID of them. `None` at the end.
pub(crate) async fn acts(
    connection: &mut SqliteConnection,
    after: i64,
) -> Result<(Vec<file::Act>, Option<i64>), StoreError> {
    let rows: Vec<ActRow> = sqlx::query_as(
        "SELECT id, at, act, company_id, detail, outcome, coalesce(outcome_at, at) AS outcome_at
         FROM intents WHERE id > ?1 ORDER BY id LIMIT +?2",
    )
    .bind(after)
    .bind(ROWS_PER_CHUNK)
    .fetch_all(connection)
    .await?;
    let last = rows.last().map(|row| row.id);
    let act = |row: ActRow| {
        Ok(file::Act {
            at: sql::timestamp(row.at),
            act: row.act,
            company: row.company_id.as_deref().map(sql::parse_id).transpose()?,
            detail: row.detail,
            outcome: row.outcome,
            outcome_at: row.outcome_at.map(sql::timestamp),
        })
    };
    Ok((rows.into_iter().map(act).collect::<Result<_, StoreError>>()?, last))
}
