//! Which tables hold local data: data that cannot be read from the server again.
//!
//! *Invariant*: backups contain the local tables of this list and nothing else. A test compares the list with the
//! schema.

use sqlx::{AssertSqlSafe, SqliteConnection};

use crate::{error::StoreError, setting_keys};

/// The content of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TableContent {
    /// Data that exists on this computer only, with an SQL condition for the rows to back up.
    Local(&'static str),
    /// Data from the server, which the next sweep reads again.
    Fetched,
    /// Work in progress, or data that follows from other tables. It is empty after a restore: a read that was
    /// requested before the damage must not be sent again.
    Derived,
}

/// A table of a workspace.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    /// The primary key. An existing key is not restored.
    pub(crate) key: &'static [&'static str],
    pub(crate) content: TableContent,
}

const fn table(name: &'static str, key: &'static [&'static str], content: TableContent) -> Table {
    Table { name, key, content }
}

/// Every table of a workspace. A table is after those that its rows refer to.
pub(crate) const TABLES: &[Table] = &[
    table("notes", &["company_id"], TableContent::Local("text <> ''")),
    table("schedules", &["id"], TableContent::Local("removed = 0")),
    table("schedule_outcomes", &["id"], TableContent::Local("schedule IN (SELECT id FROM main.schedules)")),
    table("clocks", &["integration_key"], TableContent::Local("1")),
    table("kept", &["key"], TableContent::Local(setting_keys::LOCAL_KEYS_CONDITION)),
    table("journal", &["seq"], TableContent::Local("1")),
    table("intents", &["id"], TableContent::Local("1")),
    table("alerts", &["id"], TableContent::Local("1")),
    table("keep_alive", &["id"], TableContent::Local("1")),
    table("companies", &["number"], TableContent::Fetched),
    table("records", &["company"], TableContent::Fetched),
    table("connections", &["id"], TableContent::Fetched),
    table("integrations", &["key"], TableContent::Fetched),
    table("answers", &["company_id", "topic"], TableContent::Fetched),
    table("operations", &["id"], TableContent::Fetched),
    table("unreadable", &["company_id"], TableContent::Fetched),
    table("schedule_standings", &["schedule", "company_id"], TableContent::Derived),
    table("runs", &["id"], TableContent::Derived),
    table("run_items", &["id"], TableContent::Derived),
    table("run_rests", &["id"], TableContent::Derived),
    table("alert_cursor", &["only_row"], TableContent::Derived),
    table("alert_decisions", &["seq"], TableContent::Derived),
];

/// Statements that turn restored rows into history, so that nothing is announced, sent or waited for again.
pub(crate) const AFTER_RESTORE: &[&str] = &[
    "UPDATE alert_cursor SET seq = (SELECT max(coalesce(max(seq), 0), 0) FROM journal)",
    "UPDATE alerts SET state = 'claimed' WHERE state = 'new'",
    "UPDATE intents SET outcome_at = at WHERE outcome IS NULL AND outcome_at IS NULL",
    "UPDATE schedule_outcomes SET run = NULL",
];

/// The number of copied rows by table.
pub(crate) type CopiedRows = Vec<(&'static str, u64)>;

/// Copies the local rows of the attached database `from`. Rows whose key exists are not changed.
pub(crate) async fn copy_rows(
    connection: &mut SqliteConnection,
    from: &str,
) -> Result<CopiedRows, StoreError> {
    let mut copied = CopiedRows::new();
    for Table { name, key, content } in TABLES {
        let TableContent::Local(condition) = content else { continue };
        let columns: String = sqlx::query_scalar(
            "SELECT group_concat('\"' || name || '\"', ', ') FROM pragma_table_info(?1, 'main')",
        )
        .bind(name)
        .fetch_one(&mut *connection)
        .await?;
        let statement = format!(
            "INSERT INTO main.{name} ({columns}) SELECT {columns} FROM {from}.{name} WHERE {condition}
             ON CONFLICT ({key}) DO NOTHING",
            key = key.join(", ")
        );
        let done = sqlx::query(AssertSqlSafe(statement)).execute(&mut *connection).await?;
        copied.push((name, done.rows_affected()));
    }
    Ok(copied)
}
