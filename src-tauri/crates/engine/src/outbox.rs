//! Requests that wait for leave: a person's clicks, persons' runs, looks, background runs, sweeps.

use std::collections::VecDeque;

use crate::{attempt::Step, effect::Call, quota::Class};
use codat::{CompanyId, ConnectionId};

use crate::{
    act::ActId,
    run::{ItemId, RunId},
};

/// What a request is for, so that its answer is understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A page of the running sweep.
    SweepPage,
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
    /// A step of an act.
    Act(ActId, Step),
    /// A step of an item of a run.
    Item {
        /// Which run.
        run: RunId,
        /// Which item.
        item: ItemId,
        /// Which step.
        step: Step,
        /// Whether nobody waits for it.
        background: bool,
    },
    /// What became of an item that was taken.
    Outcome {
        /// Which item.
        item: ItemId,
        /// Whether nobody waits for it.
        background: bool,
    },
    /// The catalogue.
    Integrations,
}

impl Purpose {
    /// Whose budget it spends.
    pub(crate) fn class(&self) -> Class {
        match self {
            Self::SweepPage => Class::Sweep,
            Self::Gone(_) | Self::ConnectionGone(..) | Self::SecondLook(_) | Self::Integrations => {
                Class::Look
            }
            Self::Item { background: false, .. } | Self::Outcome { background: false, .. } => Class::Run,
            Self::Item { background: true, .. } | Self::Outcome { background: true, .. } => Class::Background,
            Self::AfterRefresh | Self::Reads(_) | Self::Act(..) => Class::Person,
        }
    }
}

/// The requests that wait, a line for each class.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    person: VecDeque<(Purpose, Call)>,
    run: VecDeque<(Purpose, Call)>,
    look: VecDeque<(Purpose, Call)>,
    background: VecDeque<(Purpose, Call)>,
    sweep: VecDeque<(Purpose, Call)>,
}

impl Outbox {
    pub(crate) fn push(&mut self, purpose: Purpose, call: Call) {
        self.line(purpose.class()).push_back((purpose, call));
    }

    pub(crate) fn take(&mut self, class: Class) -> Option<(Purpose, Call)> {
        self.line(class).pop_front()
    }

    pub(crate) fn waits(&self, class: Class) -> bool {
        match class {
            Class::Person => !self.person.is_empty(),
            Class::Run => !self.run.is_empty(),
            Class::Look => !self.look.is_empty(),
            Class::Background => !self.background.is_empty(),
            Class::Sweep => !self.sweep.is_empty(),
        }
    }

    /// Whether a request for this purpose waits already.
    pub(crate) fn has(&self, purpose: &Purpose) -> bool {
        self.count(|waiting| waiting == purpose) > 0
    }

    /// How many requests for such purposes wait.
    pub(crate) fn count(&self, such: impl Fn(&Purpose) -> bool) -> usize {
        let lines = [&self.person, &self.run, &self.look, &self.background, &self.sweep];
        lines.into_iter().flatten().filter(|(waiting, _)| such(waiting)).count()
    }

    /// Drops what sweeps and looks had in mind; requests of a person and of runs stay.
    pub(crate) fn drop_background(&mut self) {
        self.look.clear();
        self.sweep.clear();
    }

    fn line(&mut self, class: Class) -> &mut VecDeque<(Purpose, Call)> {
        match class {
            Class::Person => &mut self.person,
            Class::Run => &mut self.run,
            Class::Look => &mut self.look,
            Class::Background => &mut self.background,
            Class::Sweep => &mut self.sweep,
        }
    }
}
