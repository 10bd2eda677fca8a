//! The list of companies as a file and as Link URLs on the clipboard, compared with the list itself.

use app::Code;
use serde_json::{Value, json};

use crate::test_app::TestApp;

const BY_NAME: &str = r#"{ "column": "name", "descending": false }"#;

fn selection(search: Option<&str>, companies: &[&str]) -> Value {
    json!({ "companies": companies, "search": search, "except": [] })
}

impl TestApp {
    async fn export_companies(&self, selection: Value, format: &str) -> Result<Value, app::WireError> {
        let columns = ["name", "id", "status", "created", "connections"];
        let sort: Value = serde_json::from_str(BY_NAME).unwrap();
        let export = json!({
            "id": "list", "selection": selection, "sort": sort, "columns": columns, "format": format,
        });
        self.call("exportCompanies", export).await
    }

    /// The names of the list that match a search, in its order.
    async fn names(&self, search: &str) -> Vec<String> {
        let sort: Value = serde_json::from_str(BY_NAME).unwrap();
        let page = self.call("companies", json!({ "search": search, "sort": sort })).await.unwrap();
        page["rows"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_exported_with_its_search_its_order_and_its_columns() {
    let test_app = TestApp::start().await;
    let folder = test_app.saving();
    for search in ["is:red", "bakery", "status:Linked -platform:xero"] {
        let exported = test_app.export_companies(selection(Some(search), &[]), "csv").await.unwrap();
        let text = std::fs::read_to_string(exported["path"].as_str().unwrap()).unwrap();
        let mut lines = csv::Reader::from_reader(text.as_bytes());
        let headings: Vec<_> = lines.headers().unwrap().iter().map(str::to_owned).collect();
        assert_eq!(headings, ["Name", "Company ID", "Status", "Created (UTC)", "Connections"]);
        let names: Vec<_> = lines.records().map(|line| line.unwrap()[0].to_owned()).collect();
        assert_eq!(names, test_app.names(search).await, "{search}");
        assert_eq!(exported["records"], names.len());
    }
    let exported = test_app.export_companies(selection(Some(""), &[]), "xlsx").await.unwrap();
    let path = std::path::PathBuf::from(exported["path"].as_str().unwrap());
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    assert!(name.starts_with("Sandbox, companies, 20") && name.ends_with(" UTC.xlsx"), "{name}");
    assert!(std::fs::read(&path).unwrap().starts_with(b"PK"), "a workbook is an archive");
    let all = test_app.call("companies", json!({})).await.unwrap()["all"].clone();
    assert_eq!(exported["records"], all, "subsidiaries under closed parents are exported, too");
    assert!(std::fs::read_dir(folder).unwrap().count() >= 2, "nothing half-written is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_selected_companies_are_exported() {
    let test_app = TestApp::start().await;
    test_app.saving();
    let bakery = test_app.id("harbour lane bakery").await;
    let exported = test_app.export_companies(selection(None, &[&bakery]), "csvForExcel").await.unwrap();
    let bytes = std::fs::read(exported["path"].as_str().unwrap()).unwrap();
    assert!(bytes.starts_with(b"\xef\xbb\xbf"), "Excel reads it as UTF-8");
    assert_eq!(exported["records"], 1);
    assert_eq!(String::from_utf8(bytes).unwrap().lines().count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn link_urls_of_many_companies_are_copied_at_once() {
    let test_app = TestApp::start().await;
    let sort: Value = serde_json::from_str(BY_NAME).unwrap();
    let copy = |selection: Value, form: &str| json!({ "selection": selection, "sort": sort, "form": form });
    let names = test_app.names("is:red").await;
    let red = selection(Some("is:red"), &[]);
    let copied = test_app.call("copyCompanyLinks", copy(red.clone(), "text")).await.unwrap();
    let text = test_app.desktop.clipboard.lock().unwrap().clone().unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(copied["links"], names.len());
    assert!(
        lines.iter().zip(&names).all(|(line, name)| line.starts_with(&format!("{name}: http"))),
        "{text}"
    );
    test_app.call("copyCompanyLinks", copy(red, "csv")).await.unwrap();
    let text = test_app.desktop.clipboard.lock().unwrap().clone().unwrap();
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let headings = table.headers().unwrap().clone();
    assert_eq!(headings.iter().take(3).collect::<Vec<_>>(), ["Company", "Company ID", "Link URL"]);
    assert_eq!(table.records().count(), names.len());
    let none = test_app.call("copyCompanyLinks", copy(selection(None, &[]), "text")).await.unwrap_err();
    assert_eq!(none.code, Code::LinkUrlUnknown);
}
