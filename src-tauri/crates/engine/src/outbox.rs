//! Requests that wait for leave, in a line for each class.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::{attempt::Step, class::Class, effect::Call};
use codat::{CompanyId, ConnectionId};

use crate::{
    act::ActId,
    run::{ItemId, RunId},
    schedule::ScheduleId,
};

/// What a request is for, so that its answer is understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A page of the sweep of this number.
    SweepPage(u64, Class),
    /// A company that a sweep lacks: is it gone?
    Gone(CompanyId),
    /// A connection that its company lacks: is it gone?
    ConnectionGone(CompanyId, ConnectionId),
    /// A second look at a company that turned.
    SecondLook(CompanyId),
    /// A look after a refresh has run.
    AfterRefresh,
    /// How far the reads of a refresh are.
    Reads(CompanyId),
    /// A step of an act: somebody clicked, or a screen asks for what it shows.
    Act(ActId, Step, Class),
    /// A step of an item of a run.
    Item {
        /// Which run.
        run: RunId,
        /// Which item.
        item: ItemId,
        /// Which step.
        step: Step,
        /// Who wanted the run.
        class: Class,
    },
    /// What became of an item that was taken.
    Outcome {
        /// Which item.
        item: ItemId,
        /// Who wanted its run.
        class: Class,
    },
    /// How a company's data stand, for a schedule.
    Standing(ScheduleId, CompanyId),
    /// The catalogue.
    Integrations,
    /// Whether a key that was refused still is.
    KeyCheck,
}

impl Purpose {
    /// Whose budget it spends.
    pub(crate) fn class(&self) -> Class {
        match self {
            Self::Gone(_)
            | Self::ConnectionGone(..)
            | Self::SecondLook(_)
            | Self::Integrations
            | Self::KeyCheck => Class::Look,
            Self::Standing(..) => Class::Schedule,
            Self::AfterRefresh | Self::Reads(_) => Class::Screen,
            Self::SweepPage(_, class)
            | Self::Act(.., class)
            | Self::Item { class, .. }
            | Self::Outcome { class, .. } => *class,
        }
    }
}

/// The requests that wait.
#[derive(Debug, Default)]
pub(crate) struct Outbox(BTreeMap<Class, VecDeque<(Purpose, Call)>>);

impl Outbox {
    pub(crate) fn push(&mut self, purpose: Purpose, call: Call) {
        self.0.entry(purpose.class()).or_default().push_back((purpose, call));
    }

    pub(crate) fn take(&mut self, class: Class) -> Option<(Purpose, Call)> {
        self.0.get_mut(&class)?.pop_front()
    }

    pub(crate) fn waits(&self, class: Class) -> bool {
        self.0.get(&class).is_some_and(|line| !line.is_empty())
    }

    /// Whether a request for this purpose waits already.
    pub(crate) fn has(&self, purpose: &Purpose) -> bool {
        self.0.get(&purpose.class()).into_iter().flatten().any(|(waiting, _)| waiting == purpose)
    }

    /// The companies of which it waits to be asked whether they are gone: all at once, since they may be many.
    pub(crate) fn gone(&self) -> BTreeSet<CompanyId> {
        let all = self.0.values().flatten();
        all.filter_map(
            |(purpose, _)| if let Purpose::Gone(company) = purpose { Some(*company) } else { None },
        )
        .collect()
    }

    /// How many requests for such purposes wait.
    pub(crate) fn count(&self, such: impl Fn(&Purpose) -> bool) -> usize {
        self.0.values().flatten().filter(|(waiting, _)| such(waiting)).count()
    }

    /// Drops what sweeps and looks had in mind: the next sweep begins anew. Everything else stays.
    pub(crate) fn drop_sweep(&mut self) {
        self.0.remove(&Class::Look);
        self.drop_pages();
    }

    /// Drops the page of a sweep that waits. Whether there was one.
    pub(crate) fn drop_pages(&mut self) -> bool {
        let mut dropped = false;
        for line in self.0.values_mut() {
            let before = line.len();
            line.retain(|(purpose, _)| !matches!(purpose, Purpose::SweepPage(..)));
            dropped |= line.len() < before;
        }
        dropped
    }
}
