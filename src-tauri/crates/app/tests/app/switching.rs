//! Commands during a switch of workspaces run in the workspace that they were made for, or not at all.

use app::Code;
use serde_json::{Value, json};
use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};

use crate::{test_app::TestApp, two::Two};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_created_during_a_switch_is_made_where_it_was_meant_or_is_refused() {
    let two = Two::start().await;
    for round in 0..30 {
        let is_leaving_codat = round % 2 == 0;
        let (from, to) =
            if is_leaving_codat { (two.id.as_str(), "sandbox") } else { ("sandbox", two.id.as_str()) };
        let name = format!("Round {round}");
        let begun = async {
            // Each round starts at another moment of the switch.
            for _ in 0..round * 40 {
                tokio::task::yield_now().await;
            }
            two.create(from, &name).await
        };
        let (created, ()) = tokio::join!(begun, two.switch_to(to));
        let (in_sandbox, in_codat) = two.made(&name).await;
        let (meant, other) = if is_leaving_codat { (in_codat, in_sandbox) } else { (in_sandbox, in_codat) };
        assert_eq!(other, 0, "{name} was made in the other workspace");
        match created {
            Ok(()) => assert_eq!(meant, 1, "{name} was told as made"),
            Err(error) if error.code == Code::WorkspaceSwitched => assert_eq!(meant, 0, "{name} was refused"),
            Err(error) => panic!("{name}: a switch waits for acts under way: {error:?}"),
        }
    }
    two.codat.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_switch_waits_for_an_act_under_way() {
    let two = Two::start().await;
    two.switch_to("sandbox").await;
    two.test_app.fault(json!({ "route": "/companies", "method": "POST", "delayMs": 700 })).await;
    let create = two.create("sandbox", "Slow one");
    // The create command is admitted first, so the switch waits for it.
    let (created, ()) = tokio::join!(create, two.switch_to(&two.id));
    created.unwrap();
    assert_eq!(two.made("Slow one").await, (1, 0));
    assert_eq!(two.session().await["current"], two.id.as_str());
    two.codat.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_for_another_workspace_than_the_open_one_is_refused() {
    let two = Two::start().await;
    for (name, args) in [
        ("createCompany", json!({ "name": "X", "description": null, "tags": [] })),
        ("pause", json!({ "paused": true })),
        ("runs", json!({})),
    ] {
        let refused = two.test_app.app.execute_in_workspace(Some("sandbox"), name, args).await.unwrap_err();
        assert_eq!(refused.code, Code::WorkspaceSwitched, "{name}");
    }
    two.test_app.app.execute_in_workspace(Some("sandbox"), "session", json!({})).await.unwrap();
    two.test_app.app.execute_in_workspace(Some(&two.id), "runs", json!({})).await.unwrap();
    two.codat.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_switch_that_cannot_be_kept_changes_nothing() {
    let two = Two::start().await;
    let registry = two.test_app.folder.path().join("portal.db");
    let mut other = SqliteConnectOptions::new().filename(registry).connect().await.unwrap();
    let refuse = "CREATE TRIGGER refuse BEFORE UPDATE ON preferences BEGIN SELECT RAISE(ABORT, 'no'); END";
    sqlx::query(refuse).execute(&mut other).await.unwrap();
    let refused = two.test_app.call("switchWorkspace", json!({ "id": "sandbox" })).await.unwrap_err();
    assert_eq!(refused.code, Code::Database);
    assert_eq!(two.session().await["current"], two.id.as_str(), "the open one stays open");
    two.create(&two.id, "Still here").await.unwrap();
    assert_eq!(two.made("Still here").await, (0, 1));
    sqlx::query("DROP TRIGGER refuse").execute(&mut other).await.unwrap();
    two.switch_to("sandbox").await;
    assert_eq!(two.session().await["current"], "sandbox");
    other.close().await.unwrap();
    two.codat.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_name_and_a_new_safe_mode_given_at_once_are_both_kept() {
    let two = Two::start().await;
    for (round, mode) in (0..30).zip(["view", "operate", "administer"].into_iter().cycle()) {
        let name = format!("Name {round}");
        let update = json!({ "id": two.id, "name": name, "color": "blue", "inviteUrl": null });
        let (named, allowed) = tokio::join!(
            two.test_app.call("updateWorkspace", update),
            two.test_app.call("setSafeMode", json!({ "id": two.id, "mode": mode })),
        );
        named.unwrap();
        allowed.unwrap();
        let session = two.session().await;
        let workspaces = session["workspaces"].as_array().unwrap();
        let found = workspaces.iter().find(|workspace| workspace["id"] == two.id.as_str()).unwrap();
        assert_eq!((&found["name"], &found["safeMode"]), (&json!(name), &json!(mode)), "round {round}");
    }
    two.codat.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_workspace_leaves_no_file_behind() {
    let two = Two::start().await;
    two.test_app
        .eventually("its companies", async |test_app: &TestApp| {
            (!test_app.rows("").await.is_empty()).then_some(())
        })
        .await;
    let folder = two.test_app.folder.path().join("workspaces");
    for ending in ["db.backup-3-20261123T120000Z", "db.corrupt-20261123T120000Z-wal"] {
        std::fs::write(folder.join(format!("{}.{ending}", two.id)), "old").unwrap();
    }
    let removed = two.test_app.call("removeWorkspace", json!({ "id": two.id })).await.unwrap();
    assert_eq!(removed["session"]["current"], "sandbox");
    assert_eq!(removed["session"]["workspaces"].as_array().unwrap().len(), 1);
    assert_eq!(removed["keyLeft"], Value::Null, "its key was for the session alone");
    let names =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let left: Vec<_> = names.filter(|name| !name.starts_with("sandbox.")).collect();
    assert!(left.is_empty(), "{left:?}");
    two.codat.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_announced_in_one_workspace_does_not_go_to_another() {
    let two = Two::start().await;
    let [company, connection] = [(); 2].map(|()| "f9a1b2c3-0000-4000-8000-000000000000");
    let begin =
        json!({ "company": company, "connection": connection, "files": [{ "name": "a.pdf", "bytes": 4 }] });
    let begun = two.test_app.call("beginUploads", begin).await.unwrap();
    two.test_app.call("watchWorkspace", json!({ "id": two.id, "watched": false })).await.unwrap();
    two.switch_to("sandbox").await;
    let pieces = futures_util::stream::iter([Ok(bytes::Bytes::from_static(b"%PDF"))]);
    let refused = two.test_app.app.upload(begun["transfers"][0].as_u64().unwrap(), pieces).await.unwrap_err();
    assert_eq!(refused.code, Code::WorkspaceSwitched);
    let left = two.test_app.call("transfers", json!({ "id": company })).await.unwrap();
    assert_eq!(left[0]["state"], "failed", "it does not run for ever: {left}");
    two.codat.stop().await;
}
