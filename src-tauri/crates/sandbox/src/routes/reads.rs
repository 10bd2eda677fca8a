//! Refreshes, and the history and status of reads (§2.11).

use std::collections::BTreeMap;

use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    answer::{Part, Problem},
    change::Change,
    context::{Context, Outcome, changed, connection_called, nothing, ok},
    datatype, listing,
    read::{self, Dataset, PullOperationWire, Refresh, Standing, Target, Types},
    record::{CompanyRecord, ConnectionRecord, Slot, Status},
    request, stamp,
};

pub(super) fn refresh_all(cx: &Context<'_>, method: &str) -> Outcome {
    match method {
        "POST" => queue_all(cx),
        _ => Err(Problem::wrong_method("POST")),
    }
}

pub(super) fn refresh_one(cx: &Context<'_>, method: &str) -> Outcome {
    match method {
        "POST" => queue_one(cx),
        _ => Err(Problem::wrong_method("POST")),
    }
}

pub(super) fn status(cx: &Context<'_>, method: &str) -> Outcome {
    match method {
        "GET" => {
            let (slot, company) = cx.company()?;
            let standings = cx.state.reads.standings(slot, &company, cx.now);
            let all: BTreeMap<_, _> = standings
                .iter()
                .map(|(data_type, it)| (*data_type, StatusWire::of(data_type, it, cx)))
                .collect();
            ok(&all)
        }
        _ => Err(Problem::wrong_method("GET")),
    }
}

pub(super) fn history(cx: &Context<'_>, method: &str) -> Outcome {
    match method {
        "GET" => {
            let (slot, company) = cx.company()?;
            let history = cx.state.reads.history(slot, &company, cx.now);
            listing::reads(cx, history, |dataset| dataset.wire(company.id, cx.now))
        }
        _ => Err(Problem::wrong_method("GET")),
    }
}

pub(super) fn one(cx: &Context<'_>, method: &str) -> Outcome {
    match method {
        "GET" => {
            let (slot, company) = cx.company()?;
            ok(&called(cx, slot, &company, cx.segment(4))?.wire(company.id, cx.now))
        }
        _ => Err(Problem::wrong_method("GET")),
    }
}

/// The validation results of a read (§2.12). Empty while it is running.
pub(super) fn validation(cx: &Context<'_>, method: &str) -> Outcome {
    match method {
        "GET" => {
            let (slot, company) = cx.company()?;
            let dataset = called(cx, slot, &company, cx.segment(3))?;
            ok(&read::validation(&dataset, cx.now))
        }
        _ => Err(Problem::wrong_method("GET")),
    }
}

fn called(cx: &Context<'_>, slot: Slot, company: &CompanyRecord, text: &str) -> Result<Dataset, Problem> {
    let id = request::uuid(text);
    let mut history = cx.state.reads.history(slot, company, cx.now);
    history.find(|dataset| Some(dataset.id) == id).ok_or_else(|| {
        let error = format!("No dataset was found with ID {text}");
        Problem::new(StatusCode::NOT_FOUND, Part::Pull, error)
    })
}

fn queue_all(cx: &Context<'_>) -> Outcome {
    let (slot, company) = cx.company()?;
    let targets: Vec<Target> =
        linked(&company).map(|connection| cx.state.reads.everything(slot, connection, cx.now)).collect();
    let changes = if targets.is_empty() { vec![] } else { vec![Change::Refresh(refresh(cx, slot, targets))] };
    nothing(StatusCode::NO_CONTENT, changes)
}

/// The changes that refresh these types, or all enabled types, on all linked connections.
pub(super) fn some(
    cx: &Context<'_>,
    slot: Slot,
    company: &CompanyRecord,
    types: Option<Vec<String>>,
) -> Result<Vec<Change>, Problem> {
    let Some(types) = types else {
        let targets: Vec<Target> =
            linked(company).map(|connection| cx.state.reads.everything(slot, connection, cx.now)).collect();
        let asked = (!targets.is_empty()).then(|| Change::Refresh(refresh(cx, slot, targets)));
        return Ok(asked.into_iter().collect());
    };
    let mut targets = vec![];
    for asked in types {
        let data_type = datatype::named(&asked)
            .ok_or_else(|| refused(format!("Datatype '{asked}' is not a known data type")))?;
        let able = linked(company).filter(|it| supports(it, data_type));
        targets.extend(able.map(|it| Target { connection: it.id, types: Types::One(data_type.to_owned()) }));
    }
    // One refresh for each target, because a refresh can name a connection only once.
    let first = cx.state.reads.next_number();
    let numbered = targets.into_iter().zip(first..);
    Ok(numbered
        .map(|(target, number)| Change::Refresh(Refresh { number, ..refresh(cx, slot, vec![target]) }))
        .collect())
}

