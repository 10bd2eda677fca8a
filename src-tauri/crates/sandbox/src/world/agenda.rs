//! Which company to look at next, and when: when an access may run out, or a read end. An agenda is derived
//! and never kept.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::record::Slot;

/// When to look at which company.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    order: BTreeSet<(Timestamp, Slot)>,
    of: BTreeMap<Slot, Timestamp>,
}

impl Agenda {
    /// Looks at the company then, and not before; none: not at all.
    pub(crate) fn set(&mut self, slot: Slot, at: Option<Timestamp>) {
        let before = match at {
            Some(at) => self.of.insert(slot, at),
            None => self.of.remove(&slot),
        };
        if let Some(before) = before {
            self.order.remove(&(before, slot));
        }
        self.order.extend(at.map(|at| (at, slot)));
    }

    /// Whether there is a company to look at.
    pub(crate) fn is_due(&self, now: Timestamp) -> bool {
        self.order.first().is_some_and(|(at, _)| *at <= now)
    }

    /// Takes the companies to look at.
    pub(crate) fn take_due(&mut self, now: Timestamp) -> Vec<Slot> {
        let mut due = vec![];
        while let Some((_, slot)) = self.order.first().copied().filter(|(at, _)| *at <= now) {
            self.set(slot, None);
            due.push(slot);
        }
        due
    }
}
