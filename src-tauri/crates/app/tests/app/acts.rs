//! Creates, renames, refreshes and deletes companies, with and without faults.

use app::{Code, Event};
use serde_json::json;

use crate::test_app::TestApp;

fn new(name: &str) -> serde_json::Value {
    json!({ "name": name, "description": null, "tags": [["region", "uk"]] })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_company_is_at_the_server_and_in_the_list_with_its_link_url() {
    let test_app = TestApp::start().await;
    let made = test_app.call("createCompany", new("Quiet Harbour (Ltd)")).await.unwrap();
    assert_eq!(made["company"]["name"], "Quiet Harbour Ltd", "Codat strips the brackets");
    assert_eq!(made["company"]["tags"], json!([["region", "uk"]]));
    assert!(made["linkUrl"].as_str().unwrap().starts_with(&test_app.sandbox().0));
    assert_eq!(test_app.row("\"quiet harbour ltd\"").await["id"], made["company"]["id"]);
    assert_eq!(test_app.at_server("Quiet Harbour Ltd").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_got_lost_makes_no_second_company() {
    let test_app = TestApp::start().await;
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
        test_app.fault(fault).await;
        let made = test_app.call("createCompany", new(name)).await.unwrap();
        assert_eq!(made["company"]["name"], name);
        assert_eq!(test_app.at_server(name).await, 1, "{name}");
        test_app.no_faults().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_are_told_in_their_own_words_and_nothing_changes() {
    let test_app = TestApp::start().await;
    let bakery = test_app.row("\"harbour lane bakery\"").await;
    for (status, code) in [
        (400, Code::Refused),
        (402, Code::PlanLimit),
        (403, Code::KeyRefused),
        (404, Code::NotFound),
        (422, Code::Refused),
        (302, Code::Unreadable),
    ] {
        test_app.fault(json!({ "method": "PATCH", "status": status })).await;
        let error =
            test_app.call("renameCompany", json!({ "id": bakery["id"], "name": "New" })).await.unwrap_err();
        assert_eq!(error.code, code, "{status}: {error}");
        assert!(error.detail.is_some(), "{status}: there is something to quote");
        test_app.no_faults().await;
    }
    for fault in [json!({ "html": true }), json!({ "malformed": true })] {
        let mut fault = fault;
        fault["method"] = json!("PATCH");
        test_app.fault(fault).await;
        let error =
            test_app.call("renameCompany", json!({ "id": bakery["id"], "name": "New" })).await.unwrap_err();
        assert_eq!(error.code, Code::Unreadable, "{error}");
        test_app.no_faults().await;
        test_app
            .call("renameCompany", json!({ "id": bakery["id"], "name": "Harbour Lane Bakery" }))
            .await
            .unwrap();
    }
    assert_eq!(test_app.row("\"harbour lane bakery\"").await["name"], "Harbour Lane Bakery");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_was_changed_in_another_window_is_not_overwritten_unseen() {
    let test_app = TestApp::start().await;
    let bakery = test_app.row("\"harbour lane bakery\"").await;
    let rename = |was: &str, name: &str| json!({ "id": bakery["id"], "was": was, "name": name });
    test_app.call("renameCompany", rename("Harbour Lane Bakery", "First")).await.unwrap();
    let error = test_app.call("renameCompany", rename("Harbour Lane Bakery", "Second")).await.unwrap_err();
    assert_eq!(error.code, Code::Conflict, "{error}");
    assert!(error.message.contains("“First”"), "{error}");
    assert_eq!(test_app.call("company", json!({ "id": bakery["id"] })).await.unwrap()["name"], "First");
    let row = test_app.call("renameCompany", rename("First", "Second")).await.unwrap();
    assert_eq!(row["name"], "Second", "seen, it may be changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_names_are_answered_in_plain_words() {
    let test_app = TestApp::start().await;
    let code = async |name: &str| test_app.call("createCompany", new(name)).await.map_err(|error| error.code);
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
    let test_app = TestApp::start().await;
    let made = test_app.call("createCompany", new("Short Lived")).await.unwrap();
    let id = made["company"]["id"].clone();
    let wrong =
        test_app.call("deleteCompany", json!({ "id": id, "typedName": "Something" })).await.unwrap_err();
    assert_eq!(wrong.code, Code::NameMismatch);

    test_app.call("deleteCompany", json!({ "id": id, "typedName": "Short Lived" })).await.unwrap();
    let session = test_app.call("session", json!({})).await.unwrap();
    assert_eq!(session["pendingDeletes"][0]["name"], "Short Lived");
    let undone = test_app.call("undoDelete", json!({ "id": id })).await.unwrap();
    assert_eq!(undone["undone"], true);
    assert_eq!(test_app.at_server("Short Lived").await, 1);

    let mut events = test_app.app.events();
    test_app.call("deleteCompany", json!({ "id": id, "typedName": "Short Lived" })).await.unwrap();
    TestApp::event(&mut events, |event| matches!(event, Event::Deleted { .. })).await;
    assert_eq!(test_app.at_server("Short Lived").await, 0);
    assert!(test_app.rows("\"short lived\"").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn quitting_cancels_a_delete_that_still_waits() {
    let patient = engine::Config { undo_secs: 600, ..engine::Config::default() };
    let test_app = TestApp::with(app::Options { engine: Some(patient), ..app::Options::default() }).await;
    let bakery = test_app.row("\"harbour lane bakery\"").await;
    let delete = json!({ "id": bakery["id"], "typedName": "Harbour Lane Bakery" });
    test_app.call("deleteCompany", delete).await.unwrap();
    let test_app = test_app.restarted().await;
    let session = test_app.call("session", json!({})).await.unwrap();
    assert_eq!(session["pendingDeletes"], json!([]));
    assert_eq!(test_app.at_server("Harbour Lane Bakery").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delete_that_fails_is_told_and_the_company_stays() {
    let test_app = TestApp::start().await;
    let bakery = test_app.row("\"harbour lane bakery\"").await;
    test_app.fault(json!({ "method": "DELETE", "status": 403 })).await;
    let mut events = test_app.app.events();
    test_app
        .call("deleteCompany", json!({ "id": bakery["id"], "typedName": "Harbour Lane Bakery" }))
        .await
        .unwrap();
    TestApp::event(&mut events, |event| matches!(event, Event::DeleteFailed { .. })).await;
    assert_eq!(test_app.row("\"harbour lane bakery\"").await["id"], bakery["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_runs_its_reads_and_the_last_read_moves() {
    let test_app = TestApp::start().await;
    let before = test_app.row("\"northwind traders\"").await;
    test_app.call("refreshData", json!({ "id": before["id"] })).await.unwrap();
    test_app
        .eventually("a newer last read", async |test_app: &TestApp| {
            let now = test_app.row("\"northwind traders\"").await;
            (now["lastRead"].as_i64() > before["lastRead"].as_i64()).then_some(())
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_double_click_on_refresh_is_one_request_and_one_entry_of_the_activity() {
    let test_app = TestApp::start().await;
    let row = test_app.row("\"northwind traders\"").await;
    let refresh =
        async || test_app.call("refreshData", json!({ "id": row["id"] })).await.unwrap()["queued"].clone();
    assert_eq!((refresh().await, refresh().await), (json!(true), json!(false)));
    let own = json!({ "id": row["id"], "kinds": ["own"], "before": null });
    let own = test_app.call("activity", own).await.unwrap();
    assert_eq!(own.as_array().unwrap().len(), 1, "{own}");
}

#[tokio::test(flavor = "multi_thread")]
async fn safe_mode_is_enforced_below_the_interface() {
    let test_app = TestApp::start().await;
    let bakery = test_app.row("\"harbour lane bakery\"").await;
    let delete = json!({ "id": bakery["id"], "typedName": "Harbour Lane Bakery" });
    let set = async |mode: &str| {
        test_app.call("setSafeMode", json!({ "id": "sandbox", "mode": mode })).await.unwrap()
    };
    set("view").await;
    assert_eq!(test_app.call("createCompany", new("No")).await.unwrap_err().code, Code::SafeMode);
    test_app.call("copyLinkUrl", json!({ "company": bakery["id"] })).await.unwrap();
    set("operate").await;
    test_app.call("createCompany", new("Yes")).await.unwrap();
    assert_eq!(test_app.call("deleteCompany", delete.clone()).await.unwrap_err().code, Code::SafeMode);
    set("administer").await;
    test_app.call("deleteCompany", delete).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn in_view_runs_schedules_and_deletes_are_held_undo_is_allowed_and_all_goes_on_afterwards() {
    let patient = engine::Config { undo_secs: 2, sweep_floor_secs: 1, ..engine::Config::default() };
    let test_app = TestApp::with(app::Options { engine: Some(patient), ..app::Options::default() }).await;
    let set = async |mode: &str| {
        test_app.call("setSafeMode", json!({ "id": "sandbox", "mode": mode })).await.unwrap()
    };
    let bakery = test_app.row("\"harbour lane bakery\"").await;
    let [first, second] = ["Held One", "Held Two"].map(new);
    let first = test_app.call("createCompany", first).await.unwrap()["company"]["id"].clone();
    let second = test_app.call("createCompany", second).await.unwrap()["company"]["id"].clone();
    test_app.fault(json!({ "method": "POST", "route": "/companies", "delayMs": 300 })).await;
    let selection = json!({ "companies": [], "search": "is:green", "except": [] });
    let run =
        test_app.call("refreshMany", json!({ "selection": selection, "dataType": null })).await.unwrap();
    for (id, name) in [(&first, "Held One"), (&second, "Held Two")] {
        test_app.call("deleteCompany", json!({ "id": id, "typedName": name })).await.unwrap();
    }
    let before = test_app.last_request().await;
    test_app
        .eventually("the run's first requests", async |test_app: &TestApp| {
            (!test_app.writes_after(before).await.is_empty()).then_some(())
        })
        .await;

    set("view").await;
    let plan = json!({
        "target": { "kind": "companies", "ids": [bakery["id"]] }, "dataTypes": ["invoices"],
        "timing": { "kind": "every", "hours": 1 }, "zone": "UTC", "blackouts": [], "spreadMinutes": 0,
    });
    let save = json!({ "id": null, "name": "Hourly", "on": true, "plan": plan });
    assert_eq!(test_app.call("saveSchedule", save).await.unwrap_err().code, Code::SafeMode);
    // Requests that were in flight when the key was refused end before two more sweeps do.
    test_app.sweeps(2).await;
    let then = test_app.last_request().await;
    test_app.sweeps(3).await;
    assert_eq!(test_app.writes_after(then).await, Vec::<String>::new());
    let runs = test_app.call("runs", json!({})).await.unwrap();
    assert_eq!((&runs[0]["id"], &runs[0]["isHeld"]), (&run["run"], &json!(true)), "{runs}");
    let session = test_app.call("session", json!({})).await.unwrap();
    assert!(session["pendingDeletes"].as_array().unwrap().iter().all(|it| it["isHeld"] == true), "{session}");
    let undone = test_app.call("undoDelete", json!({ "id": first })).await.unwrap();
    assert_eq!(undone["undone"], true);

    test_app.no_faults().await;
    let mut events = test_app.app.events();
    set("administer").await;
    TestApp::event(&mut events, |event| matches!(event, Event::Deleted { .. })).await;
    assert_eq!((test_app.at_server("Held One").await, test_app.at_server("Held Two").await), (1, 0));
    test_app
        .eventually("the end of the run's requests", async |test_app: &TestApp| {
            let runs = test_app.call("runs", json!({})).await.unwrap();
            (runs[0]["counts"]["waiting"] == 0 && runs[0]["counts"]["sent"] == 0).then_some(())
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_namesake_is_not_told_as_the_company_just_created() {
    let test_app = TestApp::start().await;
    let first = test_app.call("createCompany", new("Twin")).await.unwrap();
    test_app.fault(json!({ "method": "POST", "route": "/companies", "status": 500, "times": 1 })).await;
    let second = test_app.call("createCompany", new("Twin")).await.unwrap();
    assert_ne!(first["company"]["id"], second["company"]["id"]);
    assert_eq!(test_app.at_server("Twin").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_company_with_nothing_linked_nothing_is_asked_for() {
    let test_app = TestApp::start().await;
    let made = test_app.call("createCompany", new("Nothing Linked")).await.unwrap();
    let id = &made["company"]["id"];
    let before = test_app.last_request().await;
    let error = test_app.call("refreshData", json!({ "id": id })).await.unwrap_err();
    assert_eq!(error.code, Code::NothingLinked);
    let one = json!({ "company": id, "dataType": "invoices", "connection": null });
    assert_eq!(test_app.call("refreshType", one).await.unwrap_err().code, Code::NothingLinked);
    assert_eq!(test_app.writes_after(before).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn background_work_stays_paused_over_a_switch_and_a_restart() {
    let test_app = TestApp::start().await;
    test_app.call("pause", json!({ "paused": true })).await.unwrap();
    let state = async |test_app: &TestApp| {
        test_app.call("session", json!({})).await.unwrap()["health"]["state"].clone()
    };
    test_app.call("switchWorkspace", json!({ "id": "sandbox" })).await.unwrap();
    assert_eq!(state(&test_app).await, "paused");
    let test_app = test_app.restarted().await;
    test_app
        .eventually("paused", async |test_app: &TestApp| (state(test_app).await == "paused").then_some(()))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_commands_and_arguments_are_errors_and_nothing_more() {
    let test_app = TestApp::start().await;
    let code = async |name: &str, args| test_app.call(name, args).await.unwrap_err().code;
    assert_eq!(code("format", json!({})).await, Code::UnknownCommand);
    assert_eq!(code("renameCompany", json!({ "id": 7 })).await, Code::BadArguments);
    assert_eq!(code("refreshData", json!({ "id": "../../etc" })).await, Code::BadArguments);
    assert_eq!(code("companies", json!(7)).await, Code::BadArguments);
}
