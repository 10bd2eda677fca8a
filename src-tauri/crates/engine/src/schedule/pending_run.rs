//! A run of a schedule that is being prepared.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use codat::CompanyId;
use domain::{KnownRead, ReadRequest};
use jiff::Timestamp;

use super::{Basis, Due, HoldReason};
use crate::ids::ActId;

#[derive(Debug)]
pub(crate) struct PendingRun {
    pub(crate) basis: Basis,
    /// The label, for clock times.
    pub(crate) due: Option<Due>,
    /// The act, if the user requested the run.
    pub(crate) act: Option<ActId>,
    /// What held it until now.
    pub(crate) held: Option<HoldReason>,
    /// Companies whose data status has to be queried.
    pub(crate) to_query: VecDeque<CompanyId>,
    /// Companies whose query has no answer yet.
    pub(crate) querying: BTreeSet<CompanyId>,
    pub(crate) reads: Vec<ReadRequest>,
    pub(crate) known_reads: Vec<KnownRead>,
    pub(crate) already_read: u32,
    pub(crate) unreadable: u32,
    /// When the next of the other companies is due.
    pub(crate) next: Option<Timestamp>,
    /// The last read of each company when it was decided; none before that.
    pub(crate) last_reads: Option<BTreeMap<CompanyId, Option<Timestamp>>>,
    /// The store is starting the run.
    pub(crate) is_storing: bool,
}

impl PendingRun {
    pub(crate) fn new(basis: Basis, due: Option<Due>, act: Option<ActId>, held: Option<HoldReason>) -> Self {
        Self {
            basis,
            due,
            act,
            held,
            to_query: VecDeque::new(),
            querying: BTreeSet::new(),
            reads: Vec::new(),
            known_reads: Vec::new(),
            already_read: 0,
            unreadable: 0,
            next: None,
            last_reads: None,
            is_storing: false,
        }
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.last_reads.is_some() && self.to_query.is_empty() && self.querying.is_empty() && !self.is_storing
    }

    /// Whether it continues after a change of the plan: the user requested it, or the store is starting it.
    pub(super) fn survives_change(&self) -> bool {
        self.act.is_some() || self.is_storing
    }

    pub(crate) fn note_next_due(&mut self, at: Timestamp) {
        self.next = Some(self.next.map_or(at, |next| next.min(at)));
    }
}
