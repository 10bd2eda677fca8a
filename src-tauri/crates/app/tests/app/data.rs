//! Figures, data and histories of a company, compared with the API of the sandbox.

use app::Code;
use serde_json::{Value, json};

use crate::test_app::TestApp;

impl TestApp {
    pub(crate) async fn id(&self, name: &str) -> String {
        self.row(&format!("\"{name}\"")).await["id"].as_str().unwrap().to_owned()
    }

    async fn summary(&self, id: &str) -> Value {
        self.call("loadSummary", json!({ "id": id, "always": true })).await.unwrap();
        self.call("summary", json!({ "id": id })).await.unwrap()
    }

    pub(crate) async fn records(&self, id: &str, data_type: &str, change: Value) -> Value {
        self.call("records", records(id, data_type, change)).await.unwrap()
    }

    async fn upload(&self, id: &str, connection: &str, name: &str, text: &str) {
        let (address, key) = self.sandbox();
        let body = format!(
            "--xx\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n{text}\r\n--xx--\r\n"
        );
        let key = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, key);
        let answer = reqwest::Client::builder()
            .no_proxy()
            .build()
            .unwrap()
            .post(format!("{address}/companies/{id}/connections/{connection}/files"))
            .header("authorization", format!("Basic {key}"))
            .header("content-type", "multipart/form-data; boundary=xx")
            .body(body)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{}", answer.text().await.unwrap());
    }

    async fn history(&self, id: &str, change: Value) -> Value {
        let filter = filter(id, change);
        self.call("loadHistory", json!({ "filter": filter, "page": 1 })).await.unwrap();
        self.call("history", json!({ "filter": filter, "offset": 0, "limit": 1000 })).await.unwrap()
    }
}

fn with(mut value: Value, change: Value) -> Value {
    for (key, other) in change.as_object().unwrap() {
        value[key] = other.clone();
    }
    value
}

pub(crate) fn records(id: &str, data_type: &str, change: Value) -> Value {
    let request = json!({
        "company": id, "dataType": data_type, "connection": null, "account": null,
        "page": 1, "query": "", "orderBy": "", "kept": false,
    });
    with(request, change)
}

fn filter(id: &str, change: Value) -> Value {
    let filter = json!({
        "company": id, "writes": false, "dataType": "", "status": null, "from": null, "until": null,
    });
    with(filter, change)
}

/// £1,234.50 in hundredths.
fn hundredths(text: &str) -> i128 {
    let digits: String = text.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
    let (whole, rest) = digits.split_once('.').unwrap_or((&digits, ""));
    let rest = format!("{rest:0<2}");
    assert_eq!(rest.len(), 2, "{text}");
    let amount = format!("{whole}{rest}").parse::<i128>().unwrap();
    if text.contains('\u{2212}') { -amount } else { amount }
}

