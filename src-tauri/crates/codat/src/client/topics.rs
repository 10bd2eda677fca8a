//! Topics: the requests of screens, returned as raw JSON.

use http::Method;
use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{
    Client, Outcome, Write,
    call::{Call, segment},
};
use crate::{
    id::{CompanyId, ConnectionId},
    model::SyncSettings,
    reading,
    topic::Topic,
};

impl Client {
    /// Requests a topic. Returns the raw JSON of the response.
    ///
    /// # Errors
    /// Those of §2.5. For data, 409 means that it was never read, and 404 that the platform has none (§2.19).
    pub async fn topic(&self, topic: &Topic) -> Outcome<Box<RawValue>> {
        self.fetch(call(topic), reading::object).await
    }

    /// `GET /companies/{companyId}/syncSettings`, or `/profile/syncSettings` for the whole client (§2.13).
    ///
    /// # Errors
    /// Those of §2.5.
    pub async fn sync_settings(&self, company: Option<CompanyId>) -> Outcome<SyncSettings> {
        self.fetch(Call::get(settings_of(company)), reading::object).await
    }
}

impl Write<()> {
    /// `POST /companies/{companyId}/syncSettings`, or `/profile/syncSettings` for the whole client: replaces all
    /// settings (§2.13). 402 if the plan does not allow a schedule.
    pub fn set_sync_settings(company: Option<CompanyId>, settings: &impl Serialize, key: Uuid) -> Self {
        Self::without_response(Call::new(Method::POST, settings_of(company)).json(settings).once(key))
    }
}

fn settings_of(company: Option<CompanyId>) -> String {
    match company {
        Some(company) => format!("/companies/{company}/syncSettings"),
        None => "/profile/syncSettings".to_owned(),
    }
}

pub(super) fn call(topic: &Topic) -> Call {
    match topic {
        Topic::Reads(company, page) => Call::page(format!("/companies/{company}/data/history"), page),
        Topic::Writes(company, page) => Call::page(format!("/companies/{company}/push"), page),
        Topic::DataStatus(company) => Call::get(format!("/companies/{company}/dataStatus")),
        Topic::Validation(company, dataset) => {
            Call::get(format!("/companies/{company}/sync/{dataset}/validation"))
        }
        Topic::Files(company) => Call::get(format!("/companies/{company}/files")),
        Topic::SyncSettings(company) => Call::get(settings_of(*company)),
        Topic::Info(company) => Call::get(format!("/companies/{company}/data/info")),
        Topic::Statement { company, kind, months } => {
            Call::get(format!("/companies/{company}/data/financials/{}", kind.key()))
                .with("periodLength", 1)
                .with("periodsToCompare", months)
        }
        Topic::Records { company, connection, path, page, .. }
        | Topic::Copy { company, connection, path, page, .. } => {
            Call::page(data(*company, *connection, path), page)
        }
    }
}

/// The path of the data of a company or connection.
pub(super) fn data(company: CompanyId, connection: Option<ConnectionId>, path: &str) -> String {
    let path = segments(path);
    match connection {
        None => format!("/companies/{company}/data/{path}"),
        Some(connection) => format!("/companies/{company}/connections/{connection}/data/{path}"),
    }
}

/// A path of several segments. Slashes and percent signs within a segment are percent-encoded.
fn segments(path: &str) -> String {
    let decoded = path.split('/').map(|step| percent_decode_str(step).decode_utf8_lossy());
    decoded.map(|step| segment(&step)).collect::<Vec<_>>().join("/")
}
