//! A disk that is full, or that fails: what could not be kept is refused whole, and what comes later is kept.

use codat::ConnectionStatus;
use domain::Cause;

use super::making::*;
use crate::{NewAlert, Store, StoreError, database::begin};

/// Bounds the file of the database to the pages it has, or lifts the bound.
async fn bound(store: &Store, is_full: bool) {
    let mut writer = store.database.writer().await.expect("a writer");
    let pages = match is_full {
        true => sqlx::query_scalar("PRAGMA page_count").fetch_one(&mut *writer).await.expect("pages"),
        false => 1_000_000_000_i64,
    };
    // Room within those pages would let small writes through.
    sqlx::query("VACUUM").execute(&mut *writer).await.expect("no free pages");
    let bound = sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"));
    sqlx::query(bound).execute(&mut *writer).await.expect("bounded");
}

/// A write of one row that has no room, at which SQLite rolls its transaction back by itself.
async fn write_too_much(store: &Store) {
    let mut writer = store.database.writer().await.expect("a writer");
    let mut transaction = begin(&mut writer).await.expect("a transaction");
    let long = sqlx::query("INSERT INTO kept (key, value) VALUES ('long', hex(zeroblob(400000)))");
    let refused = long.execute(&mut *transaction).await.map_err(StoreError::from);
    assert!(matches!(refused, Err(StoreError::DiskFull)), "{refused:?}");
}

#[tokio::test]
async fn after_a_full_disk_everything_is_kept_again_as_soon_as_there_is_room() {
    let (_folder, store) =
        store_of(&[connected(company(1, "One"), [xero(1, ConnectionStatus::Linked)])]).await;
    let mut long = company(2, "Long");
    long.description = Some("x".repeat(400_000));
    let long = items(&[long]);
    let many: Vec<_> = (10..3_000).map(|number| company(number, &"many ".repeat(20))).collect();
    let many = items(&many);
    let broken = items(&[connected(company(1, "One"), [xero(1, ConnectionStatus::Deauthorized)])]);
    for _ in 0..3 {
        bound(&store, true).await;
        for page in [&long, &many] {
            let refused = store.apply(page, Cause::Sweep, None, now()).await;
            assert!(matches!(refused, Err(StoreError::DiskFull)), "{refused:?}");
        }
        assert_eq!(found(&store, "").await, ["One"], "what is kept stays readable");
        write_too_much(&store).await;
        bound(&store, false).await;
        let alert =
            NewAlert { first_seq: 1, last_seq: 1, data: "{}".to_owned(), is_muted: false, is_over: false };
        store.record_alerts(0, &[], &[alert], now()).await.expect("an alert is kept");
    }
    for page in [&long, &many, &broken] {
        let applied = store.apply(page, Cause::Sweep, None, now()).await.expect("kept");
        assert!(!applied.changes.is_empty(), "nothing of it was half kept before");
    }
    assert_eq!(store.company_count().await.expect("a count"), 2_992);
}

/// In a process of its own: it lets no file grow, and lifts that again.
#[cfg(target_os = "linux")]
mod in_a_process_whose_files_may_not_grow {
    use std::process::Command;

    use super::*;

    const IS_CHILD: &str = "PORTAL_TEST_FILES_MAY_NOT_GROW";

    /// Runs a test of this file once more as a child that ignores the signal for files that grow too large.
    /// Whether this is that child.
    fn is_child(name: &str) -> bool {
        if std::env::var_os(IS_CHILD).is_some() {
            return true;
        }
        let ran = Command::new("sh")
            .args(["-c", r#"trap "" XFSZ; exec "$0" --exact "$1" --nocapture"#])
            .arg(std::env::current_exe().expect("this program"))
            .arg(format!("tests::disk::in_a_process_whose_files_may_not_grow::{name}"))
            .env(IS_CHILD, "1")
            .output()
            .expect("a child");
        assert!(
            ran.status.success(),
            "{}{}",
            String::from_utf8_lossy(&ran.stdout),
            String::from_utf8_lossy(&ran.stderr)
        );
        false
    }

    fn let_files_grow_to(bytes: &str) {
        let mut prlimit = Command::new("prlimit");
        let done = prlimit.args([&format!("--fsize={bytes}:"), "--pid", &std::process::id().to_string()]);
        assert!(done.status().expect("prlimit").success());
    }

    fn run(test: impl Future<Output = ()>) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(test);
    }

    #[test]
    fn after_an_input_or_output_error_everything_is_kept_again() {
        if is_child("after_an_input_or_output_error_everything_is_kept_again") {
            run(async {
                let (_folder, store) = store_of(&[company(1, "One")]).await;
                let page = items(&[company(2, "Two")]);
                for _ in 0..2 {
                    let_files_grow_to("1024");
                    let refused = store.apply(&page, Cause::Sweep, None, now()).await;
                    let_files_grow_to("unlimited");
                    assert!(matches!(refused, Err(StoreError::Io(_))), "{refused:?}");
                    store.save("key", &format!("{refused:?}")).await.expect("a statement of its own is kept");
                }
                store.apply(&page, Cause::Sweep, None, now()).await.expect("kept");
                assert_eq!(found(&store, "").await, ["One", "Two"]);
            });
        }
    }

    #[test]
    fn a_full_disk_at_start_is_told_as_one() {
        if is_child("a_full_disk_at_start_is_told_as_one") {
            run(async {
                let (folder, store) = store_of(&[company(1, "One")]).await;
                store.close().await;
                let path = folder.path().join("data/workspace.db");
                let_files_grow_to("1024");
                let refused = Store::open(&path, now()).await.expect_err("no room");
                let_files_grow_to("unlimited");
                assert!(matches!(refused, StoreError::DiskFull), "{refused:?}");
                Store::open(&path, now()).await.expect("there is room");
            });
        }
    }
}
