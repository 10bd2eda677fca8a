//! Every workspace with a key is watched, whichever one the window shows.

use app::{Code, Event};
use serde_json::{Value, json};

use crate::{desk::Desk, two::Two};

/// Waits until the first sweep of the workspace that is shown has ended.
async fn is_swept(two: &Two) {
    two.desk
        .eventually("the first sweep", async |desk: &Desk| {
            let session = desk.call("session", json!({})).await.unwrap();
            session["health"]["firstSweepDone"].as_bool().filter(|done| *done)
        })
        .await;
}

async fn deauthorize(two: &Two, connection: &str) {
    two.at_codat("POST", &format!("/_sandbox/connections/{connection}/deauthorize"), json!({})).await;
}

/// The workspace at the stand-in, as the session has it.
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
    two.desk.app.refresh_all_workspaces().await.unwrap();
    two.desk
        .eventually("a notification", async |desk: &Desk| {
            (!desk.paper.notified.lock().unwrap().is_empty()).then_some(())
        })
        .await;
    let told = two.desk.paper.notified.lock().unwrap().clone();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].title.contains(&name) && told[0].title.ends_with("(Production)"), "{told:?}");
    assert_eq!(*two.desk.paper.concerned.lock().unwrap(), [Some(two.id.clone())]);
    two.desk
        .eventually("the tray", async |desk: &Desk| {
            let menu = format!("{:?}", desk.paper.trays.lock().unwrap().last()?);
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
    let Two { desk, codat, id } = two;
    let desk = desk.restarted().await;
    let two = Two { desk, codat, id };
    two.desk
        .eventually("the other workspace", async |_: &Desk| {
            // Its key was for one session, so it is open and says that it has none.
            (standing(&two).await["state"] == "refused").then_some(())
        })
        .await;
    let replace = json!({ "id": two.id, "key": crate::two::KEY, "sessionOnly": true });
    two.desk.call("replaceKey", replace).await.unwrap();
    assert_eq!(two.session().await["current"], "sandbox", "it is not shown for that");
    two.desk
        .eventually("its engine", async |_: &Desk| (standing(&two).await["state"] == "current").then_some(()))
        .await;
    two.codat.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_that_is_taken_out_of_watching_sends_nothing_until_it_is_shown() {
    let two = Two::start().await;
    is_swept(&two).await;
    two.desk.call("watchWorkspace", json!({ "id": two.id, "watched": false })).await.unwrap();
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
    two.desk.call("watchWorkspace", json!({ "id": two.id, "watched": true })).await.unwrap();
    two.desk
        .eventually("its engine", async |_: &Desk| (standing(&two).await["state"] == "current").then_some(()))
        .await;
    two.codat.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn windows_hear_of_the_workspace_that_they_show_alone() {
    let two = Two::start().await;
    is_swept(&two).await;
    two.switch_to("sandbox").await;
    two.desk.call("pause", json!({ "paused": true })).await.unwrap();
    let (company, _, _) = two.linked_at_codat().await;
    let mut events = two.desk.app.events();
    two.at_codat("PATCH", &format!("/companies/{company}"), json!({ "name": "Renamed elsewhere" })).await;
    two.desk.app.refresh_all_workspaces().await.unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    let mut heard = Vec::new();
    while let Ok(event) = events.try_recv() {
        heard.push(event);
    }
    let of_another = |event: &&Event| matches!(event, Event::Changed { .. } | Event::Company { .. });
    assert_eq!(heard.iter().filter(of_another).count(), 0, "{heard:?}");
    two.switch_to(&two.id).await;
    assert_eq!(two.desk.rows("\"renamed elsewhere\"").await.len(), 1, "it was read meanwhile");
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
    two.desk.app.answer_in(Some(&two.id), "copyLinkUrl", link).await.unwrap();
    assert!(two.desk.paper.clipboard.lock().unwrap().is_some());
    let refused = two.desk.app.answer_in(Some(&two.id), "company", json!({ "id": company })).await;
    assert_eq!(refused.unwrap_err().code, Code::WorkspaceSwitched, "the window shows another one");
    two.codat.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delete_that_waits_is_cancelled_by_a_switch_and_this_is_said() {
    let two = Two::start().await;
    is_swept(&two).await;
    two.desk.call("setSafeMode", json!({ "id": two.id, "mode": "administer" })).await.unwrap();
    let (company, name, _) = two.linked_at_codat().await;
    let mut events = two.desk.app.events();
    two.desk.call("deleteCompany", json!({ "id": company, "typedName": name })).await.unwrap();
    two.switch_to("sandbox").await;
    let said = Desk::event(&mut events, |event| matches!(event, Event::Notice { .. })).await;
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
        two.desk.app.open_link(link);
        two.desk.call("takeWanted", json!({})).await.unwrap()
    };
    let anywhere = wanted(&format!("portal-desktop://company/{company}")).await;
    assert_eq!(anywhere["elsewhere"], json!({ "workspace": two.id, "name": "Production" }));
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
    two.desk.call("pause", json!({ "paused": true })).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let paused = spent(&two.session().await);
    two.switch_to(&two.id).await;
    two.desk.sweeps(2).await;
    two.switch_to("sandbox").await;
    let after = spent(&two.session().await);
    assert!(paused >= before && after <= paused + 3, "{before} {paused} {after}");
    two.codat.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delete_that_waits_is_cancelled_by_a_quit_and_the_next_start_says_so_once() {
    let desk = Desk::with(app::Options {
        engine: Some(engine::Config { undo_secs: 60, ..engine::Config::default() }),
        ..app::Options::default()
    })
    .await;
    let row = desk.row("\"vale veterinary clinic\"").await;
    let delete = json!({ "id": row["id"], "typedName": row["name"] });
    desk.call("deleteCompany", delete).await.unwrap();
    let desk = desk.restarted().await;
    let notice = desk.call("session", json!({})).await.unwrap()["notices"][0].clone();
    assert_eq!(notice["id"], "cancelledDeletes");
    assert!(notice["message"].as_str().unwrap().contains("Vale Veterinary Clinic"), "{notice}");
    assert_eq!(desk.at_server("Vale Veterinary Clinic").await, 1);
    let desk = desk.restarted().await;
    assert_eq!(desk.call("session", json!({})).await.unwrap()["notices"], json!([]));
}
