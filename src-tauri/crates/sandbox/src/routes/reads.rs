//! Refreshes, and the history and status of reads (§2.11).

use std::collections::BTreeMap;

use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    change::Change,
    context::{Context, HandlerResult, empty, find_connection, ok, ok_with_changes},
    data_type, listing,
    read::{self, DataTypeStatus, Dataset, PullOperationWire, Refresh, Target, TypeSelection},
    record::{CompanyRecord, ConnectionRecord, Slot, Status},
    request,
    response::{ApiError, Service},
    time_format,
};

pub(super) fn refresh_all(cx: &Context<'_>, method: &str) -> HandlerResult {
    match method {
        "POST" => queue_all(cx),
        _ => Err(ApiError::method_not_allowed("POST")),
    }
}

pub(super) fn refresh_one(cx: &Context<'_>, method: &str) -> HandlerResult {
    match method {
        "POST" => queue_one(cx),
        _ => Err(ApiError::method_not_allowed("POST")),
    }
}

pub(super) fn status(cx: &Context<'_>, method: &str) -> HandlerResult {
    match method {
        "GET" => {
            let (slot, company) = cx.company()?;
            let standings = cx.state.reads.data_type_statuses(slot, &company, cx.now);
            let all: BTreeMap<_, _> = standings
                .iter()
                .map(|(data_type, it)| (*data_type, StatusWire::new(data_type, it, cx)))
                .collect();
            ok(&all)
        }
        _ => Err(ApiError::method_not_allowed("GET")),
    }
}

pub(super) fn history(cx: &Context<'_>, method: &str) -> HandlerResult {
    match method {
        "GET" => {
            let (slot, company) = cx.company()?;
            let history = cx.state.reads.history(slot, &company, cx.now);
            listing::reads(cx, history, |dataset| dataset.wire(company.id, cx.now))
        }
        _ => Err(ApiError::method_not_allowed("GET")),
    }
}

pub(super) fn one(cx: &Context<'_>, method: &str) -> HandlerResult {
    match method {
        "GET" => {
            let (slot, company) = cx.company()?;
            ok(&called(cx, slot, &company, cx.segment(4))?.wire(company.id, cx.now))
        }
        _ => Err(ApiError::method_not_allowed("GET")),
    }
}

/// The validation results of a read (§2.12). Empty while it is running.
pub(super) fn validation(cx: &Context<'_>, method: &str) -> HandlerResult {
    match method {
        "GET" => {
            let (slot, company) = cx.company()?;
            let dataset = called(cx, slot, &company, cx.segment(3))?;
            ok(&read::validation(&dataset, cx.now))
        }
        _ => Err(ApiError::method_not_allowed("GET")),
    }
}

fn called(cx: &Context<'_>, slot: Slot, company: &CompanyRecord, text: &str) -> Result<Dataset, ApiError> {
    let id = request::uuid(text);
    let mut history = cx.state.reads.history(slot, company, cx.now);
    history.find(|dataset| Some(dataset.id) == id).ok_or_else(|| {
        let error = format!("No dataset was found with ID {text}");
        ApiError::new(StatusCode::NOT_FOUND, Service::Pull, error)
    })
}

fn queue_all(cx: &Context<'_>) -> HandlerResult {
    let (slot, company) = cx.company()?;
    let targets: Vec<Target> = linked(&company)
        .map(|connection| cx.state.reads.full_refresh_target(slot, connection, cx.now))
        .collect();
    let changes =
        if targets.is_empty() { Vec::new() } else { vec![Change::Refresh(refresh(cx, slot, targets))] };
    empty(StatusCode::NO_CONTENT, changes)
}

/// The changes that refresh these types, or all enabled types, on all linked connections.
pub(super) fn some(
    cx: &Context<'_>,
    slot: Slot,
    company: &CompanyRecord,
    types: Option<Vec<String>>,
) -> Result<Vec<Change>, ApiError> {
    let Some(types) = types else {
        let targets: Vec<Target> = linked(company)
            .map(|connection| cx.state.reads.full_refresh_target(slot, connection, cx.now))
            .collect();
        let change = (!targets.is_empty()).then(|| Change::Refresh(refresh(cx, slot, targets)));
        return Ok(change.into_iter().collect());
    };
    let mut targets = Vec::new();
    for name in types {
        let data_type = data_type::find(&name)
            .ok_or_else(|| refused(format!("Datatype '{name}' is not a known data type")))?;
        let able = linked(company).filter(|it| supports(it, data_type));
        targets.extend(
            able.map(|it| Target { connection: it.id, types: TypeSelection::One(data_type.to_owned()) }),
        );
    }
    // One refresh for each target, because a refresh can name a connection only once.
    let first = cx.state.reads.next_number();
    let numbered = targets.into_iter().zip(first..);
    Ok(numbered
        .map(|(target, number)| Change::Refresh(Refresh { number, ..refresh(cx, slot, vec![target]) }))
        .collect())
}

