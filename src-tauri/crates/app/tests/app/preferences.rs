//! What a person chose is kept, in whatever order it comes.

use std::{sync::Arc, time::Duration};

use app::Code;
use serde_json::{Value, json};

use tokio::{sync::Notify, time::timeout};

use crate::desk::Desk;

fn chosen(page: &str, at: u32, chosen: &Value) -> Value {
    json!({ "turn": { "page": page, "at": at }, "chosen": chosen })
}

async fn kept(desk: &Desk) -> Value {
    desk.call("session", json!({})).await.unwrap()["preferences"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_choice_that_a_later_one_has_overtaken_undoes_nothing() {
    let desk = Desk::start().await;
    let both = json!({ "quotaShare": 8, "density": "compact" });
    desk.call("setPreferences", chosen("a", 2, &both)).await.unwrap();
    desk.call("setPreferences", chosen("a", 1, &json!({ "quotaShare": 7 }))).await.unwrap();
    assert_eq!(kept(&desk).await["quotaShare"], 8);
    desk.call("setPreferences", chosen("b", 1, &json!({ "theme": "dark" }))).await.unwrap();
    let now = kept(&desk).await;
    assert_eq!(now["theme"], "dark", "another page counts for itself");
    assert_eq!((&now["quotaShare"], &now["density"]), (&json!(8), &json!("compact")), "and leaves the rest");
}

#[tokio::test(flavor = "multi_thread")]
async fn choices_outlive_the_app_and_keep_what_only_the_app_knows() {
    let desk = Desk::start().await;
    desk.app.say_that_it_stays().await;
    let sort = json!({ "sort": { "column": "created", "descending": true }, "quotaShare": 99 });
    desk.call("setPreferences", chosen("a", 1, &sort)).await.unwrap();
    let wrong = desk.call("setPreferences", chosen("a", 2, &json!({ "theme": "purple" }))).await;
    assert_eq!(wrong.unwrap_err().code, Code::BadArguments);
    let desk = desk.restarted().await;
    let now = kept(&desk).await;
    assert_eq!(now["sort"]["column"], "created");
    assert_eq!(now["quotaShare"], 50, "within its bounds");
    assert_eq!(now["toldAboutTray"], true, "a page cannot unsay it");
}

/// What a call may take that waits for nobody. Far above what is normal.
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn while_a_notification_hangs_the_app_answers_and_says_again_later_that_it_stays() {
    let desk = Desk::start().await;
    let deaf = Arc::new(Notify::new());
    *desk.paper.deaf.lock().unwrap() = Some(deaf.clone());
    let app = desk.app.clone();
    let saying = tokio::spawn(async move { app.say_that_it_stays().await });
    let said = async |desk: &Desk, times: usize| {
        desk.eventually("that it stays", async |desk: &Desk| {
            (desk.paper.notified.lock().unwrap().len() == times).then_some(())
        })
        .await;
    };
    said(&desk, 1).await;

    timeout(PATIENCE, kept(&desk)).await.expect("a session");
    let dark = desk.call("setPreferences", chosen("a", 1, &json!({ "theme": "dark" })));
    timeout(PATIENCE, dark).await.expect("an answer").unwrap();
    timeout(PATIENCE, desk.app.say_that_it_stays()).await.expect("it is being said already");
    assert_eq!(desk.paper.notified.lock().unwrap().len(), 1);

    deaf.notify_one();
    saying.await.unwrap();
    *desk.paper.deaf.lock().unwrap() = None;
    assert_eq!(kept(&desk).await["theme"], "dark", "what was chosen meanwhile stays");
    desk.app.say_that_it_stays().await;
    said(&desk, 2).await;
    desk.app.say_that_it_stays().await;
    assert_eq!(desk.paper.notified.lock().unwrap().len(), 2, "once it was said, it is not said again");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_size_of_the_page_is_given_to_the_window_at_once_and_at_the_next_start() {
    let desk = Desk::start().await;
    assert_eq!(*desk.paper.zoom.lock().unwrap(), Some(100));
    desk.call("setPreferences", chosen("a", 1, &json!({ "zoom": 125 }))).await.unwrap();
    assert_eq!(*desk.paper.zoom.lock().unwrap(), Some(125));
    desk.call("setPreferences", chosen("a", 2, &json!({ "zoom": 9000 }))).await.unwrap();
    assert_eq!(*desk.paper.zoom.lock().unwrap(), Some(300), "within its bounds");
    let desk = desk.restarted().await;
    assert_eq!(*desk.paper.zoom.lock().unwrap(), Some(300));
    assert_eq!(kept(&desk).await["zoom"], 300);
}

#[tokio::test(flavor = "multi_thread")]
async fn whether_the_app_starts_at_login_is_what_the_system_says() {
    let desk = Desk::start().await;
    let on = json!({ "startAtLogin": true });
    desk.call("setPreferences", chosen("a", 1, &on)).await.unwrap();
    assert_eq!(kept(&desk).await["startAtLogin"], true);
    // Somebody removes the entry by hand.
    *desk.paper.starts_at_login.lock().unwrap() = Some(false);
    assert_eq!(kept(&desk).await["startAtLogin"], false);
    desk.call("setPreferences", chosen("a", 2, &on)).await.unwrap();
    assert_eq!(
        *desk.paper.starts_at_login.lock().unwrap(),
        Some(true),
        "and it is made anew when chosen again"
    );
}
