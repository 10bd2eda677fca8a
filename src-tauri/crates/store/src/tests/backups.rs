//! Backups of local data: complete or not there, a few of them, and what comes back.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    future::Future,
    path::{Path, PathBuf},
    task::{Context, Waker},
};

use codat::ConnectionStatus;
use domain::Cause;
use jiff::SignedDuration;

use super::making::*;
use crate::{
    AlertState, NewAlert, ScheduleDecision, ScheduleOutcome, Store, backup_files,
    local_tables::{TABLES, TableContent},
};

const PLAN: &str = r#"{"anything":true}"#;

/// A workspace with a note, a schedule and its outcome, a rule, an act without an outcome, a journal, and an alert that
/// was not shown.
async fn lived_in() -> (tempfile::TempDir, Store, PathBuf) {
    let company = connected(company(1, "One"), [xero(1, ConnectionStatus::Linked)]);
    let (folder, store) = store_of(&[company]).await;
    store.write_notes(company_id(1), "", "Call on Monday", now()).await.expect("a note");
    let schedule = store.put_schedule(None, "Nightly", true, PLAN, Some("2026-11-22T09:00:00")).await;
    let schedule = schedule.expect("kept").expect("a number");
    let outcome = ScheduleOutcome {
        schedule,
        due: Some(hours_ago(1)),
        at: now(),
        earlier: 2,
        reason: Some("offline".to_owned()),
        queued: 3,
        done: 1,
        unreadable: 0,
        run: None,
    };
    let decision = ScheduleDecision { schedule, outcome: Some(outcome), ..ScheduleDecision::default() };
    store.record_decision(&decision, None, now()).await.expect("decided");
    store.set_clock("gbol", Some(&rule(30))).await.expect("a rule");
    store.write_intent("unlink", Some(company_id(1)), "x", now()).await.expect("an act");
    store.save("engine", "a state").await.expect("saved");
    store.save(crate::setting_keys::PAUSED, "on").await.expect("saved");
    let alert =
        NewAlert { first_seq: 2, last_seq: 2, data: "lost".to_owned(), is_muted: false, is_over: false };
    store.record_alerts(1, &[], &[alert], now()).await.expect("recorded");
    let path = folder.path().join("data/workspace.db");
    (folder, store, path)
}

fn rule(days: u16) -> codat::expiry::Rule {
    let clock = Some(codat::expiry::Clock::Idle(days));
    codat::expiry::Rule { clock, source: "seen".to_owned(), estimate: false }
}

/// Damages the database and sets it aside.
fn damage(path: &Path) {
    let mut bytes = fs::read(path).expect("a file");
    bytes[100..].fill(0xa5);
    fs::write(path, bytes).expect("damaged");
    Store::set_aside(path, now()).expect("set aside");
}

#[tokio::test]
async fn every_table_is_known_as_local_or_as_one_that_comes_back_without_a_backup() {
    let (_folder, store) = store().await;
    let mut reader = store.database.readers().acquire().await.expect("a reader");
    let names: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_schema
         WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> '_sqlx_migrations'",
    )
    .fetch_all(&mut *reader)
    .await
    .expect("tables");
    let known: BTreeSet<&str> = TABLES.iter().map(|table| table.name).collect();
    assert_eq!(known.len(), TABLES.len(), "no table is named twice");
    let there: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    assert_eq!(known, there, "local.rs has to say of each table whether a backup carries it");
    for table in TABLES {
        let key: Vec<String> =
            sqlx::query_scalar("SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk")
                .bind(table.name)
                .fetch_all(&mut *reader)
                .await
                .expect("a key");
        assert_eq!(key, table.key, "the key of {}", table.name);
    }
}

