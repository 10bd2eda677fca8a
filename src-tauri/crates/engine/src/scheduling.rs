//! The schedules that the engine keeps in mind: what is under way with each, and what holds it up.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use codat::CompanyId;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use crate::{
    act::ActId,
    run::Read,
    schedule::{Basis, Due, Held, Schedule, ScheduleId, Timing, wait_after},
};

/// What is due later than this was missed for a while: what others read meanwhile is looked at first.
pub(crate) const LATE: SignedDuration = SignedDuration::from_mins(2);

/// All schedules of the workspace.
#[derive(Debug)]
pub(crate) struct Scheduling {
    /// Whether schedules run on this computer.
    pub(crate) here: bool,
    /// Where this computer is.
    pub(crate) zone: TimeZone,
    pub(crate) list: Vec<Live>,
    /// When the next of them has to be looked at.
    pub(crate) wake: Option<Timestamp>,
}

/// A schedule, and what is under way with it.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) schedule: Schedule,
    /// What is under way.
    pub(crate) doing: Option<Doing>,
    /// It is not looked at before then: an every-N-hours schedule at its next tick, any after a store that
    /// refused.
    pub(crate) look_at: Timestamp,
    /// What holds up what is due.
    pub(crate) held: Option<Held>,
    /// Since when nothing but a look at what others read is in its way.
    pub(crate) looking: Option<Timestamp>,
}

/// A run of a schedule on its way, from being due until it begins.
#[derive(Debug)]
pub(crate) struct Doing {
    /// What is counted from.
    pub(crate) basis: Basis,
    /// The label, where there is one.
    pub(crate) due: Option<Due>,
    /// The person who asked, where one did.
    pub(crate) act: Option<ActId>,
    /// What held it up until now.
    pub(crate) held: Option<Held>,
    /// To be asked about.
    pub(crate) to_ask: VecDeque<CompanyId>,
    /// Asked about, without an answer yet.
    pub(crate) asked: BTreeSet<CompanyId>,
    /// What is to be read.
    pub(crate) reads: Vec<Read>,
    /// What was found out.
    pub(crate) known: Vec<Known>,
    /// Companies that somebody read since.
    pub(crate) done: u32,
    /// Companies that cannot be read from.
    pub(crate) unreadable: u32,
    /// When the next of the others is due.
    pub(crate) next: Option<Timestamp>,
    /// What each company's last read was when it was looked at; none before that.
    pub(crate) last_reads: Option<BTreeMap<CompanyId, Option<Timestamp>>>,
    /// The store begins the run.
    pub(crate) beginning: bool,
}

/// What was found out about a company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Which.
    pub company: CompanyId,
    /// When the schedule's data were last read well; of what is not to be read now, the longest ago.
    pub read: Option<Timestamp>,
    /// When anything of it was last read well, at that time.
    pub at: Option<Timestamp>,
    /// Whether nothing of it is to be read now.
    pub done: bool,
}

impl Default for Scheduling {
    fn default() -> Self {
        Self { here: false, zone: TimeZone::UTC, list: Vec::new(), wake: None }
    }
}

impl Scheduling {
    /// The schedules as they are kept now. What is known of those that stay the same is newer than what is
    /// kept, and what is under way with them goes on. Gives the acts of persons that nothing comes of any more.
    pub(crate) fn told(
        &mut self,
        here: bool,
        zone: TimeZone,
        schedules: Vec<Schedule>,
        now: Timestamp,
    ) -> Vec<ActId> {
        let mut known = core::mem::take(&mut self.list);
        self.here = here;
        self.zone = zone;
        self.list = schedules
            .into_iter()
            .map(|mut schedule| {
                // One about which nothing was decided begins now.
                schedule.decided.get_or_insert_with(|| self.zone.to_datetime(now));
                let at = known.iter().position(|live| live.schedule.id == schedule.id);
                match at.map(|at| known.swap_remove(at)) {
                    Some(live) if live.schedule.plan == schedule.plan => live.with(schedule),
                    Some(live) => Live { doing: live.doing.filter(Doing::goes_on), ..Live::new(schedule) },
                    None => Live::new(schedule),
                }
            })
            .collect();
        known.into_iter().filter_map(|live| live.doing?.act).collect()
    }

