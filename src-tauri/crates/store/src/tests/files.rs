//! Files: private, and left alone when they are not what they should be.

use std::{
    fs,
    path::{Path, PathBuf},
};

use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

use super::making::*;
use crate::{Store, StoreError, database::Database};

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("data/workspace.db");
    (folder, path)
}

/// Runs a statement on a database that no store has open.
async fn change(path: &Path, statement: &'static str) {
    let mut connection = SqliteConnectOptions::new().filename(path).connect().await.expect("a connection");
    sqlx::query(statement).execute(&mut connection).await.expect("done");
    connection.close().await.expect("closed");
}

async fn refused(path: &Path) -> StoreError {
    Store::open(path, now()).await.expect_err("it must be refused")
}

#[cfg(unix)]
#[tokio::test]
async fn files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    let (_folder, path) = folder();
    fs::create_dir(path.parent().expect("a parent")).expect("a folder");
    fs::set_permissions(path.parent().expect("a parent"), fs::Permissions::from_mode(0o755))
        .expect("open to all");
    fs::write(&path, "").expect("an empty file");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).expect("open to all");
    let store = Store::open(&path, now()).await.expect("a store");
    store.save("a", "b").await.expect("written, so that the log is there");
    store.load("a").await.expect("read, so that its index is there");
    assert_eq!(mode(path.parent().expect("a parent")), 0o700);
    let files: Vec<_> = fs::read_dir(path.parent().expect("a parent")).expect("files").flatten().collect();
    assert_eq!(
        files.len(),
        8,
        "of the workspace and of its copies: database, log, its index, lock: {files:?}"
    );
    for file in files {
        assert_eq!(mode(&file.path()), 0o600, "{file:?}");
    }
}

#[tokio::test]
async fn a_second_opening_is_refused_while_the_first_lives() {
    let (_folder, path) = folder();
    let first = Store::open(&path, now()).await.expect("a store");
    assert!(matches!(refused(&path).await, StoreError::Locked));
    assert!(matches!(Store::set_aside(&path, now()), Err(StoreError::Locked)));
    first.close().await;
    Store::open(&path, now()).await.expect("free again");
}

#[tokio::test]
async fn a_database_that_another_program_holds_is_locked() {
    let (_folder, path) = folder();
    Store::open(&path, now()).await.expect("a store").close().await;
    let mut other = SqliteConnectOptions::new()
        .filename(&path)
        .locking_mode(sqlx::sqlite::SqliteLockingMode::Exclusive)
        .connect()
        .await
        .expect("a connection");
    sqlx::query("CREATE TABLE mine (a)").execute(&mut other).await.expect("held");
    assert!(matches!(refused(&path).await, StoreError::Locked));
}

#[tokio::test]
async fn what_is_no_database_is_left_alone() {
    let (_folder, path) = folder();
    fs::create_dir(path.parent().expect("a parent")).expect("a folder");
    fs::write(&path, "Dear diary, this is no database.").expect("garbage");
    assert!(matches!(refused(&path).await, StoreError::Corrupt { .. }));
    assert_eq!(fs::read_to_string(&path).expect("there"), "Dear diary, this is no database.");
}

#[tokio::test]
async fn a_damaged_database_is_left_alone_and_can_be_set_aside() {
    let (folder, store) = store_of(&[company(1, "One")]).await;
    store.close().await;
    let path = folder.path().join("data/workspace.db");
    let mut bytes = fs::read(&path).expect("a file");
    bytes[100..].fill(0xa5);
    fs::write(&path, &bytes).expect("damaged");
    let error = refused(&path).await;
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error:?}");
    assert_eq!(fs::read(&path).expect("there"), bytes, "not a byte was changed");
    let aside = Store::set_aside(&path, now()).expect("set aside");
    assert!(aside.to_string_lossy().ends_with(".corrupt-20261123T120000Z"), "{aside:?}");
    assert_eq!(fs::read(&aside).expect("there"), bytes, "nothing was deleted");
    let store = Store::open(&path, now()).await.expect("a new one");
    assert_eq!(found(&store, "").await, Vec::<String>::new());
}

#[tokio::test]
async fn damage_that_shows_later_is_told_as_damage() {
    let companies: Vec<_> = (0..300).map(|number| company(number, "A company of some length")).collect();
    let (folder, store) = store_of(&companies).await;
    store.close().await;
    let path = folder.path().join("data/workspace.db");
    damage_from(&path, 3);
    let said = match Store::open(&path, now()).await {
        Err(error) => error,
        Ok(store) => store.companies(&by_name(""), now()).await.expect_err("the damage shows"),
    };
    assert!(matches!(said, StoreError::Corrupt { .. }), "{said:?}");
}

