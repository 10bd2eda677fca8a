use std::sync::Arc;

use sandbox::{Endpoint, Options, Sandbox, StartError};
use serde_json::{Value, json};

use crate::support::{Api, company_path, options, start_of_time};

fn kept(folder: &tempfile::TempDir) -> Options {
    Options { db: Some(folder.path().join("sandbox.db")), ..options() }
}

async fn refused(options: &Options) -> StartError {
    match Endpoint::in_process(options, Arc::new(start_of_time)).await {
        Ok(_) => panic!("it started"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn everything_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let api = Api::with(kept(&folder)).await;
    let company =
        api.post("/companies", &json!({"name": "Kept", "tags": {"a": "b"}})).await.expect(200).json();
    let path = company_path(&company);
    api.linked(&path, "suuo").await;
    api.post(&format!("{path}/data/all"), &Value::Null).await.expect(204);
    api.patch(&company_path(&api.company("Ochre Studio").await), &json!({"name": "Renamed"}))
        .await
        .expect(200);
    api.delete(&company_path(&api.company("Northwind Traders").await)).await.expect(204);
    let key = api.post("/apiKeys", &json!({"name": "k"})).await.expect(201).json();
    let gone = api.post("/apiKeys", &json!({"name": "gone"})).await.expect(201).json();
    api.delete(&format!("/apiKeys/{}", gone["id"].as_str().unwrap())).await.expect(204);
    api.call("PUT", "/profile", json!({"name": "P", "redirectUrl": "u"}).to_string()).await.expect(200);
    api.keyed("key", "POST", "/companies", &json!({"name": "Replayed"})).await.expect(200);
    let looks = [
        "/companies?pageSize=5000".to_owned(),
        "/apiKeys".into(),
        "/profile".into(),
        format!("{path}/data/history"),
    ];
    let mut before = Vec::new();
    for target in &looks {
        before.push(api.get(target).await.expect(200).json());
    }
    api.endpoint.close().await;

    let api = Api::with(kept(&folder)).await;
    for (target, before) in looks.iter().zip(before) {
        assert_eq!(api.get(target).await.expect(200).json(), before, "{target}");
    }
    let count = api.companies().await.len();
    api.keyed("key", "POST", "/companies", &json!({"name": "Replayed"})).await.expect(200);
    assert_eq!(api.companies().await.len(), count, "kept answers are given again after a restart");
    let made = api.post("/companies", &json!({"name": "Next"})).await.json();
    assert!(api.get("/companies?query=name%3DKept").await.json()["results"][0]["id"] != made["id"]);
    let next = api.post("/apiKeys", &json!({})).await.expect(201).json();
    assert!(next["apiKey"] != key["apiKey"] && next["apiKey"] != gone["apiKey"], "no key is given twice");
}

#[tokio::test]
async fn the_world_of_a_file_stays_as_it_was_made() {
    let folder = tempfile::tempdir().unwrap();
    let api = Api::with(Options { companies: Some(20), ..kept(&folder) }).await;
    let before = api.companies().await;
    api.endpoint.close().await;
    let api = Api::with(Options { companies: Some(500), seed: 9, ..kept(&folder) }).await;
    assert_eq!(api.companies().await, before);
}

#[tokio::test]
async fn the_key_given_at_the_start_always_works() {
    let folder = tempfile::tempdir().unwrap();
    let api = Api::with(Options { api_key: "another".to_owned(), ..kept(&folder) }).await;
    api.get("/companies").await.expect(401);
    api.endpoint.close().await;
    let api = Api::with(kept(&folder)).await;
    assert_eq!(api.get("/apiKeys").await.expect(200).json()["results"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_hundred_thousand_companies_make_a_small_file() {
    let folder = tempfile::tempdir().unwrap();
    let api = Api::with(Options { companies: Some(100_000), ..kept(&folder) }).await;
    let company = api.get("/companies?page=100000&pageSize=1").await.json()["results"][0].clone();
    api.patch(&company_path(&company), &json!({"name": "Last"})).await.expect(200);
    api.endpoint.close().await;
    let size: u64 =
        std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().metadata().unwrap().len()).sum();
    assert!(size < 200_000, "only what differs is kept: {size} bytes");
}

#[cfg(unix)]
#[tokio::test]
async fn the_files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let api = Api::with(kept(&folder)).await;
    api.new_company("Private").await;
    let mut files = 0;
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.path());
        files += 1;
    }
    assert!(files >= 2, "the file and its log");
}

#[tokio::test]
async fn a_second_sandbox_on_the_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let api = Api::with(kept(&folder)).await;
    assert!(matches!(refused(&kept(&folder)).await, StartError::InUse(_)));
    api.new_company("Still writes").await;
    api.endpoint.close().await;
    Api::with(kept(&folder)).await.company("Still writes").await;
}

#[tokio::test]
async fn files_that_are_none_of_ours_are_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.db");
    std::fs::write(&path, "this is a letter, not a database, and long enough to be looked at").unwrap();
    assert!(matches!(refused(&kept(&folder)).await, StartError::Damaged { .. }));
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("this is a letter"));
    let nowhere = Options { db: Some(folder.path().join("no/such/folder.db")), ..options() };
    assert!(matches!(refused(&nowhere).await, StartError::File { .. }));
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let api = Api::with(kept(&folder)).await;
    api.endpoint.close().await;
    let path = folder.path().join("sandbox.db");
    let pool = sqlx::SqlitePool::connect(&format!("sqlite://{}", path.display())).await.unwrap();
    sqlx::query("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', 1, x'00', 0)")
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;
    assert!(matches!(refused(&kept(&folder)).await, StartError::Newer(_)));
}

#[tokio::test]
async fn what_cannot_be_kept_is_not_done() {
    let folder = tempfile::tempdir().unwrap();
    let api = Api::with(kept(&folder)).await;
    let before = api.companies().await;
    api.endpoint.close().await;
    api.post("/companies", &json!({"name": "Nowhere to keep it"})).await.expect(500).error();
    assert_eq!(api.companies().await, before, "memory never knows more than the disk");
}

#[tokio::test]
async fn a_stopped_sandbox_gives_its_port_and_file_back() {
    let folder = tempfile::tempdir().unwrap();
    let first = Sandbox::start(Options { port: 0, ..kept(&folder) }, Arc::new(start_of_time)).await.unwrap();
    let port = first.address().port();
    assert_eq!(first.base_url(), format!("http://127.0.0.1:{port}"));
    assert_eq!(first.invite_url(), format!("http://127.0.0.1:{port}/invite"));
    first.stop().await;
    let second = Sandbox::start(Options { port, ..kept(&folder) }, Arc::new(start_of_time)).await.unwrap();
    assert_eq!(second.address().port(), port);
    let taken = Sandbox::start(Options { port, ..options() }, Arc::new(start_of_time)).await;
    assert!(matches!(taken, Err(StartError::Port { .. })));
    second.stop().await;
}
