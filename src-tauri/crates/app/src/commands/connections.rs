//! The connections of a company: adding, unlinking and deleting them.

use codat::ConnectionId;
use engine::{DeleteConnection, Settled, UnlinkConnection};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Activity, CompanyRow};
use ts_rs::TS;

use super::{Nothing, acts, company_id, links::is_link};
use crate::{
    app::App,
    effect_executor::UNLINK,
    error::{Code, WireError},
    wire::millis,
};

/// An integration to choose from.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IntegrationChoice {
    /// Four letters.
    pub key: String,
    pub name: String,
    /// Such as `Accounting`.
    pub source_type: String,
    /// Whether customers can choose it.
    pub enabled: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct ConnectionRequest {
    /// The ID of its company.
    pub company: String,
    pub connection: String,
}

/// A connection to create.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct AddConnection {
    pub company: String,
    /// The key of the integration.
    pub integration: String,
}

/// A created connection.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConnectionAdded {
    /// The company afterwards.
    pub company: CompanyRow,
    /// The ID of the connection.
    pub connection: String,
    /// Where the customer authorizes it.
    pub link_url: String,
}

/// The history of a connection.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct ConnectionStory {
    /// Its activity, oldest first.
    pub seen: Vec<Activity>,
    /// Its errors, newest first.
    pub errors: Vec<ConnectionErrorView>,
}

/// An error of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub(crate) struct ConnectionErrorView {
    pub text: String,
    /// Usually an HTTP status. Empty if the source gave none.
    pub code: String,
    /// Whether it is unresolved.
    pub active: bool,
    /// When it occurred.
    pub at: Option<i64>,
    /// When it was resolved.
    pub resolved: Option<i64>,
}

/// An opened URL.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct OpenedUrl {
    pub url: String,
    /// Whether it was opened. If not, the page must open it.
    pub opened: bool,
}

impl App {
    pub(crate) async fn integrations(&self, _: Nothing) -> Result<Vec<IntegrationChoice>, WireError> {
        let mut all = self.command_workspace().await.store()?.integrations().await?;
        // Enabled ones first, and otherwise in the stored order, by name.
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
        let store = self.command_workspace().await.store()?;
        let record = store.company_record(company).await?;
        let known = record.iter().flat_map(|it| &it.data_connections).find(|it| it.id == connection);
        Ok(ConnectionStory {
            seen: store.connection_timeline(company, connection).await?,
            errors: known.map(codat::status::errors).unwrap_or_default().into_iter().map(error).collect(),
        })
    }

    pub(crate) async fn add_connection(&self, add: AddConnection) -> Result<ConnectionAdded, WireError> {
        let company = company_id(&add.company)?;
        let workspace = self.command_workspace().await;
        let act = engine::AddConnection { company, integration: add.integration.clone() };
        let Settled::Connection(connection) =
            acts::run_and_settle(&workspace, Some(company), "connect", &add.integration, act).await?
        else {
            return Err(WireError::new(
                Code::Unreadable,
                "Codat accepted this, but its answer names no connection. The company shows it after the \
                 next check.",
            ));
        };
        let record = workspace.store()?.company_record(company).await?;
        let made = record.and_then(|it| it.data_connections.into_iter().find(|it| it.id == connection));
        Ok(ConnectionAdded {
            company: acts::row(&workspace, company).await?,
            connection: connection.to_string(),
            link_url: made.map(|it| it.link_url).filter(|url| is_link(url)).unwrap_or_default(),
        })
    }

    pub(crate) async fn unlink_connection(
        &self,
        request: ConnectionRequest,
    ) -> Result<CompanyRow, WireError> {
        let (company, connection) = (company_id(&request.company)?, connection_id(&request.connection)?);
        let workspace = self.command_workspace().await;
        let act = UnlinkConnection { company, connection };
        acts::run_act(&workspace, Some(company), UNLINK, &request.connection, act).await?;
        acts::row(&workspace, company).await
    }

    pub(crate) async fn delete_connection(
        &self,
        request: ConnectionRequest,
    ) -> Result<CompanyRow, WireError> {
        let (company, connection) = (company_id(&request.company)?, connection_id(&request.connection)?);
        let workspace = self.command_workspace().await;
        let act = DeleteConnection { company, connection };
        acts::run_act(&workspace, Some(company), "deleteConnection", &request.connection, act).await?;
        acts::row(&workspace, company).await
    }
}

fn error((error, active): (&codat::model::DataConnectionError, bool)) -> ConnectionErrorView {
    let texts = [&error.error_message, &error.status_text].into_iter().find(|text| !text.is_empty());
    ConnectionErrorView {
        text: texts.cloned().unwrap_or_else(|| "The source gave no reason.".to_owned()),
        code: error.status_code.clone(),
        active,
        // An unreadable time is stored as the maximum and must not be shown.
        at: error.errored_on_utc.filter(|at| *at < Timestamp::MAX).map(millis),
        resolved: error.resolved_on_utc.map(millis),
    }
}

/// Parses the ID of a connection.
pub(super) fn connection_id(text: &str) -> Result<ConnectionId, WireError> {
    text.parse().map_err(|_| WireError::new(Code::BadArguments, format!("“{text}” isn’t a connection ID.")))
}
