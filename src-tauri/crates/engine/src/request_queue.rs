//! Requests that wait to be sent, one queue per priority.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::{call::Call, ids::ActId, pending_act::Step};
use codat::{CompanyId, ConnectionId};
use domain::{ItemId, Priority, RunId, ScheduleId};

/// The kind of a request, to handle its result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RequestKind {
    /// A page of the sweep with this number.
    SweepPage(u64, Priority),
    /// A check whether a company that a sweep did not return still exists.
    MissingCompany(CompanyId),
    /// A check whether a connection that its company does not list still exists.
    MissingConnection(CompanyId, ConnectionId),
    /// A second read of a company with a loss.
    SecondRead(CompanyId),
    /// A read of a company after a refresh.
    AfterRefresh,
    /// A poll of the progress of a refresh.
    RefreshProgress(CompanyId),
    /// A step of an act.
    Act(ActId, Step, Priority),
    /// A step of an item of a run.
    Item {
        run: RunId,
        item: ItemId,
        step: Step,
        priority: Priority,
    },
    /// A read of the history, for the result of an item.
    ItemHistory {
        item: ItemId,
        priority: Priority,
    },
    /// The data status of a company, for a schedule.
    DataStatus(ScheduleId, CompanyId),
    Integrations,
    /// A check whether the key is still rejected.
    KeyCheck,
}

impl RequestKind {
    pub(crate) fn priority(&self) -> Priority {
        match self {
            Self::MissingCompany(_)
            | Self::MissingConnection(..)
            | Self::SecondRead(_)
            | Self::Integrations
            | Self::KeyCheck => Priority::Confirmation,
            Self::DataStatus(..) => Priority::Schedule,
            Self::AfterRefresh | Self::RefreshProgress(_) => Priority::Screen,
            Self::SweepPage(_, priority)
            | Self::Act(.., priority)
            | Self::Item { priority, .. }
            | Self::ItemHistory { priority, .. } => *priority,
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct RequestQueue(BTreeMap<Priority, VecDeque<(RequestKind, Call)>>);

impl RequestQueue {
    pub(crate) fn push(&mut self, kind: RequestKind, call: Call) {
        self.0.entry(kind.priority()).or_default().push_back((kind, call));
    }

    pub(crate) fn pop(&mut self, priority: Priority) -> Option<(RequestKind, Call)> {
        self.0.get_mut(&priority)?.pop_front()
    }

    pub(crate) fn has_waiting(&self, priority: Priority) -> bool {
        self.0.get(&priority).is_some_and(|requests| !requests.is_empty())
    }

    pub(crate) fn contains(&self, kind: &RequestKind) -> bool {
        self.0.get(&kind.priority()).into_iter().flatten().any(|(waiting, _)| waiting == kind)
    }

    /// All missing companies that wait for a check. Returned at once, because they may be many.
    pub(crate) fn missing_companies(&self) -> BTreeSet<CompanyId> {
        let all = self.0.values().flatten();
        all.filter_map(
            |(kind, _)| if let RequestKind::MissingCompany(company) = kind { Some(*company) } else { None },
        )
        .collect()
    }

    pub(crate) fn count(&self, matches: impl Fn(&RequestKind) -> bool) -> usize {
        self.0.values().flatten().filter(|(waiting, _)| matches(waiting)).count()
    }

    /// Drops sweep pages and other small reads of background work. The next sweep requests them again.
    pub(crate) fn drop_sweep(&mut self) {
        self.0.remove(&Priority::Confirmation);
        self.drop_pages();
    }

    /// Drops the queued page of a sweep. Returns whether there was one.
    pub(crate) fn drop_pages(&mut self) -> bool {
        let mut dropped = false;
        for requests in self.0.values_mut() {
            let before = requests.len();
            requests.retain(|(kind, _)| !matches!(kind, RequestKind::SweepPage(..)));
            dropped |= requests.len() < before;
        }
        dropped
    }
}