/// The running reads of all companies, at most `MOST_LIVE`.
pub(crate) fn live(cx: &Context<'_>) -> Outcome {
    let since = cx.now.checked_sub(LIVE).unwrap_or(Timestamp::MIN);
    let mut running = vec![];
    for slot in cx.state.stirred_since(since) {
        let Some(company) = cx.state.world.record(slot) else { continue };
        let live = cx.state.reads.live(slot, &company, cx.now);
        running.extend(live.iter().map(|dataset| dataset.wire(company.id, cx.now)));
        if running.len() >= MOST_LIVE {
            break;
        }
    }
    running.truncate(MOST_LIVE);
    ok(&LiveWire { results: running })
}

/// The change that queues the first reads of a newly linked connection: the types that the sync settings
/// enable (§4). None if it has no data types.
pub(crate) fn first_reads(cx: &Context<'_>, slot: Slot, connection: &ConnectionRecord) -> Option<Change> {
    connection.platform().filter(|it| !datatype::supported(it.kind).is_empty())?;
    let target = cx.state.reads.everything(slot, connection, cx.now);
    Some(Change::Refresh(Refresh { first_link: true, ..refresh(cx, slot, vec![target]) }))
}

fn queue_one(cx: &Context<'_>) -> Outcome {
    let (slot, company) = cx.company()?;
    let asked = cx.segment(4);
    let data_type = datatype::named(asked)
        .ok_or_else(|| refused(format!("Datatype '{asked}' is not a known data type")))?;
    let connection = source(cx, &company, data_type)?;
    if let Some(running) = cx.state.reads.running(slot, connection, data_type, cx.now) {
        return Err(refused(format!(
            "DatasetAlreadyInProgressException: Cannot queue {data_type} sync for {} as previous sync {} is still in progress",
            company.id, running.id
        )));
    }
    let target = Target { connection: connection.id, types: Types::One(data_type.to_owned()) };
    let refresh = refresh(cx, slot, vec![target]);
    let dataset = read::datasets(&refresh, connection).into_iter().next();
    let wire = dataset.map(|dataset| dataset.wire(company.id, cx.now));
    let wire = wire.ok_or_else(|| unsupported(data_type, connection))?;
    changed(&wire, vec![Change::Refresh(refresh)])
}

/// The connection to read a type from: the requested one, or the first linked one that supports it.
fn source<'a>(
    cx: &Context<'_>,
    company: &'a CompanyRecord,
    data_type: &str,
) -> Result<&'a ConnectionRecord, Problem> {
    let Some(id) = cx.request.parameter("connectionId") else {
        return linked(company).find(|it| supports(it, data_type)).ok_or_else(|| {
            refused(format!(
                "Company {} has no linked connection that supports datatype '{data_type}'",
                company.id
            ))
        });
    };
    let connection = connection_called(company, id)?;
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
    connection.platform().is_some_and(|it| datatype::supported(it.kind).contains(&data_type))
}

fn refresh(cx: &Context<'_>, slot: Slot, targets: Vec<Target>) -> Refresh {
    Refresh { number: cx.state.reads.next_number(), slot, requested: cx.now, targets, first_link: false }
}

fn refused(error: String) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, Part::Pull, error)
}

fn unsupported(data_type: &str, connection: &ConnectionRecord) -> Problem {
    let platform = connection.platform().map(|it| it.integration_id()).unwrap_or_default();
    refused(format!("Datatype '{data_type}' not supported by platform {platform}"))
}

const MOST_LIVE: usize = 200;
/// Reads that started earlier are not searched for running ones.
const LIVE: SignedDuration = SignedDuration::from_hours(7 * 24);

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
    fn of(data_type: &'static str, standing: &Standing, cx: &Context<'_>) -> Self {
        Self {
            data_type,
            last_successful_sync: standing.good.as_ref().map(|good| stamp::precise(good.ends)),
            current_status: standing.latest.stage(cx.now).0,
            latest_sync_id: standing.latest.id,
            latest_successful_sync_id: standing.good.as_ref().map(|good| good.id),
        }
    }
}
