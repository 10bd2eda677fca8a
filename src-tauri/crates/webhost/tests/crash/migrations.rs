//! The program is killed while it migrates the database of an older version.

use std::{path::Path, process::Stdio, time::Duration};

use serde_json::json;
use sqlx::{ConnectOptions, Connection, migrate::Migrator, sqlite::SqliteConnectOptions};
use tokio::process::Command;

use crate::{Random, kills, program::Program};

/// The migrations of a workspace database, and the last one of the older version.
const MIGRATIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../store/migrations/workspace");
const OLDER: i64 = 7;
/// Local data of the older version: notes and journal entries.
const NOTES: i64 = 200;
const JOURNAL: i64 = 20_000;
/// The duration of a start with migrations, in milliseconds.
const LONGEST: u64 = 700;

/// Writes a database of the older version.
async fn write_older(path: &Path) {
    let mut migrator = Migrator::new(Path::new(MIGRATIONS)).await.unwrap();
    migrator.migrations.to_mut().retain(|migration| migration.version <= OLDER);
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut open = options.connect().await.unwrap();
    migrator.run_direct(None, &mut open, false).await.unwrap();
    let notes = "WITH RECURSIVE number (it) AS (SELECT 1 UNION ALL SELECT it + 1 FROM number WHERE it < ?1)
         INSERT INTO notes (company_id, text, at)
         SELECT format('%08d-0000-4000-8000-000000000000', it), 'note ' || it, it FROM number";
    sqlx::query(notes).bind(NOTES).execute(&mut open).await.unwrap();
    let journal = "WITH RECURSIVE number (it) AS (SELECT 1 UNION ALL SELECT it + 1 FROM number WHERE it < ?1)
         INSERT INTO journal (at, cause, company_id, company_name, kind)
         SELECT it, 'sweep', format('%08d-0000-4000-8000-000000000000', it % 200), 'Company', 'companyAppeared'
         FROM number";
    sqlx::query(journal).bind(JOURNAL).execute(&mut open).await.unwrap();
    open.close().await.unwrap();
}

/// How much of the older data a database still has, and its damage.
async fn kept(path: &Path) -> (i64, i64, Vec<String>) {
    let mut open = SqliteConnectOptions::new().filename(path).read_only(true).connect().await.unwrap();
    let notes = "SELECT count(*) FROM notes WHERE text = 'note ' || at";
    let notes = sqlx::query_scalar(notes).fetch_one(&mut open).await.unwrap();
    let journal = "SELECT count(*) FROM journal WHERE company_name = 'Company' AND seq <= ?1";
    let journal = sqlx::query_scalar(journal).bind(JOURNAL).fetch_one(&mut open).await.unwrap();
    let damage = sqlx::query_scalar("PRAGMA integrity_check").fetch_all(&mut open).await.unwrap();
    open.close().await.unwrap();
    (notes, journal, damage)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_that_is_killed_loses_nothing_and_is_done_by_a_later_start() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let older = tempfile::tempdir().unwrap();
    let older = older.path().join("older.db");
    write_older(&older).await;
    let mut random = Random(11);
    for _ in 0..kills(40).div_ceil(8) {
        let folder = tempfile::tempdir().unwrap();
        let workspaces = folder.path().join("data/workspaces");
        std::fs::create_dir_all(&workspaces).unwrap();
        let database = workspaces.join("sandbox.db");
        std::fs::copy(&older, &database).unwrap();
        for _ in 0..1 + random.below(3) {
            let mut command = Command::new(env!("CARGO_BIN_EXE_webhost"));
            command.env("HOME", folder.path()).env("XDG_RUNTIME_DIR", folder.path());
            command.env("DBUS_SESSION_BUS_ADDRESS", "disabled:").args(["--port", "0", "--data-dir"]);
            command.arg(folder.path().join("data")).stdout(Stdio::null()).stderr(Stdio::null());
            let mut child = command.spawn().unwrap();
            tokio::time::sleep(Duration::from_millis(random.below(LONGEST))).await;
            child.kill().await.unwrap();
        }
        let program = Program::start(folder.path(), "https://api.codat.io", &client, None).await.unwrap();
        let session = program.try_call(None, "session", json!({})).await.unwrap().unwrap();
        assert_eq!(session["notices"], json!([]), "{session}");
        program.end().await;
        assert_eq!(kept(&database).await, (NOTES, JOURNAL, vec!["ok".to_owned()]));
    }
}
