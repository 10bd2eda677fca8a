//! What changed in a workspace while nobody saw it.
//!
//! A page that shows a workspace says so when it becomes visible, every few minutes, and when it is hidden. A gap of
//! four hours or more is an absence. It is stored until it is put away.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::Store;
use ts_rs::TS;

use super::Nothing;
use crate::{app::App, error::WireError, wire::Event};

/// The key of the last moment before an absence that is not put away.
const ABSENCE: &str = "absence";
/// The key of the last moment at which the workspace was seen.
const LAST_SEEN: &str = "lastSeen";
/// The shortest absence, in milliseconds.
const SHORTEST_ABSENCE_MS: i64 = 4 * 3_600_000;
/// Connections that may expire within this time are shown.
const EXPIRY_SEARCH: &str = "expires:>0m expires:<7d";

/// A moment of a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Moment {
    /// By the workspace's clock, in milliseconds since 1970 (UTC).
    at: i64,
    /// The newest entry of the journal.
    seq: i64,
}

/// What changed since the user left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SinceYouLeft {
    /// When somebody last saw the workspace, in milliseconds since 1970 (UTC).
    pub since: i64,
    /// Only what there is, in a fixed order.
    pub lines: Vec<AbsenceLine>,
}

/// One kind of changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub(crate) struct AbsenceLine {
    pub kind: AbsenceKind,
    /// The number of companies, or of schedules. At least 1.
    pub count: u32,
    /// The search that lists exactly these companies. None for schedules.
    pub search: Option<String>,
}

/// What a line counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) enum AbsenceKind {
    /// Companies with a connection that broke or was unlinked, and still is.
    Broken,
    /// Companies with a connection that was broken or unlinked, and is linked now.
    Healed,
    /// Companies with a connection that may expire within 7 days.
    Expiring,
    /// Schedules whose last run failed.
    FailedSchedules,
    /// Companies that were seen for the first time.
    New,
}

impl App {
    /// What changed during the absence that is not put away.
    pub(crate) async fn since_you_left(&self, _: Nothing) -> Result<Option<SinceYouLeft>, WireError> {
        let workspace = self.command_workspace().await;
        let store = workspace.store()?;
        let Some(left) = load(&store, ABSENCE).await? else { return Ok(None) };
        let searches = [
            (AbsenceKind::Broken, format!("broke:{}", left.seq)),
            (AbsenceKind::Healed, format!("healed:{}", left.seq)),
            (AbsenceKind::Expiring, EXPIRY_SEARCH.to_owned()),
            (AbsenceKind::New, format!("appeared:{}", left.seq)),
        ];
        let texts: Vec<_> = searches.iter().map(|(_, search)| search.as_str()).collect();
        let counts = store.count_companies(&texts, workspace.now()).await?;
        let mut lines: Vec<_> = searches
            .into_iter()
            .zip(counts)
            .map(|((kind, search), count)| AbsenceLine { kind, count, search: Some(search) })
            .collect();
        let at = Timestamp::from_millisecond(left.at).unwrap_or(Timestamp::UNIX_EPOCH);
        let count = store.schedules_failed_since(at).await?;
        lines.insert(3, AbsenceLine { kind: AbsenceKind::FailedSchedules, count, search: None });
        lines.retain(|line| line.count > 0);
        Ok((!lines.is_empty()).then_some(SinceYouLeft { since: left.at, lines }))
    }

    /// Reports that a page shows the workspace, or is about to hide it.
    pub(crate) async fn workspace_seen(&self, _: Nothing) -> Result<Nothing, WireError> {
        let workspace = self.command_workspace().await;
        // The companies of the first import are not new.
        if !workspace.health().first_sweep_done {
            return Ok(Nothing {});
        }
        let store = workspace.store()?;
        let now = workspace.now();
        let seen = Moment { at: now.as_millisecond(), seq: store.journal_end().await? };
        if let Some(last) = load(&store, LAST_SEEN).await?
            && seen.at.saturating_sub(last.at) >= SHORTEST_ABSENCE_MS
            && load(&store, ABSENCE).await?.is_none()
        {
            save(&store, ABSENCE, Some(last)).await?;
            self.emit(Event::Inbox);
        }
        save(&store, LAST_SEEN, Some(seen)).await?;
        Ok(Nothing {})
    }

    /// Puts the absence away, in all windows.
    pub(crate) async fn put_away_since_you_left(&self, _: Nothing) -> Result<Nothing, WireError> {
        let workspace = self.command_workspace().await;
        let store = workspace.store()?;
        save(&store, ABSENCE, None).await?;
        self.emit(Event::Inbox);
        Ok(Nothing {})
    }
}

/// A stored moment. One that cannot be read counts as none: it is replaced the next time.
async fn load(store: &Store, key: &str) -> Result<Option<Moment>, WireError> {
    Ok(store.load(key).await?.and_then(|json| serde_json::from_str(&json).ok().flatten()))
}

async fn save(store: &Store, key: &str, moment: Option<Moment>) -> Result<(), WireError> {
    Ok(store.save(key, &serde_json::json!(moment).to_string()).await?)
}
