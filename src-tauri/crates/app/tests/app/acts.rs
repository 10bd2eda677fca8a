//! Creating, renaming, refreshing, deleting: with and without faults.

use app::{Code, Event};
use serde_json::json;

use crate::desk::Desk;

fn new(name: &str) -> serde_json::Value {
    json!({ "name": name, "description": null, "tags": [["region", "uk"]] })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_company_is_at_the_server_and_in_the_list_with_its_link_url() {
    let desk = Desk::start().await;
    let made = desk.call("createCompany", new("Quiet Harbour (Ltd)")).await.unwrap();
    assert_eq!(made["company"]["name"], "Quiet Harbour Ltd", "Codat strips the brackets");
    assert_eq!(made["company"]["tags"], json!([["region", "uk"]]));
    assert!(made["linkUrl"].as_str().unwrap().starts_with(&desk.sandbox().0));
    assert_eq!(desk.row("\"quiet harbour ltd\"").await["id"], made["company"]["id"]);
    assert_eq!(desk.at_server("Quiet Harbour Ltd").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_got_lost_makes_no_second_company() {
    let desk = Desk::start().await;
    for (name, fault) in [
        ("Dropped Anchor", json!({ "method": "POST", "route": "/companies", "drop": true, "times": 1 })),
        ("Lost Anchor", json!({ "method": "POST", "route": "/companies", "lost": true, "times": 1 })),
        ("Cut Anchor", json!({ "method": "POST", "route": "/companies", "cut": 20, "times": 1 })),
        ("Failed Anchor", json!({ "method": "POST", "route": "/companies", "status": 500, "times": 1 })),
        ("Conflicted Anchor", json!({ "method": "POST", "route": "/companies", "status": 409, "times": 1 })),
        (
            "Limited Anchor",
            json!({ "method": "POST", "route": "/companies", "status": 429, "retryAfter": 1, "times": 1 }),
        ),
    ] {
        desk.fault(fault).await;
        let made = desk.call("createCompany", new(name)).await.unwrap();
        assert_eq!(made["company"]["name"], name);
        assert_eq!(desk.at_server(name).await, 1, "{name}");
        desk.no_faults().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_are_told_in_their_own_words_and_nothing_changes() {
    let desk = Desk::start().await;
    let bakery = desk.row("\"harbour lane bakery\"").await;
    for (status, code) in [
        (400, Code::Refused),
        (402, Code::PlanLimit),
        (403, Code::KeyRefused),
        (404, Code::NotFound),
        (422, Code::Refused),
        (302, Code::Refused),
    ] {
        desk.fault(json!({ "method": "PATCH", "status": status })).await;
        let error =
            desk.call("renameCompany", json!({ "id": bakery["id"], "name": "New" })).await.unwrap_err();
        assert_eq!(error.code, code, "{status}: {error}");
        assert!(error.detail.is_some(), "{status}: there is something to quote");
        desk.no_faults().await;
    }
    for fault in [json!({ "html": true }), json!({ "malformed": true })] {
        let mut fault = fault;
        fault["method"] = json!("PATCH");
        desk.fault(fault).await;
        let error =
            desk.call("renameCompany", json!({ "id": bakery["id"], "name": "New" })).await.unwrap_err();
        assert_eq!(error.code, Code::Unreadable, "{error}");
        desk.no_faults().await;
        desk.call("renameCompany", json!({ "id": bakery["id"], "name": "Harbour Lane Bakery" }))
            .await
            .unwrap();
    }
    assert_eq!(desk.row("\"harbour lane bakery\"").await["name"], "Harbour Lane Bakery");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_was_changed_in_another_window_is_not_overwritten_unseen() {
    let desk = Desk::start().await;
    let bakery = desk.row("\"harbour lane bakery\"").await;
    let rename = |was: &str, name: &str| json!({ "id": bakery["id"], "was": was, "name": name });
    desk.call("renameCompany", rename("Harbour Lane Bakery", "First")).await.unwrap();
    let error = desk.call("renameCompany", rename("Harbour Lane Bakery", "Second")).await.unwrap_err();
    assert_eq!(error.code, Code::Conflict, "{error}");
    assert!(error.message.contains("“First”"), "{error}");
    assert_eq!(desk.call("company", json!({ "id": bakery["id"] })).await.unwrap()["name"], "First");
    let row = desk.call("renameCompany", rename("First", "Second")).await.unwrap();
    assert_eq!(row["name"], "Second", "seen, it may be changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_names_are_answered_in_plain_words() {
    let desk = Desk::start().await;
    let code = async |name: &str| desk.call("createCompany", new(name)).await.map_err(|error| error.code);
    assert_eq!(code("").await.unwrap_err(), Code::NameEmpty);
    assert_eq!(code("()[]{}<>").await.unwrap_err(), Code::NameEmpty);
    assert_eq!(code(&"x".repeat(10_000)).await.unwrap_err(), Code::NameTooLong);
    for name in
        ["<b>Bold</b> & Co", "شركة البحر", "Bakery 🥐 & Sons", "null\u{0}byte", "O'Neil, Smith & Co. !?"]
    {
        let made = code(name).await.unwrap();
        assert_eq!(made["company"]["name"], codat::model::kept_name(name).trim(), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delete_waits_can_be_undone_and_then_is_done() {
    let desk = Desk::start().await;
    let made = desk.call("createCompany", new("Short Lived")).await.unwrap();
    let id = made["company"]["id"].clone();
    let wrong = desk.call("deleteCompany", json!({ "id": id, "typedName": "Something" })).await.unwrap_err();
    assert_eq!(wrong.code, Code::NameMismatch);

    desk.call("deleteCompany", json!({ "id": id, "typedName": "Short Lived" })).await.unwrap();
    let session = desk.call("session", json!({})).await.unwrap();
    assert_eq!(session["pendingDeletes"][0]["name"], "Short Lived");
    let undone = desk.call("undoDelete", json!({ "id": id })).await.unwrap();
    assert_eq!(undone["undone"], true);
    assert_eq!(desk.at_server("Short Lived").await, 1);

    let mut events = desk.app.events();
    desk.call("deleteCompany", json!({ "id": id, "typedName": "Short Lived" })).await.unwrap();
    Desk::event(&mut events, |event| matches!(event, Event::Deleted { .. })).await;
    assert_eq!(desk.at_server("Short Lived").await, 0);
    assert!(desk.rows("\"short lived\"").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn quitting_cancels_a_delete_that_still_waits() {
    let patient = engine::Config { undo_secs: 600, ..engine::Config::default() };
    let desk = Desk::with(app::Options { engine: Some(patient), ..app::Options::default() }).await;
    let bakery = desk.row("\"harbour lane bakery\"").await;
    let delete = json!({ "id": bakery["id"], "typedName": "Harbour Lane Bakery" });
    desk.call("deleteCompany", delete).await.unwrap();
    let desk = desk.restarted().await;
    let session = desk.call("session", json!({})).await.unwrap();
    assert_eq!(session["pendingDeletes"], json!([]));
    assert_eq!(desk.at_server("Harbour Lane Bakery").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delete_that_fails_is_told_and_the_company_stays() {
    let desk = Desk::start().await;
    let bakery = desk.row("\"harbour lane bakery\"").await;
    desk.fault(json!({ "method": "DELETE", "status": 403 })).await;
    let mut events = desk.app.events();
    desk.call("deleteCompany", json!({ "id": bakery["id"], "typedName": "Harbour Lane Bakery" }))
        .await
        .unwrap();
    Desk::event(&mut events, |event| matches!(event, Event::DeleteFailed { .. })).await;
    assert_eq!(desk.row("\"harbour lane bakery\"").await["id"], bakery["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_runs_its_reads_and_the_last_read_moves() {
    let desk = Desk::start().await;
    let before = desk.row("\"northwind traders\"").await;
    desk.call("refreshData", json!({ "id": before["id"] })).await.unwrap();
    desk.eventually("a newer last read", async |desk: &Desk| {
        let now = desk.row("\"northwind traders\"").await;
        (now["lastRead"].as_i64() > before["lastRead"].as_i64()).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn safe_mode_is_enforced_below_the_interface() {
    let desk = Desk::start().await;
    let bakery = desk.row("\"harbour lane bakery\"").await;
    let delete = json!({ "id": bakery["id"], "typedName": "Harbour Lane Bakery" });
    let set =
        async |mode: &str| desk.call("setSafeMode", json!({ "id": "sandbox", "mode": mode })).await.unwrap();
    set("view").await;
    assert_eq!(desk.call("createCompany", new("No")).await.unwrap_err().code, Code::SafeMode);
    desk.call("copyLinkUrl", json!({ "company": bakery["id"] })).await.unwrap();
    set("operate").await;
    desk.call("createCompany", new("Yes")).await.unwrap();
    assert_eq!(desk.call("deleteCompany", delete.clone()).await.unwrap_err().code, Code::SafeMode);
    set("administer").await;
    desk.call("deleteCompany", delete).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_commands_and_arguments_are_errors_and_nothing_more() {
    let desk = Desk::start().await;
    let code = async |name: &str, args| desk.call(name, args).await.unwrap_err().code;
    assert_eq!(code("format", json!({})).await, Code::UnknownCommand);
    assert_eq!(code("renameCompany", json!({ "id": 7 })).await, Code::BadArguments);
    assert_eq!(code("refreshData", json!({ "id": "../../etc" })).await, Code::BadArguments);
    assert_eq!(code("companies", json!(7)).await, Code::BadArguments);
}
