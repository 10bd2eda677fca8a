//! Downloads and uploads of files, against the sandbox.

use app::{Code, Event, Options, TransferState};
use futures_util::StreamExt;
use serde_json::{Value, json};

use crate::test_app::TestApp;

/// A company with a connection that accepts files.
async fn with_files() -> (TestApp, String, String) {
    with_files_at(TestApp::start().await).await
}

async fn with_files_at(test_app: TestApp) -> (TestApp, String, String) {
    let row = test_app.row("\"sandstone architects\"").await;
    let id = row["id"].as_str().unwrap().to_owned();
    let path = format!("/companies/{id}/connections");
    let (_, made) = test_app.sandbox_call("POST", &path, json!({ "platformKey": "bdfu" })).await;
    let connection = made["id"].as_str().unwrap().to_owned();
    test_app.sandbox_call("PUT", &format!("{path}/{connection}/authorization"), json!({})).await;
    (test_app, id, connection)
}

impl TestApp {
    async fn choose(&self, files: &[(&str, &[u8])]) -> Value {
        let folder = self.folder.path().join("chosen");
        std::fs::create_dir_all(&folder).unwrap();
        let paths = files.iter().map(|(name, bytes)| {
            std::fs::write(folder.join(name), bytes).unwrap();
            folder.join(name)
        });
        *self.desktop.choice.lock().unwrap() = paths.collect();
        self.call("chooseUploads", json!({})).await.unwrap()
    }

    /// Uploads the chosen files and waits until every transfer has ended.
    async fn send(&self, id: &str, connection: &str, chosen: &Value, files: &[usize]) -> Vec<Value> {
        let upload =
            json!({ "company": id, "connection": connection, "chosen": chosen["id"], "files": files });
        self.call("uploadChosen", upload).await.unwrap();
        self.ended(id).await
    }

    async fn ended(&self, id: &str) -> Vec<Value> {
        self.eventually("the end of the transfers", async |test_app: &Self| {
            let all = test_app.call("transfers", json!({ "id": id })).await.unwrap();
            let all = all.as_array().unwrap().clone();
            let runs = |it: &Value| it["state"] == "running" || it["state"] == "waiting";
            (!all.is_empty() && !all.iter().any(runs)).then_some(all)
        })
        .await
    }

    async fn at_codat(&self, id: &str) -> Vec<String> {
        let (_, files) = self.sandbox_call("GET", &format!("/companies/{id}/files"), json!({})).await;
        let names = files.as_array().unwrap().iter().map(|it| it["fileName"].as_str().unwrap().to_owned());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }

