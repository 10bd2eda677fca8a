//! The connections of a company: what may be connected, and what is done with one that is.

use codat::ConnectionId;
use engine::{Act, Settled};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Activity, CompanyRow};
use ts_rs::TS;

use super::{Nothing, acts, company_id, links::is_link};
use crate::{
    app::App,
    carrier::UNLINK,
    convert::millis,
    error::{Code, WireError},
};

/// An integration that can be chosen.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IntegrationChoice {
    /// Four letters.
    pub key: String,
    /// Its name.
    pub name: String,
    /// `Accounting` and its like.
    pub source_type: String,
    /// Whether customers can choose it.
    pub enabled: bool,
}

/// One connection.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct ConnectionRequest {
    /// Its company.
    pub company: String,
    /// The connection.
    pub connection: String,
}

/// A connection to be made.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct AddConnection {
    /// The company.
    pub company: String,
    /// The integration's key.
    pub integration: String,
}

/// A connection that was made.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConnectionAdded {
    /// The company as it is now.
    pub company: CompanyRow,
    /// The connection.
    pub connection: String,
    /// Where the customer authorizes it.
    pub link_url: String,
}

/// What is known of a connection over time.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct ConnectionStory {
    /// What was seen of it, oldest first.
    pub seen: Vec<Activity>,
    /// What the source said was wrong, newest first.
    pub errors: Vec<ConnectionErrorView>,
}

/// An error of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub(crate) struct ConnectionErrorView {
    /// What was said.
    pub text: String,
    /// An HTTP status or the like; empty where none was said.
    pub code: String,
    /// Whether it still stands.
    pub active: bool,
    /// When it happened.
    pub at: Option<i64>,
    /// When it was over.
    pub resolved: Option<i64>,
}

/// An address that was opened, or is to be.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct OpenedUrl {
    /// The address.
    pub url: String,
    /// Whether it is open; if not, the page has to open it.
    pub opened: bool,
}

impl App {
    pub(crate) async fn integrations(&self, _: Nothing) -> Result<Vec<IntegrationChoice>, WireError> {
        let mut all = self.desk().await.store()?.integrations().await?;
        // Enabled ones first; otherwise by name, as they are kept.
        all.sort_by_key(|it| !it.enabled);
        let choice = |it: codat::Integration| IntegrationChoice {
            source_type: it.source_type.as_str().to_owned(),
            key: it.key,
            name: it.name,
            enabled: it.enabled,
        };
        Ok(all.into_iter().map(choice).collect())
    }

    pub(crate) async fn timeline(&self, request: ConnectionRequest) -> Result<ConnectionStory, WireError> {
        let (company, connection) = (company_id(&request.company)?, connection_id(&request.connection)?);
        let store = self.desk().await.store()?;
        let record = store.company_record(company).await?;
        let known = record.iter().flat_map(|it| &it.data_connections).find(|it| it.id == connection);
        Ok(ConnectionStory {
            seen: store.timeline(company, connection).await?,
            errors: known.map(codat::status::errors).unwrap_or_default().into_iter().map(error).collect(),
        })
    }

    pub(crate) async fn add_connection(&self, add: AddConnection) -> Result<ConnectionAdded, WireError> {
        let company = company_id(&add.company)?;
        let desk = self.desk().await;
        let act = Act::AddConnection(company, add.integration.clone());
        let Settled::Connection(connection) =
            acts::settled(&desk, Some(company), "connect", &add.integration, act).await?
        else {
            return Err(WireError::new(
                Code::Unreadable,
                "Codat took this, but its answer names no connection. The company will show it with the next sweep.",
            ));
        };
        let record = desk.store()?.company_record(company).await?;
        let made = record.and_then(|it| it.data_connections.into_iter().find(|it| it.id == connection));
        Ok(ConnectionAdded {
            company: acts::row(&desk, company).await?,
            connection: connection.to_string(),
            link_url: made.map(|it| it.link_url).filter(|url| is_link(url)).unwrap_or_default(),
        })
    }

    pub(crate) async fn unlink_connection(
        &self,
        request: ConnectionRequest,
    ) -> Result<CompanyRow, WireError> {
        let (company, connection) = (company_id(&request.company)?, connection_id(&request.connection)?);
        let desk = self.desk().await;
        let act = Act::Unlink(company, connection);
        acts::act(&desk, Some(company), UNLINK, &request.connection, act).await?;
        acts::row(&desk, company).await
    }

    pub(crate) async fn delete_connection(
        &self,
        request: ConnectionRequest,
    ) -> Result<CompanyRow, WireError> {
        let (company, connection) = (company_id(&request.company)?, connection_id(&request.connection)?);
        let desk = self.desk().await;
        let act = Act::DeleteConnection(company, connection);
        acts::act(&desk, Some(company), "deleteConnection", &request.connection, act).await?;
        acts::row(&desk, company).await
    }
}

fn error((error, active): (&codat::model::DataConnectionError, bool)) -> ConnectionErrorView {
    let said = [&error.error_message, &error.status_text].into_iter().find(|text| !text.is_empty());
    ConnectionErrorView {
        text: said.cloned().unwrap_or_else(|| "The source gave no reason.".to_owned()),
        code: error.status_code.clone(),
        active,
        // One that cannot be read counts as the latest, and is none to show.
        at: error.errored_on_utc.filter(|at| *at < Timestamp::MAX).map(millis),
        resolved: error.resolved_on_utc.map(millis),
    }
}

/// A connection's identifier as the interface sends it.
pub(super) fn connection_id(text: &str) -> Result<ConnectionId, WireError> {
    text.parse()
        .map_err(|_| WireError::new(Code::BadArguments, format!("“{text}” is not the ID of a connection.")))
}
