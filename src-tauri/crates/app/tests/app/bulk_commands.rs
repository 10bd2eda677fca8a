//! The commands that change many companies: what they say beforehand, and what they reject.

use app::Code;
use serde_json::{Value, json};

use crate::test_app::TestApp;

fn selection(rows: &[Value]) -> Value {
    let ids: Vec<_> = rows.iter().map(|row| row["id"].clone()).collect();
    json!({ "companies": ids, "search": null, "except": [] })
}

/// The newest run, when it has ended.
async fn ended(test_app: &TestApp) -> Value {
    test_app
        .eventually("the run ends", async |test_app: &TestApp| {
            let runs = test_app.call("runs", json!({})).await.ok()?;
            let newest = runs.as_array()?.iter().max_by_key(|run| run["id"].as_i64())?.clone();
            (!newest["endedAt"].is_null()).then_some(newest)
        })
        .await
}

/// How many of these companies the list has.
async fn in_list(test_app: &TestApp, rows: &[Value]) -> usize {
    let all = test_app.rows("is:green").await;
    rows.iter().filter(|row| all.iter().any(|other| other["id"] == row["id"])).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_of_many_are_previewed_added_and_removed() {
    let test_app = TestApp::start().await;
    let rows: Vec<_> = test_app.rows("is:green").await.into_iter().take(3).collect();
    let add = json!({ "selection": selection(&rows), "add": [["wave", "7"]], "remove": [] });
    let preview = test_app.call("tagPreview", add.clone()).await.unwrap();
    assert_eq!(
        (&preview["changing"], &preview["requests"]),
        (&json!(3), &json!(6)),
        "a read and a change each"
    );
    test_app.call("tagMany", add.clone()).await.unwrap();
    let run = ended(&test_app).await;
    assert_eq!((&run["label"], &run["act"]), (&json!("Add tag wave=7 to 3 companies"), &json!("changeTags")));
    assert_eq!(run["counts"]["read"], 3);
    assert_eq!(test_app.rows("tag:wave=7").await.len(), 3);

    let preview = test_app.call("tagPreview", add.clone()).await.unwrap();
    assert_eq!((&preview["changing"], &preview["requests"]), (&json!(0), &json!(0)));
    assert_eq!(preview["skipped"], json!([{ "reason": "Already have these tags", "companies": 3 }]));
    assert_eq!(test_app.call("tagMany", add).await.unwrap_err().code, Code::NotFound, "nothing to do");

    let remove = json!({ "selection": selection(&rows), "add": [], "remove": ["wave"] });
    test_app.call("tagMany", remove).await.unwrap();
    assert_eq!(ended(&test_app).await["label"], "Remove tag wave from 3 companies");
    assert_eq!(test_app.rows("tag:wave=7").await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_are_deleted_only_with_the_right_count_and_not_if_undone() {
    let test_app = TestApp::with(app::Options {
        engine: Some(engine::Config { undo_secs: 2, sweep_floor_secs: 1, ..engine::Config::default() }),
        ..app::Options::default()
    })
    .await;
    let rows: Vec<_> = test_app.rows("is:green").await.into_iter().take(3).collect();
    let preview = test_app.call("bulkDeletePreview", json!({ "selection": selection(&rows) })).await.unwrap();
    assert_eq!((&preview["changing"], &preview["requests"]), (&json!(3), &json!(3)));

    let delete = |typed: &str| json!({ "selection": selection(&rows), "typedCount": typed });
    for typed in ["", "2", "all"] {
        assert_eq!(test_app.call("deleteMany", delete(typed)).await.unwrap_err().code, Code::NameMismatch);
    }
    let begun = test_app.call("deleteMany", delete("3")).await.unwrap();
    test_app.call("cancelRun", begun).await.unwrap();
    assert_eq!(ended(&test_app).await["counts"]["cancelled"], 3);
    assert_eq!(in_list(&test_app, &rows).await, 3, "it was undone");

    let begun = test_app.call("deleteMany", delete("3")).await.unwrap();
    let run = ended(&test_app).await;
    assert_eq!((&run["label"], &run["counts"]["read"]), (&json!("Delete 3 companies"), &json!(3)));
    assert_eq!(in_list(&test_app, &rows).await, 0);
    let items = json!({ "run": begun["run"], "states": [], "offset": 0, "limit": 10 });
    let items = test_app.call("runItems", items).await.unwrap();
    assert_eq!(items["rows"][0]["name"], rows[0]["name"], "the name outlives the company");
    assert_eq!(items["rows"][0]["isKnown"], false);
}
