//! The changes of the store as the engine decides about alerts from them.

use codat::{Color, ConnectionStatus};

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
    let removed = change.connection.filter(|_| change.kind == store::ChangeKind::ConnectionRemoved);
    let turned = change.connection.zip(color);
    engine::Change {
        seq: change.seq,
        at: change.at,
        cause: change.cause,
        company: change.company,
        company_name: change.company_name,
        turned,
        removed,
        was_broken,
        platform: change.platform.unwrap_or_else(|| "A connection".to_owned()),
        one_time: change.one_time,
    }
}
