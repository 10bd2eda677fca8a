//! No statement walks over a table that grows.

use std::path::Path;

use sqlx::{AssertSqlSafe, Row, SqliteConnection};

use super::making::*;
use crate::Registry;

/// Tables of a few dozen rows at most.
const SMALL: [&str; 7] =
    ["integrations", "alert_cursor", "workspaces", "preferences", "kept", "schedules", "clocks"];

/// Every statement that the macros checked, from what is kept for building without a database.
fn statements() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../.sqlx");
    let files = std::fs::read_dir(folder).expect("statements").flatten();
    files
        .map(|file| {
            let kept = std::fs::read(file.path()).expect("a statement");
            let kept: serde_json::Value = serde_json::from_slice(&kept).expect("JSON");
            kept["query"].as_str().expect("a statement").to_owned()
        })
        .collect()
}

async fn plan(connection: &mut SqliteConnection, statement: &str) -> Option<Vec<String>> {
    let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
    let rows = sqlx::query(explain).fetch_all(connection).await.ok()?;
    Some(rows.iter().map(|row| row.get::<String, _>("detail")).collect())
}

/// A step that reads all of a table, or sorts what no index has in order.
fn is_slow(step: &str) -> bool {
    let small = SMALL.iter().any(|table| step.split_whitespace().any(|word| word == *table));
    let scans = step.starts_with("SCAN")
        && !["VIRTUAL TABLE", "INDEX", "CONSTANT ROW", "(subquery", "2-ROW"]
            .iter()
            .any(|fine| step.contains(fine));
    scans && !small
}

#[tokio::test]
async fn every_statement_finds_its_rows_by_an_index() {
    let (folder, store) = store_of(&[company(1, "One")]).await;
    let registry = Registry::open(&folder.path().join("portal.db"), now()).await.expect("a registry");
    let statements = statements();
    assert!(statements.len() > 20, "there are statements to look at");
    for statement in statements {
        let mut plan_of = plan(&mut store.database.writer().await.expect("a writer"), &statement).await;
        if plan_of.is_none() {
            plan_of = plan(&mut store.copies.database.writer().await.expect("a writer"), &statement).await;
        }
        if plan_of.is_none() {
            plan_of = plan(&mut *registry_writer(&registry).await, &statement).await;
        }
        let plan = plan_of.unwrap_or_else(|| panic!("no database understands {statement}"));
        assert!(!plan.iter().any(|step| is_slow(step)), "{statement}\n{plan:#?}");
    }
}

/// SQLite looks at a number that stands alone behind LIMIT while it compiles, and compiles the statement anew each
/// time a value is bound to it. At one with a sign before it, it does not look.
#[test]
fn no_statement_is_compiled_anew_for_its_limit() {
    for statement in statements() {
        assert!(!statement.contains("LIMIT ?"), "{statement}");
    }
}

#[tokio::test]
async fn the_look_at_plans_sees_a_scan() {
    let (_folder, store) = store().await;
    let mut writer = store.database.writer().await.expect("a writer");
    let slow = plan(&mut writer, "SELECT * FROM companies WHERE description = 'x'").await.expect("a plan");
    assert!(slow.iter().any(|step| is_slow(step)), "{slow:?}");
}

async fn registry_writer(registry: &Registry) -> tokio::sync::MutexGuard<'_, SqliteConnection> {
    registry.database.writer().await.expect("a writer")
}

#[tokio::test]
async fn the_items_of_companies_on_screen_are_found_without_reading_their_runs() {
    let (_folder, store) = store_of(&[company(1, "One")]).await;
    let statements = statements();
    let statement =
        statements.iter().find(|one| one.contains("AS wanted\n               CROSS JOIN run_items"));
    let plan =
        plan(&mut store.database.writer().await.expect("a writer"), statement.expect("the query")).await;
    let plan = plan.expect("a plan").join("\n");
    assert!(plan.contains("run_items_by_company (company_id=? AND run=?)"), "{plan}");
    assert!(plan.contains("INDEX runs_open"), "{plan}");
}
