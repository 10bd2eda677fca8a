//! Preferences are saved, in whatever order the calls arrive.

use std::{sync::Arc, time::Duration};

use app::Code;
use serde_json::{Value, json};

use tokio::{sync::Notify, time::timeout};

use crate::test_app::TestApp;

fn chosen(page: &str, at: u32, chosen: &Value) -> Value {
    json!({ "turn": { "page": page, "at": at }, "chosen": chosen })
}

async fn kept(test_app: &TestApp) -> Value {
    test_app.call("session", json!({})).await.unwrap()["preferences"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_choice_that_a_later_one_has_overtaken_undoes_nothing() {
    let test_app = TestApp::start().await;
    let both = json!({ "quotaShare": 8, "density": "compact" });
    test_app.call("setPreferences", chosen("a", 2, &both)).await.unwrap();
    test_app.call("setPreferences", chosen("a", 1, &json!({ "quotaShare": 7 }))).await.unwrap();
    assert_eq!(kept(&test_app).await["quotaShare"], 8);
    test_app.call("setPreferences", chosen("b", 1, &json!({ "theme": "dark" }))).await.unwrap();
    let now = kept(&test_app).await;
    assert_eq!(now["theme"], "dark", "another page counts for itself");
    assert_eq!((&now["quotaShare"], &now["density"]), (&json!(8), &json!("compact")), "and leaves the rest");
}

#[tokio::test(flavor = "multi_thread")]
async fn choices_outlive_the_app_and_keep_what_only_the_app_knows() {
    let test_app = TestApp::start().await;
    test_app.app.notify_still_running().await;
    let sort = json!({ "sort": { "column": "created", "descending": true }, "quotaShare": 99 });
    test_app.call("setPreferences", chosen("a", 1, &sort)).await.unwrap();
    let wrong = test_app.call("setPreferences", chosen("a", 2, &json!({ "theme": "purple" }))).await;
    assert_eq!(wrong.unwrap_err().code, Code::BadArguments);
    let test_app = test_app.restarted().await;
    let now = kept(&test_app).await;
    assert_eq!(now["sort"]["column"], "created");
    assert_eq!(now["quotaShare"], 50, "within its bounds");
    assert_eq!(now["toldAboutTray"], true, "a page cannot unsay it");
}

/// The maximum duration of a call that waits for nothing. Far above the usual one.
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn while_a_notification_hangs_the_app_answers_and_says_again_later_that_it_stays() {
    let test_app = TestApp::start().await;
    let hanging = Arc::new(Notify::new());
    *test_app.desktop.hanging.lock().unwrap() = Some(hanging.clone());
    let app = test_app.app.clone();
    let saying = tokio::spawn(async move { app.notify_still_running().await });
    let said = async |test_app: &TestApp, times: usize| {
        test_app
            .eventually("that it stays", async |test_app: &TestApp| {
                (test_app.desktop.notified.lock().unwrap().len() == times).then_some(())
            })
            .await;
    };
    said(&test_app, 1).await;

    timeout(PATIENCE, kept(&test_app)).await.expect("a session");
    let dark = test_app.call("setPreferences", chosen("a", 1, &json!({ "theme": "dark" })));
    timeout(PATIENCE, dark).await.expect("an answer").unwrap();
    timeout(PATIENCE, test_app.app.notify_still_running()).await.expect("it is being said already");
    assert_eq!(test_app.desktop.notified.lock().unwrap().len(), 1);

    hanging.notify_one();
    saying.await.unwrap();
    *test_app.desktop.hanging.lock().unwrap() = None;
    assert_eq!(kept(&test_app).await["theme"], "dark", "what was chosen meanwhile stays");
    test_app.app.notify_still_running().await;
    said(&test_app, 2).await;
    test_app.app.notify_still_running().await;
    assert_eq!(test_app.desktop.notified.lock().unwrap().len(), 2, "the notification is shown only once");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_size_of_the_page_is_given_to_the_window_at_once_and_at_the_next_start() {
    let test_app = TestApp::start().await;
    assert_eq!(*test_app.desktop.zoom.lock().unwrap(), Some(100));
    test_app.call("setPreferences", chosen("a", 1, &json!({ "zoom": 125 }))).await.unwrap();
    assert_eq!(*test_app.desktop.zoom.lock().unwrap(), Some(125));
    test_app.call("setPreferences", chosen("a", 2, &json!({ "zoom": 9000 }))).await.unwrap();
    assert_eq!(*test_app.desktop.zoom.lock().unwrap(), Some(300), "within its bounds");
    let test_app = test_app.restarted().await;
    assert_eq!(*test_app.desktop.zoom.lock().unwrap(), Some(300));
    assert_eq!(kept(&test_app).await["zoom"], 300);
}

#[tokio::test(flavor = "multi_thread")]
async fn whether_the_app_starts_at_login_is_what_the_system_says() {
    let test_app = TestApp::start().await;
    let on = json!({ "startAtLogin": true });
    test_app.call("setPreferences", chosen("a", 1, &on)).await.unwrap();
    assert_eq!(kept(&test_app).await["startAtLogin"], true);
    // The user removes the autostart entry outside the app.
    *test_app.desktop.starts_at_login.lock().unwrap() = Some(false);
    assert_eq!(kept(&test_app).await["startAtLogin"], false);
    test_app.call("setPreferences", chosen("a", 2, &on)).await.unwrap();
    assert_eq!(
        *test_app.desktop.starts_at_login.lock().unwrap(),
        Some(true),
        "and it is made anew when chosen again"
    );
}
