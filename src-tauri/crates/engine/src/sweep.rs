//! A sweep: reading every page of the companies, and knowing whether what it lacks is gone.

use std::collections::BTreeSet;

use codat::{Company, CompanyId, Page, page::PageRequest};
use jiff::Timestamp;

/// A sweep under way.
#[derive(Debug, Clone)]
pub(crate) struct Sweep {
    /// When it began.
    pub(crate) started: Timestamp,
    /// Companies seen.
    pub(crate) seen: BTreeSet<CompanyId>,
    /// By the first page.
    pub(crate) total: Option<u64>,
    /// Pages read.
    pub(crate) requests: u64,
    /// Bytes read.
    pub(crate) bytes: u64,
    page: u32,
    page_size: u32,
    /// The count moved while it ran, or an item could not even be told apart: what it lacks means nothing.
    unsure: bool,
}

/// What follows a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// Another page.
    Page,
    /// It has seen everything, and what it lacks may be gone.
    Complete,
    /// It has read to the end, but pages moved meanwhile.
    Unsure,
}

impl Sweep {
    pub(crate) fn new(page_size: u32, now: Timestamp) -> Self {
        Self {
            started: now,
            seen: BTreeSet::new(),
            total: None,
            requests: 0,
            bytes: 0,
            page: 1,
            page_size,
            unsure: false,
        }
    }

    /// The page to ask for.
    pub(crate) fn request(&self) -> PageRequest {
        PageRequest { page: self.page, page_size: self.page_size, query: None, order_by: None }
    }

    /// Takes a page in.
    pub(crate) fn read(&mut self, page: &Page<Company>, bytes: u64) -> Next {
        self.requests += 1;
        self.bytes += bytes;
        self.unsure |= *self.total.get_or_insert(page.total_results) != page.total_results;
        self.seen.extend(page.results.iter().map(|item| item.value.id));
        for unreadable in &page.unreadable {
            match unreadable.id.as_deref().and_then(|id| id.parse().ok()) {
                // It is there, whatever is wrong with it: what is known of it stays.
                Some(id) => drop(self.seen.insert(id)),
                None => self.unsure = true,
            }
        }
        if page.more_follow() {
            self.page += 1;
            return Next::Page;
        }
        let whole =
            self.total.is_some_and(|total| u64::try_from(self.seen.len()).is_ok_and(|seen| seen >= total));
        if self.unsure || !whole { Next::Unsure } else { Next::Complete }
    }
}
