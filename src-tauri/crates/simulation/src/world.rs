//! The world: a sandbox in process, and the control of it. Requests here meet no disturbances, count toward
//! no limit, and are not recorded.

use bytes::Bytes;
use http_body_util::BodyExt as _;
use sandbox::{Endpoint, Limits, Options, TimeScale};
use serde_json::Value;
use tower::ServiceExt as _;

use crate::{account::Account, clock::Clock, error::SimulationError};

/// The maximum page size.
const PAGE: u32 = 5_000;

pub(crate) struct World {
    endpoint: Endpoint,
    account: Account,
    companies: u32,
}

impl World {
    /// A world with at least this many connections and as few companies as possible.
    pub(crate) async fn new(
        connections: u32,
        seed: u64,
        account: Account,
        clock: &Clock,
    ) -> Result<Self, SimulationError> {
        let wide = Self::of(connections.max(1), seed, account.clone(), clock).await?;
        let companies = wide.companies_with(connections).await?;
        Self::of(companies, seed, account, clock).await
    }

    /// A world with this many companies.
    pub(crate) async fn of(
        companies: u32,
        seed: u64,
        account: Account,
        clock: &Clock,
    ) -> Result<Self, SimulationError> {
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

    /// The number of companies at the start.
    pub(crate) fn companies(&self) -> u32 {
        self.companies
    }

    pub(crate) fn account(&self) -> &Account {
        &self.account
    }

    pub(crate) fn transport(&self) -> codat::Transport {
        self.endpoint.transport()
    }

    /// Sends a request that must succeed, and parses the response.
    pub(crate) async fn ask(
        &self,
        method: &str,
        target: &str,
        body: &Value,
    ) -> Result<Value, SimulationError> {
        let (status, text) = self.send(method, target, body).await?;
        if !(200..300).contains(&status) {
            return Err(SimulationError::unexpected(
                target,
                format_args!("{status} {}", String::from_utf8_lossy(&text)),
            ));
        }
        if text.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&text).map_err(|error| SimulationError::unexpected(target, error))
    }

    /// Sends a request that may fail. Returns none then.
    pub(crate) async fn try_ask(
        &self,
        method: &str,
        target: &str,
        body: &Value,
    ) -> Result<Option<Value>, SimulationError> {
        let (status, text) = self.send(method, target, body).await?;
        let is_success = (200..300).contains(&status);
        Ok(is_success.then(|| serde_json::from_slice(&text).ok()).flatten())
    }

    async fn send(&self, method: &str, target: &str, body: &Value) -> Result<(u16, Bytes), SimulationError> {
        let unexpected = |error: &dyn core::fmt::Display| SimulationError::unexpected(target, error);
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = http::Request::builder()
            .method(method)
            .uri(format!("http://{}{target}", self.account.authority()))
            .header(http::header::AUTHORIZATION, self.account.authorization())
            .body(Bytes::from(body))
            .map_err(|error| unexpected(&error))?;
        let response = self.endpoint.clone().oneshot(request).await.map_err(|error| unexpected(&error))?;
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.map_err(|error| unexpected(&error))?;
        Ok((status, body.to_bytes()))
    }

    /// All present companies that match the query.
    pub(crate) async fn list(&self, query: Option<&str>) -> Result<Vec<Value>, SimulationError> {
        let mut all = vec![];
        for page in 1.. {
            let query = query.map(|it| format!("&query={it}")).unwrap_or_default();
            let target = format!("/_sandbox/companies?page={page}&pageSize={PAGE}{query}");
            let mut said = self.ask("GET", &target, &Value::Null).await?;
            let Some(Value::Array(results)) = said.get_mut("results").map(Value::take) else {
                return Err(SimulationError::unexpected(&target, "no results"));
            };
            let last = results.len() < PAGE as usize;
            all.extend(results);
            if last {
                break;
            }
        }
        Ok(all)
    }

    /// The `n`th company, modulo their number.
    pub(crate) async fn company(&self, n: u64) -> Result<Value, SimulationError> {
        let target = |page: u64| format!("/_sandbox/companies?page={page}&pageSize=1");
        let first = self.ask("GET", &target(1), &Value::Null).await?;
        let total = first.get("totalResults").and_then(Value::as_u64).unwrap_or(0);
        let at = n
            .checked_rem(total)
            .ok_or_else(|| SimulationError::unexpected("the world", "it has no companies"))?;
        let mut page = self.ask("GET", &target(at + 1), &Value::Null).await?;
        Ok(page.pointer_mut("/results/0").map(Value::take).unwrap_or_default())
    }

    async fn companies_with(&self, connections: u32) -> Result<u32, SimulationError> {
        let mut counted = 0;
        for (n, company) in (1_u32..).zip(self.list(None).await?) {
            counted += connections_of(&company).len();
            if counted >= connections as usize {
                return Ok(n);
            }
        }
        Err(SimulationError::Wrong(format!("{} companies have no {connections} connections", self.companies)))
    }
}

pub(crate) fn connections_of(company: &Value) -> &[Value] {
    company.get("dataConnections").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

pub(crate) fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}
