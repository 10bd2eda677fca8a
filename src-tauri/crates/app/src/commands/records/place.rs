//! Where records of a type lie: of which connection, of which bank account.

use codat::{
    Company, CompanyId, ConnectionId, Topic,
    data::{DataType, Fields, RecordHead, Scope, Shape},
    model::ConnectionStatus,
    page::{Page, PageRequest},
};

use super::{RecordsRequest, asked};
use crate::{
    absence::is_of,
    commands::history::{Choice, choice, unreadable},
    desk::Desk,
    error::{Code, WireError},
    fetch::fetch_due,
};

/// How many bank accounts can be chosen from.
const MOST_ACCOUNTS: u32 = 500;

/// Where records of a type lie.
pub(super) struct Place {
    pub(super) data_type: &'static DataType,
    /// Connections that have the type, where it is read by connection.
    pub(super) connections: Vec<Choice>,
    pub(super) connection: Option<ConnectionId>,
    /// Bank accounts, where it is read by account.
    pub(super) accounts: Vec<Choice>,
    pub(super) account: Option<String>,
    /// Why the accounts could not be asked for anew.
    pub(super) failure: Option<WireError>,
}

impl Place {
    /// The connection, what the records are kept as, and their path; nothing where there is no way to them.
    pub(super) fn way(&self) -> Option<(Option<ConnectionId>, String, String)> {
        let connection = match self.data_type.scope {
            Scope::Company => None,
            Scope::Connection | Scope::Account => Some(self.connection?),
            Scope::Unpublished => return None,
        };
        // What is kept is kept by type; of several accounts, each is a type of its own there.
        let data_type = match &self.account {
            Some(account) => format!("{}/{account}", self.data_type.key),
            None => self.data_type.key.to_owned(),
        };
        Some((connection, data_type, self.data_type.path(self.account.as_deref())?))
    }

    /// A page of them.
    pub(super) fn topic(&self, company: CompanyId, request: &RecordsRequest) -> Option<Topic> {
        let (connection, data_type, path) = self.way()?;
        Some(match self.data_type.shape {
            Shape::Single if self.data_type.key == "company" => Topic::Info(company),
            Shape::Single | Shape::List | Shape::Statement(_) => {
                Topic::Records { company, connection, data_type, path, page: asked(request) }
            }
        })
    }
}

/// Finds the place that is asked for, or the first that there is.
pub(super) async fn place(
    desk: &Desk,
    id: CompanyId,
    record: &Company,
    request: &RecordsRequest,
) -> Result<Place, WireError> {
    let data_type = DataType::of_key(&request.data_type).ok_or_else(|| {
        WireError::new(
            Code::BadArguments,
            format!("“{}” is a data type that this version does not know.", request.data_type),
        )
    })?;
    let by_connection = matches!(data_type.scope, Scope::Connection | Scope::Account);
    let fitting = record.data_connections.iter().filter(|it| is_of(&it.source_type, data_type.category));
    let mut fitting: Vec<_> = fitting.filter(|_| by_connection).collect();
    fitting.sort_by_key(|it| it.status != ConnectionStatus::Linked);
    let wanted = request.connection.as_deref().and_then(|text| text.parse::<ConnectionId>().ok());
    let connection = wanted.filter(|wanted| fitting.iter().any(|it| it.id == *wanted));
    let connection = connection.or_else(|| fitting.first().map(|it| it.id));
    let connections = fitting.iter().map(|it| choice(&it.id.to_string(), &it.platform_name)).collect();
    let mut place =
        Place { data_type, connections, connection, accounts: Vec::new(), account: None, failure: None };
    if data_type.scope == Scope::Account
        && let Some(connection) = connection
    {
        (place.accounts, place.failure) = accounts(desk, id, connection, request.kept).await?;
        let wanted = request.account.clone().filter(|key| place.accounts.iter().any(|it| it.key == *key));
        place.account = wanted.or_else(|| place.accounts.first().map(|it| it.key.clone()));
    }
    Ok(place)
}

/// The bank accounts of a connection, and why they could not be asked for anew.
async fn accounts(
    desk: &Desk,
    company: CompanyId,
    connection: ConnectionId,
    kept: bool,
) -> Result<(Vec<Choice>, Option<WireError>), WireError> {
    let page = PageRequest { page: 1, page_size: MOST_ACCOUNTS, query: None, order_by: None };
    let topic = Topic::Records {
        company,
        connection: Some(connection),
        data_type: "bankAccounts/all".to_owned(),
        path: "bankAccounts".to_owned(),
        page: page.clone(),
    };
    // Those that are kept serve where they cannot be asked for.
    let failure = if kept { None } else { fetch_due(desk, vec![topic.clone()], false).await.err() };
    let said = desk.store()?.said(&topic).await?.and_then(|said| said.answer);
    let Some((_, raw)) = said else { return Ok((Vec::new(), failure)) };
    let found: Page<RecordHead> = Page::from_raw(&raw, &page).map_err(unreadable)?;
    let accounts = found.results.into_iter().filter_map(|item| {
        let id = item.value.id?;
        let name = Fields::parse(&item.raw).text_at("accountName").filter(|name| !name.is_empty());
        Some(Choice { name: name.unwrap_or_else(|| id.clone()), key: id })
    });
    Ok((accounts.collect(), failure))
}
