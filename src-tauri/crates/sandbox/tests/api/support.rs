//! A sandbox in process, on a clock that the test moves.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use sandbox::{Clock, Endpoint, Options};
use serde_json::Value;

/// `Basic`, and "sandbox" in Base64.
pub(crate) const BASIC: &str = "Basic c2FuZGJveA==";
pub(crate) const NOBODY: &str = "11111111-1111-1111-1111-111111111111";

pub(crate) fn options() -> Options {
    Options::default()
}

pub(crate) fn start_of_time() -> Timestamp {
    "2026-11-23T09:00:00Z".parse().unwrap()
}

pub(crate) struct Api {
    pub(crate) endpoint: Endpoint,
    clock: Arc<Mutex<Timestamp>>,
}

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no {name}: {self:?}")).to_str().unwrap()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.to_vec()).unwrap()
    }

    /// The answer, which must have this status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        let body = String::from_utf8_lossy(&self.body[..self.body.len().min(500)]);
        assert_eq!(self.status, status, "{body}");
        self
    }

    /// The error's text; the body must have Codat's shape.
    #[track_caller]
    pub(crate) fn error(&self) -> String {
        let json = self.json();
        assert_eq!(json["statusCode"], self.status);
        assert_eq!(json["canBeRetried"], "Unknown");
        assert_eq!(json["detailedErrorCode"], 0);
        assert_eq!(json["correlationId"].as_str().unwrap().len(), 32);
        assert!(json["service"].is_string());
        json["error"].as_str().unwrap().to_owned()
    }
}

impl Api {
    pub(crate) async fn new() -> Self {
        Self::with(options()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let clock = Arc::new(Mutex::new(start_of_time()));
        let told: Clock = {
            let clock = Arc::clone(&clock);
            Arc::new(move || *clock.lock().unwrap())
        };
        Self { endpoint: Endpoint::in_process(&options, told).await.unwrap(), clock }
    }

    pub(crate) fn advance(&self, by: SignedDuration) {
        *self.clock.lock().unwrap() += by;
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Reply {
        let mut request = http::Request::builder().method(method).uri(target);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.into()).unwrap();
        let response = tower::ServiceExt::oneshot(self.endpoint.clone(), request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = http_body_util::BodyExt::collect(body).await.unwrap().to_bytes();
        Reply { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    pub(crate) async fn call(&self, method: &str, target: &str, body: impl Into<Bytes>) -> Reply {
        self.send(method, target, &[("host", "127.0.0.1:8787"), ("authorization", BASIC)], body).await
    }

    pub(crate) async fn keyed(&self, key: &str, method: &str, target: &str, body: &Value) -> Reply {
        let headers = [("host", "localhost:8787"), ("authorization", BASIC), ("idempotency-key", key)];
        self.send(method, target, &headers, body.to_string()).await
    }

    pub(crate) async fn get(&self, target: &str) -> Reply {
        self.call("GET", target, "").await
    }

    pub(crate) async fn post(&self, target: &str, body: &Value) -> Reply {
        self.call("POST", target, body.to_string()).await
    }

    pub(crate) async fn patch(&self, target: &str, body: &Value) -> Reply {
        self.call("PATCH", target, body.to_string()).await
    }

    pub(crate) async fn delete(&self, target: &str) -> Reply {
        self.call("DELETE", target, "").await
    }

    /// All companies.
    pub(crate) async fn companies(&self) -> Vec<Value> {
        let page = self.get("/companies?page=1&pageSize=5000").await.expect(200).json();
        page["results"].as_array().unwrap().clone()
    }

    /// The company of this name.
    pub(crate) async fn company(&self, name: &str) -> Value {
        let all = self.companies().await;
        all.into_iter().find(|company| company["name"] == name).unwrap_or_else(|| panic!("no {name}"))
    }

    /// A new company without connections, as its path.
    pub(crate) async fn new_company(&self, name: &str) -> String {
        let company = self.post("/companies", &serde_json::json!({ "name": name })).await.expect(200).json();
        format!("/companies/{}", text(&company["id"]))
    }

    /// A new linked connection of this platform, as its path.
    pub(crate) async fn linked(&self, company: &str, key: &str) -> String {
        let body = serde_json::json!({ "platformKey": key });
        let made = self.post(&format!("{company}/connections"), &body).await.expect(200).json();
        let path = format!("{company}/connections/{}", text(&made["id"]));
        self.call("PUT", &format!("{path}/authorization"), "{}").await.expect(200);
        path
    }
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

/// The path of a company or connection in its JSON.
pub(crate) fn company_path(company: &Value) -> String {
    format!("/companies/{}", text(&company["id"]))
}
