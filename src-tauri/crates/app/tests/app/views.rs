//! Saved views of the list of companies.

use app::Code;
use serde_json::{Value, json};

use crate::test_app::TestApp;

fn view(id: &str, name: &str, search: &str) -> Value {
    let sort = json!({ "column": "name", "descending": false });
    json!({ "id": id, "name": name, "search": search, "sort": sort, "columns": null })
}

fn names(views: &Value) -> Vec<String> {
    views.as_array().unwrap().iter().map(|it| it["view"]["name"].as_str().unwrap().to_owned()).collect()
}

impl TestApp {
    async fn views(&self) -> Value {
        self.call("views", json!({})).await.unwrap()
    }

    async fn save(&self, view: Value, position: Option<u32>) -> Result<Value, app::WireError> {
        self.call("saveView", json!({ "view": view, "position": position })).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ready_made_views_have_the_counts_of_the_list() {
    let test_app = TestApp::start().await;
    let views = test_app.views().await;
    let expected = ["Needs attention", "Expiring in 14 days", "Stale over 7 days", "Never linked"];
    assert_eq!(names(&views), expected);
    for counted in views.as_array().unwrap() {
        let search = &counted["view"]["search"];
        let page = test_app.call("companies", json!({ "search": search })).await.unwrap();
        assert_eq!(page["problems"], json!([]), "{search}");
        assert_eq!(counted["companies"], page["matching"], "{search}");
    }
    assert!(views[0]["companies"].as_u64() > Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn views_are_saved_changed_moved_deleted_and_restored() {
    let test_app = TestApp::start().await;
    let saved = test_app.save(view("a", "  My   bakeries ", "bakery"), None).await.unwrap();
    assert_eq!(names(&saved).last().unwrap(), "My bakeries");
    test_app.save(view("a", "Bakeries", "bakery is:green"), Some(0)).await.unwrap();
    test_app.call("removeView", json!({ "id": "stale" })).await.unwrap();
    let expected = ["Bakeries", "Needs attention", "Expiring in 14 days", "Never linked"];
    assert_eq!(names(&test_app.views().await), expected);
    let test_app = test_app.restarted().await;
    assert_eq!(names(&test_app.views().await), expected, "they survive a restart");
    test_app.save(view("stale", "Stale over 7 days", "stale:>7d"), Some(3)).await.unwrap();
    assert_eq!(names(&test_app.views().await)[3], "Stale over 7 days");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_without_a_name_or_with_the_name_of_another_is_not_saved() {
    let test_app = TestApp::start().await;
    let before = test_app.views().await;
    let long = "x".repeat(61);
    for (name, code) in
        [(" ", Code::NameEmpty), (long.as_str(), Code::NameTooLong), ("Never linked", Code::Conflict)]
    {
        let error = test_app.save(view("a", name, ""), None).await.unwrap_err();
        assert_eq!(error.code, code, "{error:?}");
    }
    assert_eq!(test_app.views().await, before);
    for number in 0..46 {
        test_app.save(view(&format!("{number}"), &format!("View {number}"), ""), None).await.unwrap();
    }
    assert_eq!(test_app.save(view("more", "More", ""), None).await.unwrap_err().code, Code::BadArguments);
}