#[tokio::test]
async fn a_newer_database_is_refused_and_not_touched() {
    let (_folder, path) = folder();
    Store::open(&path, now()).await.expect("a store").close().await;
    change(
        &path,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'from the future', 1, x'00', 0)",
    )
    .await;
    let before = fs::read(&path).expect("a file");
    let error = refused(&path).await;
    assert!(
        matches!(error, StoreError::Newer { found: 9_999, known } if known == newest_migration()),
        "{error:?}"
    );
    assert_eq!(fs::read(&path).expect("a file"), before);
}

#[tokio::test]
async fn a_database_that_cannot_be_written_is_read_only() {
    let (_folder, path) = folder();
    Store::open(&path, now()).await.expect("a store").close().await;
    // SQLite opens a file whose format is newer than it can write, and refuses to write it.
    let mut bytes = fs::read(&path).expect("a file");
    bytes[18] = 9;
    fs::write(&path, &bytes).expect("changed");
    let error = match Store::open(&path, now()).await {
        Err(error) => error,
        Ok(store) => {
            let told = store.check_writable().await.expect_err("it is found out before");
            assert!(matches!(told, StoreError::ReadOnly { .. }), "{told:?}");
            store.save("a", "b").await.expect_err("it cannot be written")
        }
    };
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_read_only_folder_is_told_as_such() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o500)).expect("read-only");
    let writable_all_the_same = fs::write(folder.path().join("probe"), "").is_ok();
    let opened = Store::open(&folder.path().join("workspace.db"), now()).await;
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).expect("writable");
    // The superuser writes anywhere.
    if !writable_all_the_same {
        assert!(matches!(opened, Err(StoreError::ReadOnly { .. })), "{opened:?}");
    }
}

#[test]
fn what_the_file_system_says_is_told_apart() {
    use std::io::ErrorKind;
    for kind in [ErrorKind::PermissionDenied, ErrorKind::ReadOnlyFilesystem] {
        assert!(matches!(StoreError::from_files(kind.into()), StoreError::ReadOnly { .. }));
    }
    for kind in [ErrorKind::StorageFull, ErrorKind::QuotaExceeded] {
        assert!(matches!(StoreError::from_files(kind.into()), StoreError::DiskFull));
    }
    assert!(matches!(StoreError::from_files(ErrorKind::NotADirectory.into()), StoreError::Io(_)));
}

fn migrations_of_ours() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/workspace");
    fs::read_dir(folder).expect("migrations").map(|entry| entry.expect("a migration").path()).collect()
}

/// The version of the newest migration, from its file's name.
fn newest_migration() -> i64 {
    let version = |path: &PathBuf| path.file_name()?.to_str()?.split('_').next()?.parse().ok();
    migrations_of_ours().iter().filter_map(version).max().expect("a migration")
}

#[tokio::test]
async fn an_older_database_is_copied_before_it_is_migrated() {
    let (folder, store) = store_of(&[company(1, "One")]).await;
    store.close().await;
    let path = folder.path().join("data/workspace.db");
    let migrations = folder.path().join("migrations");
    fs::create_dir(&migrations).expect("a folder");
    for ours in migrations_of_ours() {
        fs::copy(&ours, migrations.join(ours.file_name().expect("a name"))).expect("copied");
    }
    fs::write(migrations.join("9999_more.sql"), "CREATE TABLE more (a INTEGER)").expect("written");
    let newer = sqlx::migrate::Migrator::new(migrations.as_path()).await.expect("migrations");
    Database::open(&path, &newer, now()).await.expect("migrated").close().await;
    let known = newest_migration();
    assert!(matches!(refused(&path).await, StoreError::Newer { found: 9_999, known: ours } if ours == known));
    let copy = folder.path().join(format!("data/workspace.db.backup-{known}-20261123T120000Z"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&copy).expect("a copy").permissions().mode() & 0o777, 0o600);
    }
    let restored = Store::open(&copy, now()).await.expect("the copy opens");
    assert_eq!(found(&restored, "").await, ["One"], "with everything that was there");
}

#[tokio::test]
async fn an_opening_without_migration_copies_nothing() {
    let (folder, store) = store().await;
    store.close().await;
    let path = folder.path().join("data/workspace.db");
    Store::open(&path, now()).await.expect("again").close().await;
    let copies = fs::read_dir(path.parent().expect("a parent")).expect("files").flatten();
    assert_eq!(copies.filter(|file| file.file_name().to_string_lossy().contains("backup")).count(), 0);
}

#[test]
fn messages_say_what_to_do() {
    for (error, advice) in [
        (StoreError::Locked, "Close the other"),
        (StoreError::Newer { found: 3, known: 1 }, "Update the app"),
        (StoreError::DiskFull, "Free some space"),
        (StoreError::ReadOnly { detail: "x".to_owned() }, "Check its folder’s permissions"),
        (StoreError::Corrupt { detail: "x".to_owned() }, "set it aside"),
    ] {
        assert!(error.to_string().contains(advice), "{error}");
    }
}
