//! A sweep: reading every page of the companies, and knowing whether what it lacks is gone.

use std::collections::BTreeSet;

use codat::{CompanyId, Listed, Page, page::PageRequest};
use jiff::Timestamp;

use crate::{class::Class, rhythm::Cost};

/// Companies with a connection that the customer has to mend (§2.3).
const TROUBLED: &str = "dataConnections.status=Deauthorized||dataConnections.status=Unlinked";
/// However much trouble the network makes, a page has so many companies at least.
const SMALLEST_PAGE: u32 = 100;
/// By so many pages, and once more its size, a list may grow while it is read.
const SPARE_PAGES: u64 = 10;

/// What a sweep asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Every company.
    Full,
    /// Companies with deauthorized or unlinked connections alone. What it lacks means nothing.
    Status,
}

/// A sweep under way.
#[derive(Debug, Clone)]
pub(crate) struct Sweep {
    /// Its own, so that a late answer to an earlier one is told apart.
    pub(crate) number: u64,
    /// What it asks for.
    pub(crate) kind: Kind,
    /// Whose it is: the background's, or a person's who asked for it.
    pub(crate) class: Class,
    /// When it began.
    pub(crate) started: Timestamp,
    /// When its last page came, or when the server takes requests again.
    pub(crate) progressed: Timestamp,
    /// Companies seen.
    pub(crate) seen: BTreeSet<CompanyId>,
    /// By the first page.
    pub(crate) total: Option<u64>,
    /// By the newest page.
    newest_total: u64,
    /// What it took so far.
    pub(crate) cost: Cost,
    page: u32,
    page_size: u32,
    /// Items that could not even be told apart.
    nameless: u64,
    /// What the last page said, while that page is being kept.
    pub(crate) end: Option<Next>,
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
    /// Its pages have no end: one had nothing new, or there are far more than the first one said.
    Endless,
}

impl Sweep {
    pub(crate) fn new(number: u64, kind: Kind, class: Class, page_size: u32, now: Timestamp) -> Self {
        Self {
            number,
            kind,
            class,
            started: now,
            progressed: now,
            seen: BTreeSet::new(),
            total: None,
            newest_total: 0,
            cost: Cost::default(),
            page: 1,
            page_size,
            nameless: 0,
            end: None,
            unsure: false,
        }
    }

    /// The page to ask for.
    pub(crate) fn request(&self) -> PageRequest {
        let query = match self.kind {
            Kind::Full => None,
            Kind::Status => Some(TROUBLED.to_owned()),
        };
        PageRequest { page: self.page, page_size: self.page_size, query, order_by: None }
    }

    /// A page did not come through: from here on each is half as large. Gives the new size, where there is one.
    pub(crate) fn halve_pages(&mut self) -> Option<u32> {
        if !self.page_size.is_multiple_of(2) || self.page_size / 2 < SMALLEST_PAGE {
            return None;
        }
        self.page = (self.page - 1) * 2 + 1;
        self.page_size /= 2;
        Some(self.page_size)
    }

    /// Takes a page in.
    pub(crate) fn read(&mut self, page: &Page<Listed>, bytes: u64) -> Next {
        self.cost.requests += 1;
        self.cost.bytes += bytes;
        let before = self.items();
        self.newest_total = page.total_results;
        self.unsure |= *self.total.get_or_insert(page.total_results) != page.total_results;
        self.seen.extend(page.results.iter().map(|item| item.value.id));
        for unreadable in &page.unreadable {
            match unreadable.id.as_deref().and_then(|id| id.parse().ok()) {
                // It is there, whatever is wrong with it: what is known of it stays.
                Some(id) => drop(self.seen.insert(id)),
                None => {
                    self.nameless += 1;
                    self.unsure = true;
                }
            }
        }
        let whole = self.total.is_some_and(|total| self.seen.len() as u64 >= total);
        let is_new = self.items() > before;
        let is_linked_on = page.more_follow() && !is_new && whole;
        if page.more_follow() && !is_linked_on {
            self.page += 1;
            return if is_new && self.items() <= self.most() { Next::Page } else { Next::Endless };
        }
        if self.unsure || !whole || is_linked_on { Next::Unsure } else { Next::Complete }
    }

    /// Whether it has as many items as a page said that there are, at its beginning or at its end. A number that shrank to
    /// less than half is not believed.
    pub(crate) fn has_enough(&self) -> bool {
        self.total.is_some_and(|total| self.items() >= total.min(self.newest_total).max(total / 2))
    }

    /// Items that came so far.
    fn items(&self) -> u64 {
        self.seen.len() as u64 + self.nameless
    }

    /// The most items that are believed: a list may grow while it is read, but not for ever.
    fn most(&self) -> u64 {
        let total = self.total.unwrap_or_default();
        total.saturating_mul(2).saturating_add(u64::from(self.page_size) * SPARE_PAGES)
    }
}