#[tokio::test]
async fn a_damaged_workspace_gets_its_local_data_back_once_and_as_history() {
    let (_folder, store, path) = lived_in().await;
    let before = store.journal_after(0, 100).await.expect("a journal");
    assert!(!before.is_empty());
    store.back_up(now()).await.expect("backed up");
    store.close().await;
    damage(&path);

    let later = now() + SignedDuration::from_hours(1);
    let restored = Store::restore(&path, later).await.expect("restored").expect("a backup");
    let counts = (restored.notes, restored.schedules, restored.rules, restored.journal, restored.acts);
    assert_eq!(counts, (1, 1, 1, before.len() as u64, 1));
    assert_eq!(restored.at, now());
    let again = Store::restore(&path, later).await.expect("restored").expect("a backup");
    assert_eq!((again.notes, again.journal, again.acts), (0, 0, 0), "no row comes twice");

    let store = Store::open(&path, later).await.expect("opened");
    assert_eq!(store.notes(company_id(1)).await.expect("notes"), "Call on Monday");
    let schedule = store.schedules().await.expect("schedules").remove(0);
    assert_eq!((schedule.name.as_str(), schedule.plan.as_str()), ("Nightly", PLAN));
    assert_eq!(store.schedule_outcomes(schedule.id, 9).await.expect("outcomes")[0].queued, 3);
    assert_eq!(store.clocks().rule("gbol"), Some(&rule(30)));
    assert_eq!(store.load(crate::setting_keys::PAUSED).await.expect("a value").as_deref(), Some("on"));
    assert_eq!(store.load("engine").await.expect("none"), None, "the engine begins anew");
    assert_eq!(store.journal_after(0, 100).await.expect("a journal"), before);
    assert_eq!(found(&store, "").await, Vec::<String>::new(), "companies come from the server");

    let end = store.journal_end().await.expect("an end");
    assert_eq!(store.alert_cursor().await.expect("a cursor"), end, "all of it is decided");
    assert_eq!(store.unclaimed_alerts().await.expect("none"), [], "nothing is announced again");
    let recent = store.recent_alerts(hours_ago(1)).await.expect("alerts");
    assert_eq!(recent.iter().map(|one| one.alert.state).collect::<Vec<_>>(), [AlertState::Claimed]);
    assert!(store.take_open_intents("unlink", later).await.expect("none").is_empty());
    let new = company(2, "Two");
    let applied = store.apply(&items(&[new]), Cause::Sweep, None, later).await.expect("applied");
    assert_eq!(applied.changes[0].seq, end + 1, "the journal goes on after what was restored");
}

#[tokio::test]
async fn seven_days_are_kept_and_none_is_written_twice_a_day() {
    let (_folder, store, path) = lived_in().await;
    for day in 0..10 {
        let then = now() + SignedDuration::from_hours(24 * day);
        assert!(!store.is_backed_up(then).expect("known"), "day {day}");
        store.back_up(then).await.expect("backed up");
        assert!(store.is_backed_up(then + SignedDuration::from_hours(2)).expect("known"));
    }
    let kept: Vec<_> =
        backup_files::list_backups(&path).expect("backups").iter().map(|backup| backup.at).collect();
    let wanted: Vec<_> = (3..10).rev().map(|day| now() + SignedDuration::from_hours(24 * day)).collect();
    assert_eq!(kept, wanted);
}

#[tokio::test]
async fn a_day_begins_at_midnight_where_the_person_is() {
    let (_folder, store) = store().await;
    store.set_time_zone(jiff::tz::TimeZone::fixed(jiff::tz::offset(11)));
    store.back_up(now()).await.expect("backed up");
    assert!(store.is_backed_up(now() + SignedDuration::from_mins(59)).expect("known"));
    assert!(
        !store.is_backed_up(now() + SignedDuration::from_mins(61)).expect("known"),
        "it is midnight there"
    );
}