    /// The file names in the folder of saved files.
    fn saved(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path().join("saved")).unwrap();
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn chosen_files_are_checked_and_those_that_may_go_are_sent_once() {
    let (test_app, id, connection) = with_files().await;
    let chosen = test_app
        .choose(&[("a.pdf", b"%PDF a"), ("b.exe", b"MZ"), ("c.csv", b"x,y"), ("empty.pdf", b"")])
        .await;
    let problems: Vec<bool> =
        chosen["files"].as_array().unwrap().iter().map(|it| it["problem"].is_string()).collect();
    assert_eq!(problems, [false, true, false, true], "{chosen}");
    let route = format!("/companies/{id}/connections/{connection}/files");
    test_app.fault(json!({ "route": route, "method": "POST", "drop": true, "times": 1 })).await;
    let ended = test_app.send(&id, &connection, &chosen, &[0, 2]).await;
    assert!(ended.iter().all(|it| it["state"] == "done"), "{ended:?}");
    assert_eq!(
        test_app.at_codat(&id).await,
        ["a.pdf", "c.csv"],
        "an answer that was lost makes no second file"
    );
    // The list is loaded again after the transfers have ended.
    test_app
        .eventually("the list as it is now", async |test_app: &TestApp| {
            let files = test_app.call("files", json!({ "id": id })).await.unwrap();
            let files = files["days"][0]["files"].as_array().map(Vec::len);
            (files == Some(2)).then_some(())
        })
        .await;
    let own = json!({ "id": id, "kinds": ["own", "files"], "before": null });
    let own = test_app.call("activity", own).await.unwrap();
    let acts: Vec<&Value> =
        own.as_array().unwrap().iter().filter(|it| it["what"]["act"] == "upload").collect();
    assert_eq!(acts.len(), 2, "{own}");
    let kinds = own.as_array().unwrap().iter().any(|it| it["what"]["type"] == "files");
    assert!(kinds, "uploads stand in the timeline: {own}");
    let twice = json!({ "company": id, "connection": connection, "chosen": chosen["id"], "files": [0] });
    assert_eq!(test_app.call("uploadChosen", twice).await.unwrap_err().code, Code::FileUnusable);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_choice_that_is_refused_can_be_chosen_from_again() {
    let (test_app, id, connection) = with_files().await;
    let chosen = test_app.choose(&[("a.pdf", b"%PDF a"), ("b.exe", b"MZ")]).await;
    let both = json!({ "company": id, "connection": connection, "chosen": chosen["id"], "files": [0, 1] });
    let error = test_app.call("uploadChosen", both).await.unwrap_err();
    assert!(error.message.contains("b.exe"), "{error}");
    let ended = test_app.send(&id, &connection, &chosen, &[0]).await;
    assert!(ended.iter().all(|it| it["state"] == "done"), "{ended:?}");
    assert_eq!(test_app.at_codat(&id).await, ["a.pdf"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn at_the_stop_of_the_day_files_ask_before_they_are_prepared_and_the_choice_stays() {
    let limits = Some("day=60,minute=off".parse().unwrap());
    let test_app = TestApp::with(Options { sandbox_limits: limits, ..Options::default() }).await;
    test_app.call("pause", json!({ "paused": true })).await.unwrap();
    let (test_app, id, connection) = with_files_at(test_app).await;
    let chosen = test_app.choose(&[("a.pdf", b"%PDF")]).await;
    let rename = json!({ "id": id, "name": "Sandstone Architects" });
    let mut clicks = 0;
    while test_app.call("renameCompany", rename.clone()).await.is_ok() {
        clicks += 1;
        assert!(clicks < 60, "it stops before the server does");
    }
    let upload = json!({ "company": id, "connection": connection, "chosen": chosen["id"], "files": [0] });
    let error = test_app.call("uploadChosen", upload.clone()).await.unwrap_err();
    assert_eq!(error.code, Code::QuotaAsks, "{error}");
    *test_app.desktop.saving.lock().unwrap() = Some(test_app.folder.path().to_owned());
    let error = test_app.call("saveFiles", json!({ "company": id, "date": null })).await.unwrap_err();
    assert_eq!(error.code, Code::QuotaAsks, "{error}");
    test_app.call("useMoreToday", json!({ "percent": 100 })).await.unwrap();
    let ended = test_app.send(&id, &connection, &chosen, &[0]).await;
    assert_eq!(ended[0]["state"], "done", "{ended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_vanishes_or_is_refused_does_not_hold_up_the_others() {
    let (test_app, id, connection) = with_files().await;
    let chosen =
        test_app.choose(&[("gone.pdf", b"%PDF"), ("grown.pdf", b"%PDF"), ("fine.pdf", b"%PDF")]).await;
    let folder = test_app.folder.path().join("chosen");
    std::fs::remove_file(folder.join("gone.pdf")).unwrap();
    std::fs::write(folder.join("grown.pdf"), b"%PDF and more").unwrap();
    let ended = test_app.send(&id, &connection, &chosen, &[0, 1, 2]).await;
    let states: Vec<&Value> = ended.iter().map(|it| &it["state"]).collect();
    assert_eq!(states, ["failed", "failed", "done"]);
    let message = ended[0]["error"]["message"].as_str().unwrap();
    assert!(message.contains("no longer exists"), "{message}");
    assert_eq!(test_app.at_codat(&id).await, ["fine.pdf"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_saved_whole_where_the_person_wants_them() {
    let (test_app, id, connection) = with_files().await;
    let chosen = test_app.choose(&[("a.pdf", &[7; 40_000])]).await;
    test_app.send(&id, &connection, &chosen, &[0]).await;
    let save = json!({ "company": id, "date": null });
    let nothing = test_app.call("saveFiles", save.clone()).await.unwrap();
    assert_eq!(nothing["transfer"], json!(null), "thought better of it");
    let folder = test_app.folder.path().join("saved");
    std::fs::create_dir(&folder).unwrap();
    *test_app.desktop.saving.lock().unwrap() = Some(folder.clone());
    test_app.call("saveFiles", save).await.unwrap();
    let ended = test_app.ended(&id).await;
    let last = ended.last().unwrap();
    assert_eq!((&last["way"], &last["state"]), (&json!("download"), &json!("done")), "{last}");
    assert_eq!(test_app.saved(), ["Sandstone Architects files.zip"]);
    assert!(std::fs::read(folder.join("Sandstone Architects files.zip")).unwrap().starts_with(b"PK"));
    test_app.call("showTransfer", json!({ "id": last["id"] })).await.unwrap();
    assert_eq!(test_app.desktop.opened.lock().unwrap().clone(), Some(folder));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_cut_off_at_nine_tenths_leaves_nothing_and_says_so() {
    let (test_app, id, connection) = with_files().await;
    let chosen = test_app.choose(&[("a.pdf", &[7; 40_000])]).await;
    test_app.send(&id, &connection, &chosen, &[0]).await;
    let folder = test_app.folder.path().join("saved");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("Sandstone Architects files.zip"), b"before").unwrap();
    *test_app.desktop.saving.lock().unwrap() = Some(folder.clone());
    test_app.fault(json!({ "route": format!("/companies/{id}/files/download"), "cut": 36_000 })).await;
    test_app.call("saveFiles", json!({ "company": id, "date": null })).await.unwrap();
    let ended = test_app.ended(&id).await;
    let last = ended.last().unwrap();
    assert_eq!(last["state"], "failed", "{last}");
    assert!(last["error"]["message"].as_str().unwrap().contains("We left no partial file"), "{last}");
    assert_eq!(test_app.saved(), ["Sandstone Architects files.zip"]);
    let kept = std::fs::read(folder.join("Sandstone Architects files.zip")).unwrap();
    assert_eq!(kept, b"before", "what stood there stands there");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_is_stopped_and_leaves_nothing() {
    let (test_app, id, connection) = with_files().await;
    let chosen = test_app.choose(&[("a.pdf", b"%PDF"), ("b.pdf", b"%PDF")]).await;
    let route = format!("/companies/{id}/connections/{connection}/files");
    test_app.fault(json!({ "route": route, "method": "POST", "delayMs": 20_000, "times": 1 })).await;
    let upload = json!({ "company": id, "connection": connection, "chosen": chosen["id"], "files": [0, 1] });
    let begun = test_app.call("uploadChosen", upload).await.unwrap();
    for transfer in begun["transfers"].as_array().unwrap() {
        test_app.call("putAwayTransfer", json!({ "id": transfer })).await.unwrap();
    }
    let ended = test_app.ended(&id).await;
    assert!(ended.iter().all(|it| it["state"] == "cancelled"), "{ended:?}");
}

/// The maximum size of a file, in bytes.
const LARGE: usize = 10 * 1024 * 1024;

/// The progress values of an upload, as reported by events, until the condition is met.
async fn told_until(
    events: &mut tokio::sync::broadcast::Receiver<Event>,
    enough: impl Fn(&app::Transfer) -> bool,
) -> Vec<app::Transfer> {
    let mut told = Vec::new();
    loop {
        let wait = tokio::time::timeout(std::time::Duration::from_secs(60), events.recv());
        let Ok(event) = wait.await.expect("it is told how far it is") else { continue };
        if let Event::Transfer { transfer } = event {
            let is_enough = enough(&transfer);
            told.push(transfer);
            if is_enough {
                return told;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_file_is_told_by_its_bytes_while_it_is_sent() {
    let (test_app, id, connection) = with_files().await;
    let chosen = test_app.choose(&[("large.pdf", &vec![7; LARGE])]).await;
    let route = format!("/companies/{id}/connections/{connection}/files");
    test_app.fault(json!({ "route": route, "bytesPerSecond": 5_000_000 })).await;
    let mut events = test_app.app.events();
    let upload = json!({ "company": id, "connection": connection, "chosen": chosen["id"], "files": [0] });
    test_app.call("uploadChosen", upload).await.unwrap();
    let told = told_until(&mut events, |it| it.state == TransferState::Done).await;
    let whole = LARGE as u64;
    assert!(told.iter().all(|it| it.total.is_none_or(|total| total == whole)), "the form does not count");
    let mut between: Vec<u64> =
        told.iter().map(|it| it.done).filter(|done| (1..whole).contains(done)).collect();
    assert!(between.is_sorted(), "{between:?}");
    between.dedup();
    assert!(between.len() >= 3, "it moves, and is not told at its end alone: {between:?}");
    assert_eq!(told.last().unwrap().done, whole);
    assert_eq!(test_app.at_codat(&id).await, ["large.pdf"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_stopped_in_its_middle_is_no_file_and_the_next_one_goes() {
    let (test_app, id, connection) = with_files().await;
    let chosen = test_app.choose(&[("large.pdf", &vec![7; LARGE]), ("next.pdf", b"%PDF")]).await;
    let route = format!("/companies/{id}/connections/{connection}/files");
    test_app.fault(json!({ "route": route, "bytesPerSecond": 1_000_000 })).await;
    let mut events = test_app.app.events();
    let upload = json!({ "company": id, "connection": connection, "chosen": chosen["id"], "files": [0, 1] });
    let begun = test_app.call("uploadChosen", upload).await.unwrap();
    told_until(&mut events, |it| it.done > 0).await;
    test_app.call("putAwayTransfer", json!({ "id": begun["transfers"][0] })).await.unwrap();
    let ended = test_app.ended(&id).await;
    let states: Vec<&Value> = ended.iter().map(|it| &it["state"]).collect();
    assert_eq!(states, ["cancelled", "done"], "{ended:?}");
    assert!(ended[0]["done"].as_u64().unwrap() < LARGE as u64, "{}", ended[0]);
    assert_eq!(test_app.at_codat(&id).await, ["next.pdf"], "half a file is none");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_a_page_that_breaks_off_or_is_stopped_in_its_middle_is_not_sent() {
    let (test_app, id, connection) = with_files().await;
    let files = json!([{ "name": "gone.pdf", "bytes": 10 }, { "name": "stopped.pdf", "bytes": 10 }]);
    let begin = json!({ "company": id, "connection": connection, "files": files });
    let begun = test_app.call("beginUploads", begin).await.unwrap();
    let transfer = |at: usize| begun["transfers"][at].as_u64().unwrap();
    let gone = std::io::Error::from(std::io::ErrorKind::NotFound);
    let pieces = [Ok(bytes::Bytes::from_static(b"%PDF ")), Err(gone)];
    let error = test_app.app.upload(transfer(0), futures_util::stream::iter(pieces)).await.unwrap_err();
    assert_eq!(error.code, Code::FileUnusable);
    assert!(error.message.contains("We couldn’t send gone.pdf. It no longer exists."), "{}", error.message);

    let half = futures_util::stream::iter([Ok(bytes::Bytes::from_static(b"%PDF "))]);
    let never = Box::pin(half.chain(futures_util::stream::pending()));
    let sending = test_app.app.upload(transfer(1), never);
    let stopping = async {
        let runs = |it: &Value| it["state"] == "running" && it["id"] == transfer(1);
        test_app
            .eventually("its turn", async |test_app: &TestApp| {
                let all = test_app.call("transfers", json!({ "id": id })).await.unwrap();
                all.as_array().unwrap().iter().any(runs).then_some(())
            })
            .await;
        test_app.call("putAwayTransfer", json!({ "id": transfer(1) })).await.unwrap();
    };
    let (sent, ()) = tokio::join!(sending, stopping);
    assert_eq!(sent.unwrap_err().code, Code::Cancelled, "who waits for the rest of a file stops too");
    assert_eq!(test_app.at_codat(&id).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_sends_its_own_files_piece_by_piece() {
    let (test_app, id, connection) = with_files().await;
    let files = json!([{ "name": "a.pdf", "bytes": 6 }, { "name": "b.pdf", "bytes": 4 }]);
    let begin = json!({ "company": id, "connection": connection, "files": files });
    let begun = test_app.call("beginUploads", begin).await.unwrap();
    let transfer = |at: usize| begun["transfers"][at].as_u64().unwrap();
    let pieces = |parts: &[&'static [u8]]| {
        let parts: Vec<_> = parts.iter().map(|part| Ok(bytes::Bytes::from_static(part))).collect();
        futures_util::stream::iter(parts)
    };
    let mut events = test_app.app.events();
    test_app.app.upload(transfer(0), pieces(&[b"%PD", b"F a"])).await.unwrap();
    let told = TestApp::event(
        &mut events,
        |event| matches!(event, Event::Transfer { transfer } if transfer.state == TransferState::Done),
    );
    told.await;
    let error = test_app.app.upload(transfer(1), pieces(&[b"%PDF and more"])).await.unwrap_err();
    assert_eq!(error.code, Code::FileUnusable, "{error}");
    let again = test_app.app.upload(transfer(0), pieces(&[b"%PDF a"])).await.unwrap_err();
    assert_eq!(again.code, Code::Cancelled, "what was not announced is not taken");
    assert_eq!(test_app.at_codat(&id).await, ["a.pdf"]);
    let wrong =
        json!({ "company": id, "connection": connection, "files": [{ "name": "a.exe", "bytes": 6 }] });
    assert_eq!(test_app.call("beginUploads", wrong).await.unwrap_err().code, Code::FileUnusable);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_kept_until_a_window_takes_it_and_no_longer() {
    let test_app = TestApp::start().await;
    let mut events = test_app.app.events();
    let id = "0b9c4c5e-7a55-4a43-9d0e-5f1f6c7f2a10";
    test_app.app.open_link(&format!("portal-desktop://company/{id}/history"));
    TestApp::event(&mut events, |event| matches!(event, Event::Link)).await;
    let wanted = test_app.call("takeWanted", json!({})).await.unwrap();
    assert_eq!((&wanted["company"], &wanted["part"]), (&json!(id), &json!("history")));
    assert_eq!(test_app.call("takeWanted", json!({})).await.unwrap(), json!(null));
    test_app.app.open_link("portal-desktop://company/nobody/erase");
    let wanted = test_app.call("takeWanted", json!({})).await.unwrap();
    assert_eq!(wanted["company"], json!(null));
    assert!(wanted["message"].is_string());
}