/// A JSON number in hundredths.
fn said(value: &Value) -> i128 {
    hundredths(&value.to_string().replace('-', "\u{2212}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_summary_is_what_the_ledgers_come_to() {
    let test_app = TestApp::start().await;
    let id = test_app.id("harbour lane bakery").await;
    let before = test_app.call("summary", json!({ "id": id })).await.unwrap();
    assert_eq!(before["revenue"]["absence"]["step"], "ask", "nothing was asked for yet: {before}");

    let summary = test_app.summary(&id).await;
    let path = format!("/companies/{id}/data/financials/profitAndLoss?periodLength=1&periodsToCompare=24");
    let (_, statement) = test_app.sandbox_call("GET", &path, json!({})).await;
    let reports = statement["reports"].as_array().unwrap();
    let year = |of: fn(&Value) -> &Value, from: usize| -> i128 {
        reports[from..from + 12].iter().map(|report| said(of(report))).sum()
    };
    let revenue: fn(&Value) -> &Value = |report| &report["income"]["value"];
    let profit: fn(&Value) -> &Value = |report| &report["netOperatingProfit"];
    assert_eq!(hundredths(summary["revenue"]["whole"].as_str().unwrap()), year(revenue, 0));
    assert_eq!(hundredths(summary["operatingProfit"]["whole"].as_str().unwrap()), year(profit, 0));

    let path = format!("/companies/{id}/data/financials/balanceSheet?periodLength=1&periodsToCompare=1");
    let (_, sheet) = test_app.sandbox_call("GET", &path, json!({})).await;
    let equity = said(&sheet["reports"][0]["equity"]["value"]);
    assert_eq!(hundredths(summary["equity"]["whole"].as_str().unwrap()), equity);

    let months = summary["chart"]["months"].as_array().unwrap();
    assert_eq!(months.len(), 12);
    for (month, report) in months.iter().zip(reports[..12].iter().rev()) {
        assert_eq!(hundredths(month["revenue"]["text"].as_str().unwrap()), said(revenue(report)), "{month}");
        assert!(month["revenueAt"].as_i64().unwrap() >= summary["chart"]["zero"].as_i64().unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_absence_has_its_own_words_and_next_step() {
    let test_app = TestApp::start().await;
    for (name, title, step) in [
        ("pinewood academy", "Never read", "refresh"),
        ("sandstone architects", "No connections", "link"),
        ("summit signs", "No connections", "link"),
    ] {
        let summary = test_app.summary(&test_app.id(name).await).await;
        let absence = &summary["revenue"]["absence"];
        assert_eq!((&absence["title"], &absence["step"]), (&json!(title), &json!(step)), "{name}: {summary}");
        assert_eq!(summary["chart"], json!(null), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_seen_stays_readable_when_the_server_is_not() {
    let test_app = TestApp::start().await;
    let id = test_app.id("harbour lane bakery").await;
    let seen = test_app.summary(&id).await;
    let page = test_app.records(&id, "invoices", json!({})).await;
    test_app.fault(json!({ "status": 500 })).await;
    let error = test_app.call("loadSummary", json!({ "id": id, "always": true })).await.unwrap_err();
    assert_eq!(error.code, Code::ServerFailed);
    let now = test_app.call("summary", json!({ "id": id })).await.unwrap();
    assert_eq!(now["revenue"], seen["revenue"]);
    let offline = test_app.records(&id, "invoices", json!({})).await;
    assert_eq!(offline["rows"], page["rows"]);
    assert_eq!(offline["asOf"], page["asOf"], "its age is told");
    assert_eq!(offline["failure"]["code"], "serverFailed");
}

#[tokio::test(flavor = "multi_thread")]
async fn reads_are_followed_to_their_end_and_found_by_type_and_status() {
    let test_app = TestApp::start().await;
    let id = test_app.id("granite peak outfitters").await;
    let all = test_app.history(&id, json!({})).await;
    let rows = all["rows"].as_array().unwrap();
    assert!(rows.windows(2).all(|pair| pair[0]["requested"].as_i64() >= pair[1]["requested"].as_i64()));
    let failed: Vec<_> = rows.iter().filter(|row| row["phase"] == "failed").collect();
    assert!(!failed.is_empty(), "the sandbox has failed reads of this company");
    for row in &failed {
        assert!(row["advice"].is_string() && row["remedy"] != "nothing", "{row}");
    }
    let found = test_app.history(&id, json!({ "status": "failed" })).await;
    assert!(found["total"].as_u64().unwrap() > 0);
    assert_eq!(found["total"], found["failed"]);
    assert!(found["rows"].as_array().unwrap().iter().all(|row| row["phase"] == "failed"));

    let bakery = test_app.id("harbour lane bakery").await;
    test_app
        .call("refreshType", json!({ "company": bakery, "dataType": "invoices", "connection": null }))
        .await
        .unwrap();
    let took = test_app
        .eventually("the end of the read", async |test_app: &TestApp| {
            let request = json!({ "filter": filter(&bakery, json!({ "dataType": "invoices" })), "offset": 0, "limit": 1 });
            let page = test_app.call("history", request).await.unwrap();
            let row = &page["rows"][0];
            (row["status"] == "Complete").then(|| row["took"].as_i64())?
        })
        .await;
    assert!(took >= 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn findings_of_a_read_are_those_that_the_server_tells() {
    let test_app = TestApp::start().await;
    let id = test_app.id("harbour lane bakery").await;
    let page = test_app.history(&id, json!({ "status": "complete" })).await;
    let mut seen = 0;
    for row in page["rows"].as_array().unwrap().iter().take(20) {
        assert_eq!(row["hasFindings"], true);
        let found = test_app.call("findings", json!({ "company": id, "dataset": row["id"] })).await.unwrap();
        let path = format!("/companies/{id}/sync/{}/validation", row["id"].as_str().unwrap());
        let (_, said) = test_app.sandbox_call("GET", &path, json!({})).await;
        let count = |value: &Value| value.as_array().map_or(0, Vec::len);
        assert_eq!(count(&found["warnings"]), count(&said["warnings"]));
        assert_eq!(count(&found["errors"]), count(&said["errors"]));
        seen += 1;
    }
    assert!(seen > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn records_are_paged_ordered_and_found_as_the_server_does() {
    let test_app = TestApp::start().await;
    let id = test_app.id("harbour lane bakery").await;
    let all = test_app.records(&id, "invoices", json!({})).await;
    let path = format!("/companies/{id}/data/invoices?page=1&pageSize=100");
    let (_, answer) = test_app.sandbox_call("GET", &path, json!({})).await;
    assert_eq!(all["total"], answer["totalResults"]);
    assert_eq!(all["rows"][0]["id"], answer["results"][0]["id"]);

    let paid =
        test_app.records(&id, "invoices", json!({ "query": "status=paid", "orderBy": "-issueDate" })).await;
    assert!(paid["total"].as_u64() < all["total"].as_u64(), "{}", paid["total"]);
    assert_ne!(paid["total"], 0);
    let wrong = test_app.records(&id, "invoices", json!({ "query": "status==" })).await;
    assert!(wrong["problem"].as_str().unwrap().contains("Error parsing query"), "{}", wrong["problem"]);
    assert_eq!(wrong["rows"], json!([]), "no record is shown as if it had been found");
    let again = test_app.records(&id, "invoices", json!({ "kept": true })).await;
    assert_eq!(again["rows"], all["rows"], "a search does not take the place of what is kept of the whole");

    let request = json!({ "page": records(&id, "invoices", json!({ "kept": true })), "index": 0, "id": all["rows"][0]["id"] });
    let record = test_app.call("recordJson", request).await.unwrap();
    let shown: Value = serde_json::from_str(record["json"].as_str().unwrap()).unwrap();
    assert_eq!(shown, answer["results"][0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_type_that_was_read_can_be_shown() {
    let test_app = TestApp::start().await;
    let id = test_app.id("harbour lane bakery").await;
    test_app.call("loadDataTypes", json!({ "id": id, "always": true })).await.unwrap();
    let types = test_app.call("dataTypes", json!({ "id": id })).await.unwrap();
    let mut shown = 0;
    for found in
        types["groups"].as_array().unwrap().iter().flat_map(|group| group["types"].as_array().unwrap())
    {
        let key = found["key"].as_str().unwrap();
        match found["shape"].as_str().unwrap() {
            "records" => {
                let page = test_app.records(&id, key, json!({})).await;
                assert_eq!(page["failure"], json!(null), "{key}: {page}");
                let (rows, columns) = (page["rows"].as_array().unwrap(), page["columns"].as_array().unwrap());
                assert_eq!(rows.is_empty(), page["absence"] != json!(null), "{key}: {}", page["absence"]);
                assert!(
                    rows.iter().all(|row| row["cells"].as_array().unwrap().len() == columns.len()),
                    "{key}"
                );
                shown += usize::from(!rows.is_empty());
            }
            "statement" => {
                let load = json!({ "company": id, "dataType": key, "always": false });
                test_app.call("loadStatement", load).await.unwrap();
            }
            shape => assert_eq!(shape, "unpublished", "{key}"),
        }
    }
    assert!(shown >= 20, "{shown} types have records");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_by_quarter_comes_to_what_its_months_come_to() {
    let test_app = TestApp::start().await;
    let id = test_app.id("harbour lane bakery").await;
    let load = json!({ "company": id, "dataType": "profitAndLoss", "always": true });
    test_app.call("loadStatement", load).await.unwrap();
    let span = async |span: &str| {
        let request = json!({ "company": id, "dataType": "profitAndLoss", "span": span });
        test_app.call("statement", request).await.unwrap()
    };
    let (months, quarters) = (span("month").await, span("quarter").await);
    let total = |view: &Value| -> i128 {
        let row = view["rows"].as_array().unwrap().iter().find(|row| row["label"] == "Income").unwrap();
        let figures = row["figures"].as_array().unwrap();
        figures.iter().map(|figure| hundredths(figure["text"].as_str().unwrap())).sum()
    };
    assert_eq!(total(&months), total(&quarters));
    assert!(quarters["columns"].as_array().unwrap().len() < months["columns"].as_array().unwrap().len());
    assert!(months["currency"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_listed_by_the_day_they_came() {
    let test_app = TestApp::start().await;
    let id = test_app.id("harbour lane bakery").await;
    test_app.call("loadFiles", json!({ "id": id, "always": true })).await.unwrap();
    let files = test_app.call("files", json!({ "id": id })).await.unwrap();
    let (_, said) = test_app.sandbox_call("GET", &format!("/companies/{id}/files"), json!({})).await;
    let days = files["days"].as_array().unwrap();
    let listed: usize = days.iter().map(|day| day["files"].as_array().unwrap().len()).sum();
    assert_eq!(listed, said.as_array().unwrap().len());
    assert!(files["asOf"].is_i64());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_history_is_fetched_page_by_page_to_its_end() {
    let test_app = TestApp::start().await;
    let id = test_app.id("everything emporium").await;
    for _ in 0..2 {
        test_app.call("refreshData", json!({ "id": id })).await.unwrap();
        test_app
            .eventually("the end of the reads", async |test_app: &TestApp| {
                let query = "query=status%3DComplete%7C%7Cstatus%21%3DComplete";
                let path = format!("/companies/{id}/data/history?page=1&pageSize=1000&{query}");
                let (_, page) = test_app.sandbox_call("GET", &path, json!({})).await;
                let running = ["Initial", "Queued", "Fetching", "Mapping", "Validating", "Processing"];
                let all = page["results"].as_array()?;
                all.iter().all(|read| !running.contains(&read["status"].as_str().unwrap_or(""))).then_some(())
            })
            .await;
    }
    let (_, page) = test_app
        .sandbox_call("GET", &format!("/companies/{id}/data/history?page=1&pageSize=1"), json!({}))
        .await;
    let at_server = page["totalResults"].as_u64().unwrap();
    assert!(at_server > 100, "{at_server} reads are more than a page");
    let filter = filter(&id, json!({}));
    let mut pages = 0;
    loop {
        pages += 1;
        let load = json!({ "filter": filter, "page": pages });
        if test_app.call("loadHistory", load).await.unwrap()["more"] == false {
            break;
        }
    }
    assert_eq!(pages, at_server / 100 + 1);
    let kept = test_app.call("history", json!({ "filter": filter, "offset": 0, "limit": 10 })).await.unwrap();
    assert_eq!(kept["total"], at_server);
    assert_eq!(kept["rows"].as_array().unwrap().len(), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_are_told_with_what_became_of_them() {
    let test_app = TestApp::start().await;
    let id = test_app.id("harbour lane bakery").await;
    let path = format!("/companies/{id}/push?page=1&pageSize=100&orderBy=-requestedOnUtc");
    let (_, said) = test_app.sandbox_call("GET", &path, json!({})).await;
    let page = test_app.history(&id, json!({ "writes": true })).await;
    assert_eq!(page["total"], said["totalResults"]);
    let (rows, writes) = (page["rows"].as_array().unwrap(), said["results"].as_array().unwrap());
    assert!(!rows.is_empty(), "the sandbox has writes of this company");
    for row in rows {
        let write = writes.iter().find(|write| write["pushOperationKey"] == row["id"]).unwrap();
        assert_eq!((&row["dataType"], &row["status"]), (&write["dataType"], &write["status"]));
        assert_eq!(row["took"].is_i64(), write["completedOnUtc"].is_string(), "{row}");
        assert_eq!(row["advice"].is_string(), row["phase"] == "failed", "{row}");
        assert!(row["integration"].is_string(), "{row}");
    }
    let found = test_app.history(&id, json!({ "writes": true, "status": "failed" })).await;
    assert!(found["rows"].as_array().unwrap().iter().all(|row| row["phase"] == "failed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn uploaded_files_are_listed_by_their_day_and_come_back_as_an_archive() {
    let test_app = TestApp::start().await;
    let id = test_app.id("sandstone architects").await;
    let nothing = test_app.app.download_files(None, &id, None).await.err().unwrap();
    assert_eq!(nothing.code, Code::NotFound);
    let path = format!("/companies/{id}/connections");
    let (_, made) = test_app.sandbox_call("POST", &path, json!({ "platformKey": "bdfu" })).await;
    let connection = made["id"].as_str().unwrap();
    test_app.sandbox_call("PUT", &format!("{path}/{connection}/authorization"), json!({})).await;
    test_app.upload(&id, connection, "statement.pdf", "%PDF figures").await;
    test_app.call("loadFiles", json!({ "id": id, "always": true })).await.unwrap();
    let files = test_app.call("files", json!({ "id": id })).await.unwrap();
    let day = &files["days"][0];
    assert_eq!(day["files"][0]["name"], "statement.pdf", "{files}");
    let mut archive = test_app.app.download_files(Some("sandbox"), &id, day["date"].as_str()).await.unwrap();
    let mut bytes = Vec::new();
    while let Some(piece) = archive.next().await.unwrap() {
        bytes.extend_from_slice(&piece);
    }
    assert!(bytes.starts_with(b"PK") && bytes.windows(13).any(|it| it == b"statement.pdf"));
}