#[tokio::test]
async fn a_backup_that_is_broken_off_is_never_restored() {
    let (_folder, store, path) = lived_in().await;
    // Dropped at each of its steps, as by the end of the program.
    for steps in 0..12 {
        let mut writing = Box::pin(store.back_up(now()));
        for _ in 0..steps {
            if writing.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        drop(writing);
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        for backup in backup_files::list_backups(&path).expect("backups") {
            // One that has its name is whole: all came before it.
            let restored = restored_from(&backup.path).await;
            assert_eq!(restored.map(|restored| restored.notes), Some(1), "after {steps} steps");
            fs::remove_file(backup.path).expect("removed");
        }
    }
    store.back_up(now()).await.expect("what was broken off is in nobody's way");
    assert_eq!(backup_files::list_backups(&path).expect("one").len(), 1);
}

/// What a workspace without anything else gets from this backup.
async fn restored_from(backup: &Path) -> Option<crate::RestoreSummary> {
    let folder = tempfile::tempdir().expect("a folder");
    let name = backup.file_name().expect("a name");
    fs::copy(backup, folder.path().join(name)).expect("copied");
    Store::restore(&folder.path().join("workspace.db"), now()).await.expect("restored")
}

#[tokio::test]
async fn an_unreadable_backup_is_passed_over_for_an_older_one() {
    let (_folder, store, path) = lived_in().await;
    store.back_up(now()).await.expect("backed up");
    let whole = fs::read(&backup_files::list_backups(&path).expect("one")[0].path).expect("a backup");
    store.write_notes(company_id(2), "", "Later", now()).await.expect("a note");
    store.close().await;
    damage(&path);
    let broken: [(&str, Vec<u8>); 4] = [
        ("empty", Vec::new()),
        ("half", whole[..whole.len() / 2].to_vec()),
        ("zeroed", whole.iter().enumerate().map(|(at, byte)| if at < 8192 { *byte } else { 0 }).collect()),
        ("text", b"Dear diary".to_vec()),
    ];
    for (hour, (_, bytes)) in (1..).zip(&broken) {
        let stamp = crate::files::format_time(now() + SignedDuration::from_hours(hour));
        let name = format!("workspace.db.daily-{stamp}");
        fs::write(path.with_file_name(name), bytes).expect("written");
    }
    let restored = Store::restore(&path, now()).await.expect("restored").expect("the older one");
    assert_eq!((restored.at, restored.notes), (now(), 1));
}

#[tokio::test]
async fn without_a_backup_nothing_comes_back() {
    let (_folder, store, path) = lived_in().await;
    store.close().await;
    damage(&path);
    assert_eq!(Store::restore(&path, now()).await.expect("an empty one"), None);
    let store = Store::open(&path, now()).await.expect("opened");
    assert!(store.schedules().await.expect("none").is_empty());
}

#[tokio::test]
async fn a_copy_from_before_a_migration_is_restored_too_and_three_are_kept() {
    let (_folder, store, path) = lived_in().await;
    store.close().await;
    for day in 1..=5 {
        let stamp = crate::files::format_time(now() - SignedDuration::from_hours(24 * day));
        fs::copy(&path, path.with_file_name(format!("workspace.db.backup-3-{stamp}"))).expect("copied");
    }
    backup_files::delete_old_backups(&path).expect("dropped");
    let kept: Vec<_> =
        backup_files::list_backups(&path).expect("backups").iter().map(|backup| backup.at).collect();
    assert_eq!(kept, [days_ago(1), days_ago(2), days_ago(3)]);
    damage(&path);
    let restored = Store::restore(&path, now()).await.expect("restored").expect("the copy");
    assert_eq!((restored.at, restored.notes, restored.schedules), (days_ago(1), 1, 1));
    let store = Store::open(&path, now()).await.expect("opened");
    assert_eq!(found(&store, "").await, Vec::<String>::new(), "companies come from the server");
}

#[tokio::test]
async fn a_backup_has_local_rows_alone_and_is_for_its_owner() {
    let (_folder, store, path) = lived_in().await;
    store.back_up(now()).await.expect("backed up");
    let backup = backup_files::list_backups(&path).expect("one").remove(0).path;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&backup).expect("there").permissions().mode() & 0o777, 0o600);
    }
    let copy = path.with_file_name("copy.db");
    fs::copy(&backup, &copy).expect("copied");
    let copied = Store::open(&copy, now()).await.expect("it is a workspace");
    let mut rows: BTreeMap<&str, i64> = BTreeMap::new();
    for table in TABLES {
        let count = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {}", table.name));
        let count: i64 =
            sqlx::query_scalar(count).fetch_one(copied.database.readers()).await.expect("a count");
        rows.insert(table.name, count);
        match table.content {
            TableContent::Local(_) => {}
            TableContent::Fetched => assert_eq!(count, 0, "{}", table.name),
            TableContent::Derived => assert!(count <= 1, "{}", table.name),
        }
    }
    assert_eq!((rows["notes"], rows["alerts"]), (1, 1));
    assert_eq!(copied.load("engine").await.expect("none"), None);
}

#[tokio::test]
async fn removing_a_workspace_removes_its_backups() {
    let (folder, store, path) = lived_in().await;
    store.back_up(now()).await.expect("backed up");
    store.close().await;
    Store::delete(&path).expect("deleted");
    let left = fs::read_dir(folder.path().join("data")).expect("a folder").count();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn a_damaged_database_is_not_backed_up() {
    let companies: Vec<_> = (0..300).map(|number| company(number, "A company of some length")).collect();
    let (folder, store) = store_of(&companies).await;
    store.close().await;
    let path = folder.path().join("data/workspace.db");
    damage_from(&path, 3);
    if let Ok(store) = Store::open(&path, now()).await {
        store.check().await.expect_err("the check that goes before finds it");
        store.back_up(now()).await.expect_err("so does the copy, where it reads the journal");
    }
    assert_eq!(backup_files::list_backups(&path).expect("none"), []);
}
