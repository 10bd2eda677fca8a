//! Every workspace with a key is watched, also those that the window does not show.

use app::{Code, Event};
use serde_json::{Value, json};

use crate::{test_app::TestApp, two::Two};

/// Waits until the first sweep of the shown workspace has ended.
async fn is_swept(two: &Two) {
    two.test_app
        .eventually("the first sweep", async |test_app: &TestApp| {
            let session = test_app.call("session", json!({})).await.unwrap();
            session["health"]["firstSweepDone"].as_bool().filter(|done| *done)
        })
        .await;
}

async fn deauthorize(two: &Two, connection: &str) {
    two.at_codat("POST", &format!("/_sandbox/connections/{connection}/deauthorize"), json!({})).await;
}

/// The state of the workspace at Codat, from the session.
async fn standing(two: &Two) -> Value {
    let session = two.session().await;
    let found = session["workspaces"].as_array().unwrap().iter().find(|it| it["id"] == two.id.as_str());
    found.unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_in_a_workspace_that_is_not_shown_is_told_with_its_name() {
    let two = Two::start().await;
    is_swept(&two).await;
    let (_, name, connection) = two.linked_at_codat().await;
    two.switch_to("sandbox").await;
    deauthorize(&two, &connection).await;
    two.test_app.app.refresh_all_workspaces().await.unwrap();
    two.test_app
        .eventually("a notification", async |test_app: &TestApp| {
            (!test_app.desktop.notified.lock().unwrap().is_empty()).then_some(())
        })
        .await;
    let told = two.test_app.desktop.notified.lock().unwrap().clone();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].title.contains(&name) && told[0].title.ends_with("(Production)"), "{told:?}");
    assert_eq!(*two.test_app.desktop.notified_workspaces.lock().unwrap(), [Some(two.id.clone())]);
    two.test_app
        .eventually("the tray", async |test_app: &TestApp| {
            let menu = format!("{:?}", test_app.desktop.trays.lock().unwrap().last()?);
            (menu.contains(&format!("Production: {name}")) && menu.contains("Sandbox: ")).then_some(())
        })
        .await;
    assert_eq!(standing(&two).await["state"], "current");
    two.codat.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_workspace_is_watched_after_a_restart_too() {
    let two = Two::start().await;
    is_swept(&two).await;
    two.switch_to("sandbox").await;
    let Two { test_app, codat, id } = two;
    let test_app = test_app.restarted().await;
    let two = Two { test_app, codat, id };
    two.test_app
        .eventually("the other workspace", async |_: &TestApp| {
            // Its key was for one session, so the workspace is open without a key.
            (standing(&two).await["state"] == "refused").then_some(())
        })
        .await;
    let replace = json!({ "id": two.id, "key": crate::two::KEY, "sessionOnly": true });
    two.test_app.call("replaceKey", replace).await.unwrap();
    assert_eq!(two.session().await["current"], "sandbox", "it is not shown for that");
    two.test_app
        .eventually("its engine", async |_: &TestApp| {
            (standing(&two).await["state"] == "current").then_some(())
        })
        .await;
    two.codat.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_that_is_taken_out_of_watching_sends_nothing_until_it_is_shown() {
    let two = Two::start().await;
    is_swept(&two).await;
    two.test_app.call("watchWorkspace", json!({ "id": two.id, "watched": false })).await.unwrap();
    is_swept(&two).await;
    two.switch_to("sandbox").await;
    let asked = async || {
        let log = two.at_codat("GET", "/_sandbox/requests?limit=1", json!({})).await;
        log["results"][0]["number"].as_u64()
    };
    assert_eq!(standing(&two).await["state"], Value::Null, "it is closed");
    let before = asked().await;
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    assert_eq!(asked().await, before, "nothing came");
    two.test_app.call("watchWorkspace", json!({ "id": two.id, "watched": true })).await.unwrap();
    two.test_app
        .eventually("its engine", async |_: &TestApp| {
            (standing(&two).await["state"] == "current").then_some(())
        })
        .await;
    two.codat.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn windows_hear_of_the_workspace_that_they_show_alone() {
    let two = Two::start().await;
    is_swept(&two).await;
    two.switch_to("sandbox").await;
    two.test_app.call("pause", json!({ "paused": true })).await.unwrap();
    let (company, _, _) = two.linked_at_codat().await;
    let mut events = two.test_app.app.events();
    two.at_codat("PATCH", &format!("/companies/{company}"), json!({ "name": "Renamed elsewhere" })).await;
    two.test_app.app.refresh_all_workspaces().await.unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    let mut heard = Vec::new();
    while let Ok(event) = events.try_recv() {
        heard.push(event);
    }
    let of_another = |event: &&Event| matches!(event, Event::Changed { .. } | Event::Company { .. });
    assert_eq!(heard.iter().filter(of_another).count(), 0, "{heard:?}");
    two.switch_to(&two.id).await;
    assert_eq!(two.test_app.rows("\"renamed elsewhere\"").await.len(), 1, "it was read meanwhile");
    two.codat.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_names_an_open_workspace_is_carried_out_there_and_a_query_is_not() {
    let two = Two::start().await;
    is_swept(&two).await;
    let (company, _, _) = two.linked_at_codat().await;
    two.switch_to("sandbox").await;
    two.create(&two.id, "From the tray").await.unwrap();
    assert_eq!(two.made("From the tray").await, (0, 1));
    let link = json!({ "company": company });
    two.test_app.app.execute_in_workspace(Some(&two.id), "copyLinkUrl", link).await.unwrap();
    assert!(two.test_app.desktop.clipboard.lock().unwrap().is_some());
    let refused =
        two.test_app.app.execute_in_workspace(Some(&two.id), "company", json!({ "id": company })).await;
    assert_eq!(refused.unwrap_err().code, Code::WorkspaceSwitched, "the window shows another one");
    two.codat.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delete_that_waits_is_cancelled_by_a_switch_and_this_is_said() {
    let two = Two::start().await;
    is_swept(&two).await;
    two.test_app.call("setSafeMode", json!({ "id": two.id, "mode": "administer" })).await.unwrap();
    let (company, name, _) = two.linked_at_codat().await;
    let mut events = two.test_app.app.events();
    two.test_app.call("deleteCompany", json!({ "id": company, "typedName": name })).await.unwrap();
    two.switch_to("sandbox").await;
    let said = TestApp::event(&mut events, |event| matches!(event, Event::Notice { .. })).await;
    assert!(format!("{said:?}").contains(&name), "{said:?}");
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    two.at_codat("GET", &format!("/companies/{company}"), json!({})).await;
    two.codat.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_to_a_company_of_another_workspace_says_which() {
    let two = Two::start().await;
    is_swept(&two).await;
    let (company, _, _) = two.linked_at_codat().await;
    two.switch_to("sandbox").await;
    let wanted = async |link: &str| {
        two.test_app.app.open_link(link);
        two.test_app.call("takeWanted", json!({})).await.unwrap()
    };
    let anywhere = wanted(&format!("portal-desktop://company/{company}")).await;
    assert_eq!(anywhere["elsewhere"], json!({ "workspace": two.id, "name": "Production" }));
    let found = two.test_app.call("findCompany", json!({ "id": company })).await.unwrap();
    assert_eq!(found, anywhere["elsewhere"], "a page can find it, too");
    let named = wanted(&format!("portal-desktop://workspace/{}/company/{company}", two.id)).await;
    assert_eq!((&named["workspace"], &named["elsewhere"]), (&json!(two.id), &Value::Null));
    let unknown = wanted(&format!("portal-desktop://workspace/gone/company/{company}")).await;
    assert_eq!((&unknown["company"], unknown["message"].is_string()), (&Value::Null, true));
    two.switch_to(&two.id).await;
    let here = wanted(&format!("portal-desktop://workspace/{}/company/{company}", two.id)).await;
    assert_eq!((&here["workspace"], &here["company"]), (&Value::Null, &json!(company)));
    two.codat.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_workspace_has_a_quota_of_its_own() {
    let two = Two::start().await;
    is_swept(&two).await;
    two.switch_to("sandbox").await;
    let spent = |session: &Value| session["health"]["spentToday"].as_u64().unwrap();
    let before = spent(&two.session().await);
    two.test_app.call("pause", json!({ "paused": true })).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let paused = spent(&two.session().await);
    two.switch_to(&two.id).await;
    two.test_app.sweeps(2).await;
    two.switch_to("sandbox").await;
    let after = spent(&two.session().await);
    assert!(paused >= before && after <= paused + 3, "{before} {paused} {after}");
    two.codat.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delete_that_waits_is_cancelled_by_a_quit_and_the_next_start_says_so_once() {
    let test_app = TestApp::with(app::Options {
        engine: Some(engine::Config { undo_secs: 60, ..engine::Config::default() }),
        ..app::Options::default()
    })
    .await;
    let row = test_app.row("\"vale veterinary clinic\"").await;
    let delete = json!({ "id": row["id"], "typedName": row["name"] });
    test_app.call("deleteCompany", delete).await.unwrap();
    let test_app = test_app.restarted().await;
    let notice = test_app.call("session", json!({})).await.unwrap()["notices"][0].clone();
    assert_eq!(notice["id"], "cancelledDeletes");
    assert!(notice["message"].as_str().unwrap().contains("Vale Veterinary Clinic"), "{notice}");
    assert_eq!(test_app.at_server("Vale Veterinary Clinic").await, 1);
    let test_app = test_app.restarted().await;
    assert_eq!(test_app.call("session", json!({})).await.unwrap()["notices"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_for_an_hour_ends_alone_also_after_a_restart() {
    let test_app = TestApp::start().await;
    let state = async |test_app: &TestApp| {
        test_app.call("session", json!({})).await.unwrap()["health"]["state"].as_str().unwrap().to_owned()
    };
    test_app.call("pause", json!({ "paused": true, "end": "hour" })).await.unwrap();
    assert_eq!(state(&test_app).await, "paused");
    let test_app = test_app.restarted().await;
    assert_eq!(state(&test_app).await, "paused");
    test_app.sandbox_call("POST", "/_sandbox/clock", json!({ "advance": "61m" })).await;
    test_app
        .eventually("the end of the pause", async |it: &TestApp| (state(it).await != "paused").then_some(()))
        .await;
}
