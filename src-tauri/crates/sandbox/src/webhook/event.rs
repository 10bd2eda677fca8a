//! Events (§7.1) of changes and of the timeline.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{
    change::Change,
    data_type, product,
    read::{EventKind, TimelineEvent},
    record::{CompanyRecord, ConnectionRecord, Slot, Status},
    state::State,
    time_format, wire,
};

/// The event types without a data type.
pub(crate) const KINDS: [&str; 14] = [
    "company.created",
    "company.deleted",
    "company.product.added",
    "company.product.removed",
    "connection.created",
    "connection.connected",
    "connection.failed",
    "connection.disconnected",
    "connection.reconnected",
    "connection.deleted",
    "read.completed",
    "read.completed.initial",
    "client.rateLimit.reached",
    "client.rateLimit.reset",
];

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    pub(crate) at: Timestamp,
    pub(crate) kind: String,
    /// The tags of the event's company.
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) payload: Value,
}

pub(crate) fn is_event(kind: &str) -> bool {
    let written = |kind: &str| {
        let rest =
            kind.strip_suffix(".write.successful").or_else(|| kind.strip_suffix(".write.unsuccessful"));
        rest.is_some_and(|rest| data_type::all().any(|data_type| data_type == rest))
    };
    KINDS.contains(&kind) || written(kind)
}

/// The events of changes that are not applied yet. `state` is the state before them.
pub(crate) fn change_events(state: &State, changes: &[Change], now: Timestamp) -> Vec<Event> {
    let mut events = Vec::new();
    for change in changes {
        let Change::Company(slot, after) = change else { continue };
        let before = state.world.record(*slot);
        match (before.as_deref(), after.as_deref()) {
            (None, Some(after)) => events.push(company_event(state, *slot, after, "company.created", now)),
            (Some(before), None) => {
                for connection in &before.connections {
                    events.push(connection_event(
                        state,
                        *slot,
                        before,
                        connection,
                        "connection.deleted",
                        now,
                    ));
                }
                events.push(company_event(state, *slot, before, "company.deleted", now));
            }
            (Some(before), Some(after)) => update_events(state, *slot, before, after, now, &mut events),
            (None, None) => {}
        }
    }
    events
}

fn update_events(
    state: &State,
    slot: Slot,
    before: &CompanyRecord,
    after: &CompanyRecord,
    now: Timestamp,
    events: &mut Vec<Event>,
) {
    for product in after.products.iter().filter(|it| !before.products.contains(it)) {
        events.push(product_event(after, product, "company.product.added", now));
    }
    for product in before.products.iter().filter(|it| !after.products.contains(it)) {
        events.push(product_event(after, product, "company.product.removed", now));
    }
    for connection in &after.connections {
        let kinds = status_change_event_types(before.connection(connection.id), connection);
        events.extend(
            kinds.into_iter().map(|kind| connection_event(state, slot, after, connection, kind, now)),
        );
    }
    for gone in before.connections.iter().filter(|it| after.connection(it.id).is_none()) {
        events.push(connection_event(state, slot, before, gone, "connection.deleted", now));
    }
}

/// The event types of a status change (§3.1). A withdrawal is a timeline event.
fn status_change_event_types(
    before: Option<&ConnectionRecord>,
    after: &ConnectionRecord,
) -> Vec<&'static str> {
    let Some(before) = before else {
        return match after.status {
            Status::Linked => vec!["connection.created", "connection.connected"],
            Status::PendingAuth | Status::Unlinked | Status::Deauthorized => vec!["connection.created"],
        };
    };
    match (before.status, after.status) {
        (Status::PendingAuth, Status::Linked) => vec!["connection.connected"],
        (Status::Unlinked | Status::Deauthorized, Status::Linked) => vec!["connection.reconnected"],
        (Status::Linked, Status::Unlinked) => vec!["connection.disconnected"],
        (Status::PendingAuth, Status::PendingAuth) if after.errors.len() > before.errors.len() => {
            vec!["connection.failed"]
        }
        _ => Vec::new(),
    }
}

pub(crate) fn timeline_events(state: &State, happenings: &[TimelineEvent]) -> Vec<Event> {
    happenings.iter().filter_map(|it| timeline_event(state, it)).collect()
}