    pub(crate) fn get_mut(&mut self, id: ScheduleId) -> Option<&mut Live> {
        self.list.iter_mut().find(|live| live.schedule.id == id)
    }

    /// What a schedule asked for failed for a reason that may pass: it is looked at again when the first of that
    /// may be asked for again.
    pub(crate) fn look_sooner(&mut self, id: ScheduleId, now: Timestamp) {
        let Some(live) = self.get_mut(id) else { return };
        let Some(age) = live.age() else { return };
        let at = now.saturating_add(wait_after(age, 1)).unwrap_or(Timestamp::MAX);
        live.look_at = live.look_at.min(at);
    }

    /// Gives up whatever is under way and not being written down. Gives the acts of persons that nothing comes of.
    pub(crate) fn give_up(&mut self) -> Vec<ActId> {
        let given_up = self.list.iter_mut().filter_map(|live| live.doing.take_if(|doing| !doing.beginning));
        given_up.filter_map(|doing| doing.act).collect()
    }

    /// Those that are due and held up, and why.
    pub(crate) fn held(&self) -> Vec<(ScheduleId, Held)> {
        self.list.iter().filter_map(|live| Some((live.schedule.id, live.held?))).collect()
    }

    /// The times that are a wait from now on. Labels of a schedule are calendar times, and the times of reads are the
    /// store's.
    pub(crate) fn times(&mut self) -> impl Iterator<Item = &mut Timestamp> {
        self.list.iter_mut().flat_map(|live| {
            let next = live.doing.as_mut().and_then(|doing| doing.next.as_mut());
            core::iter::once(&mut live.look_at).chain(&mut live.looking).chain(next)
        })
    }

    pub(crate) fn wake_at(&mut self, at: Timestamp) {
        self.wake = Some(self.wake.map_or(at, |known| known.min(at)));
    }
}

impl Live {
    fn new(schedule: Schedule) -> Self {
        Self { schedule, doing: None, look_at: Timestamp::MIN, held: None, looking: None }
    }

    /// The same, as it is kept now: renamed, switched, or decided about further.
    fn with(self, schedule: Schedule) -> Self {
        let decided = self.schedule.decided.max(schedule.decided);
        Self { schedule: Schedule { decided, ..schedule }, ..self }
    }

    /// How much time lies between reads, of an every-N-hours schedule.
    pub(crate) fn age(&self) -> Option<SignedDuration> {
        match &self.schedule.plan.timing {
            Timing::Every { hours } => Some(SignedDuration::from_hours(i64::from(*hours))),
            Timing::Clock(_) => None,
        }
    }
}

impl Doing {
    pub(crate) fn new(basis: Basis, due: Option<Due>, act: Option<ActId>, held: Option<Held>) -> Self {
        Self {
            basis,
            due,
            act,
            held,
            to_ask: VecDeque::new(),
            asked: BTreeSet::new(),
            reads: Vec::new(),
            known: Vec::new(),
            done: 0,
            unreadable: 0,
            next: None,
            last_reads: None,
            beginning: false,
        }
    }

    /// Whether everything is known that has to be known before it begins.
    pub(crate) fn is_ready(&self) -> bool {
        self.last_reads.is_some() && self.to_ask.is_empty() && self.asked.is_empty() && !self.beginning
    }

    /// Whether it goes on although the plan is another now: a person asked, or the store begins it.
    fn goes_on(&self) -> bool {
        self.act.is_some() || self.beginning
    }

    /// When the next of its companies is due.
    pub(crate) fn later(&mut self, at: Timestamp) {
        self.next = Some(self.next.map_or(at, |next| next.min(at)));
    }
}
