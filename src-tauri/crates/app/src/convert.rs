//! Converts between the types of the engine, the store and the interface.

pub(crate) mod alerts;
pub(crate) mod runs;

use std::collections::BTreeMap;

use codat::{Color, ConnectionStatus};
use engine::{Attention, AttentionCompany, AttentionConnection};
use jiff::Timestamp;

/// Milliseconds since 1970, UTC.
pub(crate) fn millis(instant: Timestamp) -> i64 {
    instant.as_millisecond()
}

pub(crate) fn applied(applied: store::AppliedChanges) -> engine::Applied {
    engine::Applied {
        version: applied.version,
        changes: keep_last_of_consecutive(applied.changes.into_iter().map(change).collect()),
        missing_connections: applied.missing_connections,
    }
}

/// Of consecutive changes of one connection only the last one counts, because a changed status and its color
/// are two journal entries.
pub(crate) fn keep_last_of_consecutive(mut changes: Vec<engine::Change>) -> Vec<engine::Change> {
    for at in 1..changes.len() {
        let (Some((later, _)), seq) = (changes[at].turned, changes[at].seq) else { continue };
        let before = &mut changes[at - 1];
        before.turned = before.turned.filter(|(id, _)| *id != later || before.seq + 1 != seq);
    }
    changes
}

/// A change in the engine's type. A new connection that is already broken counts as changed. A deauthorized
/// connection counts as changed even if an earlier error had made it red.
pub(crate) fn change(change: store::Change) -> engine::Change {
    let (color, was_broken) = match &change.kind {
        store::ChangeKind::ColorChanged { from, to } => (Some(*to), from.needs_attention()),
        store::ChangeKind::ConnectionAppeared { color, .. } => (Some(*color), false),
        store::ChangeKind::StatusChanged { to: ConnectionStatus::Deauthorized, .. } => {
            (Some(Color::Red), true)
        }
        store::ChangeKind::CompanyAppeared
        | store::ChangeKind::CompanyChanged
        | store::ChangeKind::CompanyRemoved
        | store::ChangeKind::StatusChanged { .. }
        | store::ChangeKind::ConnectionRemoved => (None, false),
    };
    let turned = change.connection.zip(color);
    engine::Change {
        seq: change.seq,
        at: change.at,
        cause: change.cause,
        company: change.company,
        company_name: change.company_name,
        turned,
        was_broken,
        platform: change.platform.unwrap_or_else(|| "A connection".to_owned()),
        one_time: change.one_time,
    }
}

pub(crate) fn consent(due: store::ExpiringConsent) -> engine::EndingConsent {
    engine::EndingConsent {
        company: due.company,
        company_name: due.company_name,
        connection: due.connection,
        platform: due.platform,
        expires: due.expires,
    }
}

/// Idle connections with their readable data types. The types are empty if the integration is unknown.
pub(crate) fn idle(
    due: Vec<store::IdleConnection>,
    integrations: &[codat::Integration],
) -> Vec<engine::IdleConnection> {
    let readable: BTreeMap<&str, Vec<String>> =
        integrations.iter().map(|it| (it.key.as_str(), it.readable().map(str::to_owned).collect())).collect();
    due.into_iter()
        .map(|idle| engine::IdleConnection {
            company: idle.company,
            company_name: idle.company_name,
            connection: idle.connection,
            platform: idle.platform,
            expires: idle.expires,
            readable: readable.get(idle.integration_key.as_str()).cloned().unwrap_or_default(),
        })
        .collect()
}

pub(crate) fn keep_alive_note(read: engine::KeepAliveRead) -> store::NewKeepAliveEntry {
    store::NewKeepAliveEntry {
        company: read.idle.company,
        company_name: read.idle.company_name,
        connection: read.idle.connection,
        platform: read.idle.platform,
        data_type: read.data_type,
        expires: millis(read.idle.expires),
        again: millis(read.next_due),
    }
}

pub(crate) fn attention(attention: store::Attention) -> Attention {
    Attention {
        red: attention.red,
        grey: attention.grey,
        purple: attention.purple,
        unreadable: attention.unreadable,
        companies: attention
            .companies
            .into_iter()
            .map(|company| AttentionCompany {
                id: company.id,
                name: company.name,
                connections: company
                    .connections
                    .into_iter()
                    .map(|chip| AttentionConnection {
                        id: chip.id,
                        platform: chip.name,
                        word: chip.word,
                        is_outage: chip.is_outage,
                    })
                    .collect(),
            })
            .collect(),
    }
}

/// The result of a schedule's decision in the store's type.
pub(crate) fn decision(decision: &engine::schedule::RecordedDecision) -> store::ScheduleDecision {
    let known = decision.known.iter().map(|known| store::KnownRead {
        company: known.company,
        read: known.read_at,
        at: known.last_read,
        done: known.is_done,
    });
    let outcome = decision.notify.then(|| store::ScheduleOutcome {
        schedule: decision.schedule.0,
        due: decision.due.map(|due| due.at),
        at: decision.at,
        earlier: decision.due.map_or(0, |due| due.earlier),
        reason: decision.held.map(|held| held.as_str().to_owned()),
        queued: decision.queued,
        done: decision.already_read,
        unreadable: decision.unreadable,
        run: None,
    });
    store::ScheduleDecision {
        schedule: decision.schedule.0,
        decided: decision.label.map(|label| label.to_string()),
        known: known.collect(),
        attempted: decision.requested.clone(),
        outcome,
    }
}
