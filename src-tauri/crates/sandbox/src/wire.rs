//! The JSON of companies and connections (§2.7, §2.8). Optional fields are omitted, never null. The legacy
//! `platform` is included, as in real responses.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    data_type::SourceKind,
    record::{CompanyRecord, ConnectionRecord, ErrorRecord, ErrorState, Slot, Status},
    state::State,
    time_format,
};

/// A company as the API sends it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CompanyWire<'a> {
    id: Uuid,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    platform: &'static str,
    redirect: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_sync: Option<String>,
    created: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by_user_name: Option<&'a str>,
    products: &'a [String],
    tags: &'a BTreeMap<String, String>,
    owner_user_ids: [Uuid; 0],
    #[serde(skip_serializing_if = "Option::is_none")]
    reference_parent_company: Option<ReferenceWire>,
    reference_subsidiary_companies: Vec<ReferenceWire>,
    data_connections: Vec<ConnectionWire<'a>>,
}

/// A reference to another company.
#[derive(Debug, Serialize)]
pub(crate) struct ReferenceWire {
    id: Uuid,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    links: LinksWire,
    tags: BTreeMap<String, String>,
}

#[derive(Debug, Serialize)]
struct LinksWire {
    portal: String,
}

/// A connection as the API sends it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConnectionWire<'a> {
    id: Uuid,
    integration_id: Uuid,
    integration_key: &'a str,
    source_id: Uuid,
    source_type: SourceKind,
    platform_name: &'a str,
    link_url: String,
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_sync: Option<String>,
    created: String,
    data_connection_errors: Vec<ErrorWire>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorWire {
    status_code: String,
    status_text: String,
    error_message: String,
    errored_on_utc: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolved_on_utc: Option<String>,
}

pub(crate) fn company<'a>(
    state: &State,
    slot: Slot,
    record: &'a CompanyRecord,
    now: Timestamp,
) -> CompanyWire<'a> {
    // Computed once: the company's value is the newest of its connections'.
    let synced = record.connections.iter().map(|it| state.reads.last_sync(slot, it, now));
    let synced: Vec<Option<Timestamp>> = synced.collect();
    CompanyWire {
        id: record.id,
        name: &record.name,
        description: record.description.as_deref(),
        platform: "",
        redirect: state.company_link(record.id, now),
        last_sync: synced.iter().copied().flatten().max().map(time_format::with_fraction),
        created: time_format::whole_seconds(record.created),
        created_by_user_name: record.created_by.as_deref(),
        products: &record.products,
        tags: &record.tags,
        owner_user_ids: [],
        reference_parent_company: record.parent.and_then(|parent| reference(state, parent)),
        reference_subsidiary_companies: record
            .subsidiaries
            .iter()
            .filter_map(|it| reference(state, *it))
            .collect(),
        data_connections: record
            .connections
            .iter()
            .zip(&synced)
            .map(|(it, synced)| synced_connection(state, record.id, it, *synced, now))
            .collect(),
    }
}

/// The newest successful read of all connections.
pub(crate) fn company_last_sync(
    state: &State,
    slot: Slot,
    record: &CompanyRecord,
    now: Timestamp,
) -> Option<Timestamp> {
    record.connections.iter().filter_map(|it| state.reads.last_sync(slot, it, now)).max()
}

fn reference(state: &State, slot: Slot) -> Option<ReferenceWire> {
    let record = state.world.record(slot)?.into_owned();
    Some(ReferenceWire {
        id: record.id,
        links: LinksWire { portal: format!("{}/company/{}", state.base(), record.id) },
        name: record.name,
        description: record.description,
        tags: record.tags,
    })
}

pub(crate) fn connection<'a>(
    state: &State,
    slot: Slot,
    company: Uuid,
    record: &'a ConnectionRecord,
    now: Timestamp,
) -> ConnectionWire<'a> {
    synced_connection(state, company, record, state.reads.last_sync(slot, record, now), now)
}

/// The JSON of a connection whose last successful read ended at `synced`.
fn synced_connection<'a>(
    state: &State,
    company: Uuid,
    record: &'a ConnectionRecord,
    synced: Option<Timestamp>,
    now: Timestamp,
) -> ConnectionWire<'a> {
    let platform = record.platform();
    ConnectionWire {
        id: record.id,
        integration_id: platform.map(|it| it.integration_id()).unwrap_or_default(),
        integration_key: &record.key,
        source_id: platform.map(|it| it.source_id()).unwrap_or_default(),
        source_type: platform.map_or(SourceKind::Other, |it| it.kind),
        platform_name: platform.map_or(record.key.as_str(), |it| it.name),
        link_url: state.connection_link(company, record.id, now),
        status: record.status,
        last_sync: synced.map(time_format::with_fraction),
        created: time_format::whole_seconds(record.created),
        data_connection_errors: errors(state, record, now),
    }
}

/// The errors, oldest first, and the error of a current outage.
fn errors(state: &State, record: &ConnectionRecord, now: Timestamp) -> Vec<ErrorWire> {
    let is_linked = record.status == Status::Linked;
    let outage = state.reads.outages.active_error(&record.key, now).filter(|_| is_linked);
    record.errors.iter().cloned().chain(outage).map(error).collect()
}

fn error(record: ErrorRecord) -> ErrorWire {
    let (status, resolved) = match record.state {
        ErrorState::Active => (Some("Active"), None),
        ErrorState::Resolved(at) => (Some("Resolved"), Some(time_format::with_fraction(at))),
        ErrorState::Unspecified => (None, None),
    };
    ErrorWire {
        status_code: record.code,
        status_text: record.text,
        error_message: record.message,
        errored_on_utc: time_format::with_fraction(record.at),
        status,
        resolved_on_utc: resolved,
    }
}