/// The running reads of all companies, at most `MAX_RUNNING`.
pub(crate) fn live(cx: &Context<'_>) -> HandlerResult {
    let since = cx.now.checked_sub(MAX_RUNNING_AGE).unwrap_or(Timestamp::MIN);
    let mut running = Vec::new();
    for slot in cx.state.evaluated_since(since) {
        let Some(company) = cx.state.world.record(slot) else { continue };
        let live = cx.state.reads.live(slot, &company, cx.now);
        running.extend(live.iter().map(|dataset| dataset.wire(company.id, cx.now)));
        if running.len() >= MAX_RUNNING {
            break;
        }
    }
    running.truncate(MAX_RUNNING);
    ok(&LiveWire { results: running })
}

/// The change that queues the first reads of a newly linked connection: the types that the sync settings
/// enable (§4). None if it has no data types.
pub(crate) fn first_reads(cx: &Context<'_>, slot: Slot, connection: &ConnectionRecord) -> Option<Change> {
    connection.platform().filter(|it| !data_type::supported(it.kind).is_empty())?;
    let target = cx.state.reads.full_refresh_target(slot, connection, cx.now);
    Some(Change::Refresh(Refresh { first_link: true, ..refresh(cx, slot, vec![target]) }))
}

fn queue_one(cx: &Context<'_>) -> HandlerResult {
    let (slot, company) = cx.company()?;
    let name = cx.segment(4);
    let data_type = data_type::find(name)
        .ok_or_else(|| refused(format!("Datatype '{name}' is not a known data type")))?;
    let connection = source(cx, &company, data_type)?;
    if let Some(running) = cx.state.reads.running(slot, connection, data_type, cx.now) {
        return Err(refused(format!(
            "DatasetAlreadyInProgressException: Cannot queue {data_type} sync for {} as previous sync {} is still in progress",
            company.id, running.id
        )));
    }
    let target = Target { connection: connection.id, types: TypeSelection::One(data_type.to_owned()) };
    let refresh = refresh(cx, slot, vec![target]);
    let dataset = read::initial_datasets(&refresh, connection).into_iter().next();
    let wire = dataset.map(|dataset| dataset.wire(company.id, cx.now));
    let wire = wire.ok_or_else(|| unsupported(data_type, connection))?;
    ok_with_changes(&wire, vec![Change::Refresh(refresh)])
}

/// The connection to read a type from: the requested one, or the first linked one that supports it.
fn source<'a>(
    cx: &Context<'_>,
    company: &'a CompanyRecord,
    data_type: &str,
) -> Result<&'a ConnectionRecord, ApiError> {
    let Some(id) = cx.request.parameter("connectionId") else {
        return linked(company).find(|it| supports(it, data_type)).ok_or_else(|| {
            refused(format!(
                "Company {} has no linked connection that supports datatype '{data_type}'",
                company.id
            ))
        });
    };
    let connection = find_connection(company, id)?;
    if !supports(connection, data_type) {
        return Err(unsupported(data_type, connection));
    }
    if connection.status != Status::Linked {
        return Err(refused(format!("Data connection {} is not linked", connection.id)));
    }
    Ok(connection)
}

fn linked(company: &CompanyRecord) -> impl Iterator<Item = &ConnectionRecord> {
    company.connections.iter().filter(|it| it.status == Status::Linked)
}

fn supports(connection: &ConnectionRecord, data_type: &str) -> bool {
    connection.platform().is_some_and(|it| data_type::supported(it.kind).contains(&data_type))
}

fn refresh(cx: &Context<'_>, slot: Slot, targets: Vec<Target>) -> Refresh {
    Refresh { number: cx.state.reads.next_number(), slot, requested: cx.now, targets, first_link: false }
}

fn refused(error: String) -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, Service::Pull, error)
}

fn unsupported(data_type: &str, connection: &ConnectionRecord) -> ApiError {
    let platform = connection.platform().map(|it| it.integration_id()).unwrap_or_default();
    refused(format!("Datatype '{data_type}' not supported by platform {platform}"))
}

const MAX_RUNNING: usize = 200;
/// Reads that started earlier are not searched for running ones.
const MAX_RUNNING_AGE: SignedDuration = SignedDuration::from_hours(7 * 24);

#[derive(Debug, Serialize)]
struct LiveWire {
    results: Vec<PullOperationWire>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct StatusWire {
    data_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_successful_sync: Option<String>,
    current_status: &'static str,
    latest_sync_id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    latest_successful_sync_id: Option<Uuid>,
}

impl StatusWire {
    fn new(data_type: &'static str, standing: &DataTypeStatus, cx: &Context<'_>) -> Self {
        Self {
            data_type,
            last_successful_sync: standing
                .last_success
                .as_ref()
                .map(|good| time_format::with_fraction(good.ends)),
            current_status: standing.latest.stage(cx.now).0,
            latest_sync_id: standing.latest.id,
            latest_successful_sync_id: standing.last_success.as_ref().map(|good| good.id),
        }
    }
}