fn timeline_event(state: &State, it: &TimelineEvent) -> Option<Event> {
    let company = state.world.record(it.slot)?;
    let connection = company.connection(it.connection)?;
    match &it.kind {
        EventKind::Read(dataset) => {
            let read = json!({
                "connectionId": dataset.connection, "dataType": dataset.data_type,
                "recordsModified": dataset.outcome.succeeds(), "status": dataset.stage(it.at).0,
            });
            Some(reads_event(&company, vec![read], "read.completed", it.at))
        }
        EventKind::FirstReads => {
            let standings = state.reads.data_type_statuses(it.slot, &company, it.at);
            let reads = standings.iter().filter(|(_, standing)| standing.latest.connection == connection.id);
            let reads = reads.map(|(data_type, standing)| {
                json!({
                    "connectionId": connection.id, "dataType": data_type,
                    "recordsModified": standing.last_success.is_some(), "status": standing.latest.stage(it.at).0,
                })
            });
            Some(reads_event(&company, reads.collect(), "read.completed.initial", it.at))
        }
        EventKind::Deauthorized => {
            Some(connection_event(state, it.slot, &company, connection, "connection.disconnected", it.at))
        }
    }
}

fn reads_event(company: &CompanyRecord, reads: Vec<Value>, kind: &str, at: Timestamp) -> Event {
    let payload = json!({ "referenceCompany": reference(company), "dataTypes": reads });
    event(company, kind, payload, at)
}

fn company_event(state: &State, slot: Slot, company: &CompanyRecord, kind: &str, at: Timestamp) -> Event {
    let whole = serde_json::to_value(wire::company(state, slot, company, at)).unwrap_or_default();
    let payload = match whole {
        Value::Object(mut fields) => {
            fields.remove("dataConnections");
            Value::Object(fields)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Value::Object(Map::new())
        }
    };
    event(company, kind, payload, at)
}

fn product_event(company: &CompanyRecord, product: &str, kind: &str, at: Timestamp) -> Event {
    let mut payload = json!({
        "id": company.id, "name": company.name, "productId": product,
        "productName": product::name(product), "products": company.products,
    });
    if let (Some(payload), Some(text)) = (payload.as_object_mut(), &company.description) {
        payload.insert("description".to_owned(), Value::String(text.clone()));
    }
    event(company, kind, payload, at)
}

fn connection_event(
    state: &State,
    slot: Slot,
    company: &CompanyRecord,
    connection: &ConnectionRecord,
    kind: &str,
    at: Timestamp,
) -> Event {
    let wire = wire::connection(state, slot, company.id, connection, at);
    let payload = json!({ "referenceCompany": reference(company), "connection": wire });
    event(company, kind, payload, at)
}

fn event(company: &CompanyRecord, kind: &str, payload: Value, at: Timestamp) -> Event {
    Event { at, kind: kind.to_owned(), tags: company.tags.clone(), payload }
}

/// The company reference in payloads.
fn reference(company: &CompanyRecord) -> Value {
    let mut reference = json!({
        "id": company.id, "name": company.name, "tags": company.tags,
        "links": { "portal": format!("https://app.codat.io/companies/{}/summary", company.id) },
    });
    if let (Some(reference), Some(text)) = (reference.as_object_mut(), &company.description) {
        reference.insert("description".to_owned(), Value::String(text.clone()));
    }
    reference
}

impl Event {
    pub(super) fn envelope(&self, id: Uuid) -> String {
        let envelope = json!({
            "id": id, "eventType": self.kind, "generatedDate": time_format::with_fraction(self.at), "payload": self.payload,
        });
        envelope.to_string()
    }

    /// The daily quota is used up, or was reset.
    pub(crate) fn quota(kind: &str, quota: u64, remaining: u64, until: Timestamp, at: Timestamp) -> Self {
        let payload = json!({ "dailyQuota": quota, "quotaRemaining": remaining, "expiryDate": time_format::whole_seconds(until) });
        Self { at, kind: kind.to_owned(), tags: BTreeMap::new(), payload }
    }
}
