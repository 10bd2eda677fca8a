//! The world outside: a sandbox in process, and the hand that moves it. What is asked here meets no faults,
//! counts toward no limit, and is not what the app sees.

use bytes::Bytes;
use http_body_util::BodyExt as _;
use sandbox::{Endpoint, Limits, Options, TimeScale};
use serde_json::Value;
use tower::ServiceExt as _;

use crate::{account::Account, clock::Clock, trouble::Trouble};

/// The most companies of a page.
const PAGE: u32 = 5_000;

/// The world.
pub(crate) struct World {
    endpoint: Endpoint,
    account: Account,
    companies: u32,
}

impl World {
    /// A world with at least so many connections, and as few companies as that takes.
    pub(crate) async fn new(
        connections: u32,
        seed: u64,
        account: Account,
        clock: &Clock,
    ) -> Result<Self, Trouble> {
        let wide = Self::of(connections.max(1), seed, account.clone(), clock).await?;
        let companies = wide.companies_with(connections).await?;
        Self::of(companies, seed, account, clock).await
    }

    /// A world with so many companies.
    pub(crate) async fn of(
        companies: u32,
        seed: u64,
        account: Account,
        clock: &Clock,
    ) -> Result<Self, Trouble> {
        let options = Options {
            port: account.port(),
            api_key: account.key(),
            companies: Some(companies),
            seed,
            limits: Limits::REAL,
            time_scale: TimeScale::REAL,
            ..Options::default()
        };
        let clock = clock.clone();
        let endpoint = Endpoint::in_process(&options, std::sync::Arc::new(move || clock.now())).await?;
        Ok(Self { endpoint, account, companies })
    }

    /// How many companies it began with.
    pub(crate) fn companies(&self) -> u32 {
        self.companies
    }

    /// Whose it is.
    pub(crate) fn account(&self) -> &Account {
        &self.account
    }

    /// What reaches it.
    pub(crate) fn transport(&self) -> codat::Transport {
        self.endpoint.transport()
    }

    /// Asks, and reads the answer, which must be a success.
    pub(crate) async fn ask(&self, method: &str, target: &str, body: &Value) -> Result<Value, Trouble> {
        let (status, text) = self.send(method, target, body).await?;
        if !(200..300).contains(&status) {
            return Err(Trouble::odd(target, format_args!("{status} {}", String::from_utf8_lossy(&text))));
        }
        if text.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&text).map_err(|error| Trouble::odd(target, error))
    }

    /// Asks what may be refused or spoilt; nothing where it was.
    pub(crate) async fn try_ask(
        &self,
        method: &str,
        target: &str,
        body: &Value,
    ) -> Result<Option<Value>, Trouble> {
        let (status, text) = self.send(method, target, body).await?;
        let is_success = (200..300).contains(&status);
        Ok(is_success.then(|| serde_json::from_slice(&text).ok()).flatten())
    }

    async fn send(&self, method: &str, target: &str, body: &Value) -> Result<(u16, Bytes), Trouble> {
        let odd = |error: &dyn core::fmt::Display| Trouble::odd(target, error);
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = http::Request::builder()
            .method(method)
            .uri(format!("http://{}{target}", self.account.authority()))
            .header(http::header::AUTHORIZATION, self.account.authorization())
            .body(Bytes::from(body))
            .map_err(|error| odd(&error))?;
        let response = self.endpoint.clone().oneshot(request).await.map_err(|error| odd(&error))?;
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.map_err(|error| odd(&error))?;
        Ok((status, body.to_bytes()))
    }

    /// All companies that match, or all there are, as the world has them at this moment.
    pub(crate) async fn list(&self, query: Option<&str>) -> Result<Vec<Value>, Trouble> {
        let mut all = vec![];
        for page in 1.. {
            let query = query.map(|it| format!("&query={it}")).unwrap_or_default();
            let target = format!("/_sandbox/companies?page={page}&pageSize={PAGE}{query}");
            let mut said = self.ask("GET", &target, &Value::Null).await?;
            let Some(Value::Array(results)) = said.get_mut("results").map(Value::take) else {
                return Err(Trouble::odd(&target, "no results"));
            };
            let last = results.len() < PAGE as usize;
            all.extend(results);
            if last {
                break;
            }
        }
        Ok(all)
    }

    /// The `n`th company, counted modulo those there are.
    pub(crate) async fn company(&self, n: u64) -> Result<Value, Trouble> {
        let target = |page: u64| format!("/_sandbox/companies?page={page}&pageSize=1");
        let first = self.ask("GET", &target(1), &Value::Null).await?;
        let total = first.get("totalResults").and_then(Value::as_u64).unwrap_or(0);
        let at = n.checked_rem(total).ok_or_else(|| Trouble::odd("the world", "it has no companies"))?;
        let mut page = self.ask("GET", &target(at + 1), &Value::Null).await?;
        Ok(page.pointer_mut("/results/0").map(Value::take).unwrap_or_default())
    }

    async fn companies_with(&self, connections: u32) -> Result<u32, Trouble> {
        let mut counted = 0;
        for (n, company) in (1_u32..).zip(self.list(None).await?) {
            counted += connections_of(&company).len();
            if counted >= connections as usize {
                return Ok(n);
            }
        }
        Err(Trouble::Wrong(format!("{} companies have no {connections} connections", self.companies)))
    }
}

/// The connections in a company's JSON.
pub(crate) fn connections_of(company: &Value) -> &[Value] {
    company.get("dataConnections").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A field of text.
pub(crate) fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}
