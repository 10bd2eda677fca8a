//! When to evaluate each company: the next time at which access may expire or a read ends. It is computed,
//! never stored.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::record::Slot;

#[derive(Debug, Default)]
pub(crate) struct DeadlineQueue {
    order: BTreeSet<(Timestamp, Slot)>,
    by_company: BTreeMap<Slot, Timestamp>,
}

impl DeadlineQueue {
    /// Sets or removes the time of a company.
    pub(crate) fn set(&mut self, slot: Slot, at: Option<Timestamp>) {
        let before = match at {
            Some(at) => self.by_company.insert(slot, at),
            None => self.by_company.remove(&slot),
        };
        if let Some(before) = before {
            self.order.remove(&(before, slot));
        }
        self.order.extend(at.map(|at| (at, slot)));
    }

    pub(crate) fn is_due(&self, now: Timestamp) -> bool {
        self.order.first().is_some_and(|(at, _)| *at <= now)
    }

    /// Removes and returns the companies that are due.
    pub(crate) fn take_due(&mut self, now: Timestamp) -> Vec<Slot> {
        let mut due = Vec::new();
        while let Some((_, slot)) = self.order.first().copied().filter(|(at, _)| *at <= now) {
            self.set(slot, None);
            due.push(slot);
        }
        due
    }
}
