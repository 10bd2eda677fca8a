//! What a person chose is kept, in whatever order it comes.

use app::Code;
use serde_json::{Value, json};

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
