//! Records copied to this computer: search, order and export, compared with the sandbox's own responses.

use app::Code;
use serde_json::{Value, json};

use crate::{
    data::records,
    test_app::{TestApp, change},
};

const BAKERY: &str = "harbour lane bakery";

impl TestApp {
    async fn copied(&self, id: &str, data_type: &str) {
        let request = json!({ "records": records(id, data_type, json!({})), "always": false });
        self.call("copyRecords", request).await.unwrap();
    }

    /// The IDs that a query of the sandbox returns, in its order.
    async fn found_by_server(&self, id: &str, query: &str, order_by: &str) -> Vec<Value> {
        let encoded: String = query.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let mut path = format!("/companies/{id}/data/invoices?page=1&pageSize=1000");
        for (name, value) in [("query", encoded.as_str()), ("orderBy", order_by)] {
            if !value.is_empty() {
                path += &format!("&{name}={value}");
            }
        }
        let (status, page) = self.sandbox_call("GET", &path, json!({})).await;
        assert_eq!(status, 200, "{page}");
        page["results"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect()
    }

    /// The IDs that the app finds, over all pages.
    async fn found_here(&self, id: &str, query: &str, order_by: &str) -> Vec<Value> {
        let mut found = Vec::new();
        for page in 1.. {
            let change = json!({ "query": query, "orderBy": order_by, "page": page });
            let answer = self.records(id, "invoices", change).await;
            assert!(answer["copy"]["at"].is_i64(), "from here: {answer}");
            found.extend(answer["rows"].as_array().unwrap().iter().map(|row| row["id"].clone()));
            if page >= answer["pages"].as_u64().unwrap() {
                break;
            }
        }
        found
    }

    async fn export(&self, id: &str, format: &str, query: &str) -> Result<Value, app::WireError> {
        let records = records(id, "invoices", json!({ "query": query }));
        self.call("exportRecords", json!({ "id": "export", "records": records, "format": format })).await
    }

    /// Saves files from now on in this folder, which is empty.
    pub(crate) fn saving(&self) -> std::path::PathBuf {
        let folder = self.folder.path().join("chosen");
        std::fs::create_dir(&folder).unwrap();
        *self.desktop.saving.lock().unwrap() = Some(folder.clone());
        folder
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_answers_every_question_as_the_server_does_and_needs_no_server() {
    let test_app = TestApp::start().await;
    let id = test_app.id(BAKERY).await;
    let before = test_app.records(&id, "invoices", json!({})).await;
    assert!(before["copy"]["at"].is_null() && before["copy"]["possible"] == true, "{}", before["copy"]);
    test_app.copied(&id, "invoices").await;
    let questions = [
        ("status=Paid", "issueDate"),
        ("status!=paid", "-totalAmount"),
        ("totalAmount>500 && totalAmount<=2000", "totalAmount"),
        ("customerRef.companyName~an", "customerRef.companyName"),
        ("{status=Void || amountDue>100} && issueDate>=2026-01-01", "-dueDate"),
        ("id!=nothing", "-invoiceNumber"),
    ];
    let mut expected = Vec::new();
    for (query, order_by) in questions {
        expected.push(test_app.found_by_server(&id, query, order_by).await);
    }
    test_app.fault(json!({ "status": 500 })).await;
    for ((query, order_by), expected) in questions.into_iter().zip(expected) {
        assert_eq!(test_app.found_here(&id, query, order_by).await, expected, "{query} by {order_by}");
    }
    let wrong = test_app.records(&id, "invoices", json!({ "query": "status==" })).await;
    assert!(wrong["problem"].as_str().unwrap().contains("Error parsing query"), "{}", wrong["problem"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn words_are_searched_in_the_copy_and_the_server_is_not_asked_for_them() {
    let test_app = TestApp::start().await;
    let id = test_app.id(BAKERY).await;
    test_app.fault(json!({ "status": 500 })).await;
    let without = test_app.records(&id, "invoices", json!({ "query": "paid" })).await;
    assert!(without["problem"].as_str().unwrap().contains("offline use"), "{without}");
    assert_eq!(without["failure"], Value::Null);
    test_app.call("sandboxCall", json!({"method": "DELETE", "path": "/_sandbox/faults"})).await.unwrap();
    test_app.copied(&id, "invoices").await;
    let paid = test_app.found_here(&id, "status=Paid", "-invoiceNumber").await;
    assert!(!paid.is_empty());
    let words = test_app.found_here(&id, "PAID inv", "-invoiceNumber").await;
    assert!(paid.iter().all(|one| words.contains(one)), "each paid invoice is found by its status");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_found_by_its_identifier_wherever_it_is() {
    let test_app = TestApp::start().await;
    let id = test_app.id(BAKERY).await;
    let found = test_app.found_by_server(&id, "id!=nothing", "").await;
    let last = found.last().unwrap().clone();
    let json_of = async |test_app: &TestApp, wanted: &Value| {
        let request = json!({ "page": records(&id, "invoices", json!({})), "index": null, "id": wanted });
        test_app.call("recordJson", request).await
    };
    let asked = json_of(&test_app, &last).await.unwrap();
    test_app.copied(&id, "invoices").await;
    let kept = json_of(&test_app, &last).await.unwrap();
    assert_eq!(asked["json"], kept["json"], "asked for, or kept: it is the same");
    let none = json_of(&test_app, &json!("no such invoice")).await.unwrap_err();
    assert_eq!(none.code, Code::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_cannot_be_finished_leaves_the_one_before() {
    let test_app = TestApp::start().await;
    let id = test_app.id(BAKERY).await;
    test_app.copied(&id, "invoices").await;
    let before = test_app.records(&id, "invoices", json!({})).await;
    test_app.fault(json!({ "status": 500 })).await;
    let request = json!({ "records": records(&id, "invoices", json!({})), "always": true });
    let error = test_app.call("copyRecords", request).await.unwrap_err();
    assert_eq!(error.code, Code::ServerFailed);
    let after = test_app.records(&id, "invoices", json!({})).await;
    assert_eq!(after["rows"], before["rows"]);
    assert_eq!(after["copy"], before["copy"], "nothing is being made any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_holds_all_that_match_as_they_were_said() {
    let test_app = TestApp::start().await;
    let id = test_app.id(BAKERY).await;
    let folder = test_app.saving();
    for copied in [false, true] {
        if copied {
            test_app.copied(&id, "invoices").await;
        }
        let made = test_app.export(&id, "json", "status=Paid").await.unwrap();
        let text = std::fs::read_to_string(made["path"].as_str().unwrap()).unwrap();
        let records: Vec<Value> = serde_json::from_str(&text).unwrap();
        let ids: Vec<Value> = records.iter().map(|record| record["id"].clone()).collect();
        assert_eq!(ids, test_app.found_by_server(&id, "status=Paid", "").await, "copied: {copied}");
        assert_eq!(made["records"].as_u64().unwrap() as usize, ids.len());
    }
    let made = test_app.export(&id, "csv", "").await.unwrap();
    let text = std::fs::read_to_string(made["path"].as_str().unwrap()).unwrap();
    let all = test_app.found_by_server(&id, "", "").await.len();
    assert_eq!(text.trim_end().split("\r\n").count(), all + 1);
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 2, "one file of each kind, and none beside them");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_fails_or_is_stopped_leaves_no_file() {
    let test_app = TestApp::start().await;
    let id = test_app.id(BAKERY).await;
    let folder = test_app.saving();
    test_app.fault(json!({ "status": 500 })).await;
    test_app.export(&id, "csv", "status=Paid").await.unwrap_err();
    test_app.no_faults().await;
    test_app.fault(json!({ "delayMs": 20_000 })).await;
    let stop = async {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        test_app.call("stopExport", json!({ "id": "export" })).await.unwrap();
    };
    let (ended, ()) = tokio::join!(test_app.export(&id, "csv", "status=Paid"), stop);
    assert_eq!(ended.unwrap_err().code, Code::Cancelled);
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_would_lack_records_leaves_no_file() {
    let test_app = TestApp::start().await;
    let id = test_app.id(BAKERY).await;
    let folder = test_app.saving();
    test_app.copied(&id, "invoices").await;
    let copies = test_app.folder.path().join("workspaces/sandbox.records.db");
    change(&copies, "UPDATE copies SET records = records + 3").await;
    let error = test_app.export(&id, "csv", "").await.unwrap_err();
    assert_eq!(error.code, Code::Conflict, "{error}");
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_the_page_saves_can_be_taken_once() {
    let test_app = TestApp::start().await;
    let id = test_app.id(BAKERY).await;
    let made = test_app.export(&id, "json", "status=Paid").await.unwrap();
    let download = made["download"].as_str().unwrap();
    let (name, mut file) = test_app.app.take_export(download).unwrap();
    assert!(name.starts_with("Harbour Lane Bakery, invoices, ") && name.ends_with(".json"), "{name}");
    let records: Vec<Value> = serde_json::from_reader(&mut file).unwrap();
    assert_eq!(records.len() as u64, made["records"].as_u64().unwrap());
    assert_eq!(test_app.app.take_export(download).unwrap_err().code, Code::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_joins_a_copy_hears_how_it_ended() {
    let test_app = TestApp::start().await;
    let id = test_app.id(BAKERY).await;
    test_app.copied(&id, "invoices").await;
    test_app.fault(json!({ "status": 500, "delayMs": 500 })).await;
    let request = json!({ "records": records(&id, "invoices", json!({})), "always": true });
    let (one, other) =
        tokio::join!(test_app.call("copyRecords", request.clone()), test_app.call("copyRecords", request));
    assert!(one.is_err() && other.is_err(), "{one:?}, {other:?}");
}
