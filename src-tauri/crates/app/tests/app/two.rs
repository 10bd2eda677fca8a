//! An app with two workspaces: the sandbox, and one at a second sandbox in Codat's place.

use std::sync::Arc;

use app::{Options, WireError};
use serde_json::{Value, json};

use crate::test_app::{TestApp, call_sandbox};

pub(crate) const KEY: &str = "the-key-of-the-other-workspace";

/// An app with the workspace of the sandbox and one at a second sandbox in Codat's place.
pub(crate) struct Two {
    pub(crate) test_app: TestApp,
    pub(crate) codat: sandbox::Sandbox,
    /// The ID of the workspace at Codat.
    pub(crate) id: String,
}

impl Two {
    pub(crate) async fn start() -> Self {
        let options = sandbox::Options {
            port: 0,
            api_key: KEY.to_owned(),
            companies: Some(5),
            limits: sandbox::Limits::OFF,
            seed: 9,
            ..sandbox::Options::default()
        };
        let codat = sandbox::Sandbox::start(options, Arc::new(app::clock::now)).await.unwrap();
        let test_app =
            TestApp::with(Options { codat_base: Some(codat.base_url()), ..Options::default() }).await;
        let add = json!({ "name": "Production", "key": KEY, "color": "orange", "sessionOnly": true });
        let added = test_app.call("addWorkspace", add).await.unwrap();
        let id = added["workspace"]["id"].as_str().unwrap().to_owned();
        Self { test_app, codat, id }
    }

    pub(crate) async fn switch_to(&self, id: &str) {
        self.test_app.call("switchWorkspace", json!({ "id": id })).await.unwrap();
    }

    /// Creates a company in a workspace, as the page that shows it does.
    pub(crate) async fn create(&self, workspace: &str, name: &str) -> Result<(), WireError> {
        let new = json!({ "name": name, "description": null, "tags": [] });
        self.test_app.app.execute_in_workspace(Some(workspace), "createCompany", new).await.map(drop)
    }

    /// The numbers of companies with this name in the sandbox and at Codat.
    pub(crate) async fn made(&self, name: &str) -> (u64, u64) {
        let path = format!("/companies?page=1&pageSize=100&query=name%3D{}", name.replace(' ', "%20"));
        let (_, page) = call_sandbox(&self.codat.base_url(), KEY, "GET", &path, json!({})).await;
        (self.test_app.at_server(name).await, page["totalResults"].as_u64().unwrap())
    }

    pub(crate) async fn session(&self) -> Value {
        self.test_app.call("session", json!({})).await.unwrap()
    }

    /// Calls the server in Codat's place directly, without the app.
    pub(crate) async fn at_codat(&self, method: &str, path: &str, body: Value) -> Value {
        let (status, answer) = call_sandbox(&self.codat.base_url(), KEY, method, path, body).await;
        assert!(status < 300, "{status} {answer}");
        answer
    }

    /// The first company at Codat with a linked connection: its ID, its name and the ID of the connection.
    pub(crate) async fn linked_at_codat(&self) -> (String, String, String) {
        let page = self.at_codat("GET", "/companies?page=1&pageSize=100", json!({})).await;
        for company in page["results"].as_array().unwrap() {
            let linked =
                company["dataConnections"].as_array().unwrap().iter().find(|it| it["status"] == "Linked");
            if let Some(connection) = linked {
                let text = |value: &Value| value.as_str().unwrap().to_owned();
                return (text(&company["id"]), text(&company["name"]), text(&connection["id"]));
            }
        }
        panic!("nothing is linked: {page}")
    }
}
