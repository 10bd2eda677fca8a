//! The source of a type's records: a connection and a bank account, if the type needs them.

use codat::{
    Company, CompanyId, ConnectionId, Topic,
    data::{DataType, Fields, RecordHead, Scope, Shape},
    model::ConnectionStatus,
    page::{Page, PageRequest},
};

use super::{RecordsRequest, page_request};
use crate::{
    commands::history::{Choice, choice, unreadable},
    empty_state::provides_category,
    error::{Code, WireError},
    fetch::fetch_due,
    open_workspace::OpenWorkspace,
};

/// The maximum number of bank accounts to choose from.
const MAX_ACCOUNTS: u32 = 500;

/// The source of a type's records.
pub(super) struct RecordSource {
    pub(super) data_type: &'static DataType,
    /// The connections that have the type, for types with data per connection.
    pub(super) connections: Vec<Choice>,
    pub(super) connection: Option<ConnectionId>,
    /// The bank accounts, for types with data per account.
    pub(super) accounts: Vec<Choice>,
    pub(super) account: Option<String>,
    /// Why the accounts could not be loaded again.
    pub(super) failure: Option<WireError>,
}

impl RecordSource {
    /// The connection, the storage key and the API path of the records. `None` if the API has no path.
    pub(super) fn location(&self) -> Option<(Option<ConnectionId>, String, String)> {
        let connection = match self.data_type.scope {
            Scope::Company => None,
            Scope::Connection | Scope::Account => Some(self.connection?),
            Scope::Unpublished => return None,
        };
        // The storage key includes the account, because each account has its own records.
        let data_type = match &self.account {
            Some(account) => format!("{}/{account}", self.data_type.key),
            None => self.data_type.key.to_owned(),
        };
        Some((connection, data_type, self.data_type.path(self.account.as_deref())?))
    }

    /// The topic of a page.
    pub(super) fn topic(&self, company: CompanyId, request: &RecordsRequest) -> Option<Topic> {
        let (connection, data_type, path) = self.location()?;
        Some(match self.data_type.shape {
            Shape::Single if self.data_type.key == "company" => Topic::Info(company),
            Shape::Single | Shape::List | Shape::Statement(_) => {
                Topic::Records { company, connection, data_type, path, page: page_request(request) }
            }
        })
    }
}

/// Finds the requested source, or else the first one.
pub(super) async fn find_source(
    workspace: &OpenWorkspace,
    id: CompanyId,
    record: &Company,
    request: &RecordsRequest,
) -> Result<RecordSource, WireError> {
    let data_type = DataType::of_key(&request.data_type).ok_or_else(|| {
        WireError::new(
            Code::BadArguments,
            format!("This version doesn’t know the data type “{}”.", request.data_type),
        )
    })?;
    let by_connection = matches!(data_type.scope, Scope::Connection | Scope::Account);
    let candidates =
        record.data_connections.iter().filter(|it| provides_category(&it.source_type, data_type.category));
    let mut candidates: Vec<_> = candidates.filter(|_| by_connection).collect();
    candidates.sort_by_key(|it| it.status != ConnectionStatus::Linked);
    let requested = request.connection.as_deref().and_then(|text| text.parse::<ConnectionId>().ok());
    let connection = requested.filter(|requested| candidates.iter().any(|it| it.id == *requested));
    let connection = connection.or_else(|| candidates.first().map(|it| it.id));
    let connections = candidates.iter().map(|it| choice(&it.id.to_string(), &it.platform_name)).collect();
    let mut source = RecordSource {
        data_type,
        connections,
        connection,
        accounts: Vec::new(),
        account: None,
        failure: None,
    };
    if data_type.scope == Scope::Account
        && let Some(connection) = connection
    {
        (source.accounts, source.failure) = accounts(workspace, id, connection, request.kept).await?;
        let requested = request.account.clone().filter(|key| source.accounts.iter().any(|it| it.key == *key));
        source.account = requested.or_else(|| source.accounts.first().map(|it| it.key.clone()));
    }
    Ok(source)
}

/// The bank accounts of a connection, and why they could not be loaded again.
async fn accounts(
    workspace: &OpenWorkspace,
    company: CompanyId,
    connection: ConnectionId,
    cached_only: bool,
) -> Result<(Vec<Choice>, Option<WireError>), WireError> {
    let page = PageRequest { page: 1, page_size: MAX_ACCOUNTS, query: None, order_by: None };
    let topic = Topic::Records {
        company,
        connection: Some(connection),
        data_type: "bankAccounts/all".to_owned(),
        path: "bankAccounts".to_owned(),
        page: page.clone(),
    };
    // If loading fails, stored accounts are used.
    let failure =
        if cached_only { None } else { fetch_due(workspace, vec![topic.clone()], false).await.err() };
    let cached = workspace.store()?.cached_answer(&topic).await?.and_then(|cached| cached.answer);
    let Some((_, raw)) = cached else { return Ok((Vec::new(), failure)) };
    let found: Page<RecordHead> = Page::from_raw(&raw, &page).map_err(unreadable)?;
    let accounts = found.results.into_iter().filter_map(|item| {
        let id = item.value.id?;
        let name = Fields::parse(&item.raw).text_at("accountName").filter(|name| !name.is_empty());
        Some(Choice { name: name.unwrap_or_else(|| id.clone()), key: id })
    });
    Ok((accounts.collect(), failure))
}
