//! A sweep: reads all pages of the list of companies, and detects missing ones.

use std::collections::BTreeSet;

use codat::{CompanyId, Listed, Page, page::PageRequest};
use domain::Priority;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Companies with a connection that the customer has to fix (§2.3).
const STATUS_QUERY: &str = "dataConnections.status=Deauthorized||dataConnections.status=Unlinked";
/// The minimum page size on an unreliable network.
const MIN_PAGE_SIZE: u32 = 100;
/// The list may grow by this many pages, plus its size, during a sweep.
const SPARE_PAGES: u64 = 10;

/// The cost of a sweep.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SweepCost {
    pub(crate) requests: u64,
    pub(crate) bytes: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SweepKind {
    Full,
    /// Only companies with deauthorized or unlinked connections. Never tells which companies are missing.
    Status,
}

#[derive(Debug, Clone)]
pub(crate) struct Sweep {
    /// Distinguishes late responses to earlier sweeps.
    pub(crate) number: u64,
    pub(crate) kind: SweepKind,
    /// That of background work, or of the user who requested it.
    pub(crate) priority: Priority,
    pub(crate) started: Timestamp,
    /// When the last page came, or when the server accepts requests again.
    pub(crate) progressed: Timestamp,
    pub(crate) seen: BTreeSet<CompanyId>,
    /// From the first page.
    pub(crate) total: Option<u64>,
    /// From the latest page.
    newest_total: u64,
    pub(crate) cost: SweepCost,
    page: u32,
    page_size: u32,
    /// Items without a readable ID.
    without_id: u64,
    /// The result of the last page, while the store saves it.
    pub(crate) end: Option<PageResult>,
    /// The total changed, or an item has no readable ID: no company counts as missing.
    is_unsure: bool,
}

/// What follows a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PageResult {
    Page,
    /// All companies were read, so the missing ones may have been removed.
    Complete,
    /// The end was reached, but the list changed meanwhile.
    Inconsistent,
    /// The pages repeat, or there are far more than the first one announced.
    Endless,
}

impl Sweep {
    pub(crate) fn new(
        number: u64,
        kind: SweepKind,
        priority: Priority,
        page_size: u32,
        now: Timestamp,
    ) -> Self {
        Self {
            number,
            kind,
            priority,
            started: now,
            progressed: now,
            seen: BTreeSet::new(),
            total: None,
            newest_total: 0,
            cost: SweepCost::default(),
            page: 1,
            page_size,
            without_id: 0,
            end: None,
            is_unsure: false,
        }
    }

    pub(crate) fn request(&self) -> PageRequest {
        let query = match self.kind {
            SweepKind::Full => None,
            SweepKind::Status => Some(STATUS_QUERY.to_owned()),
        };
        PageRequest { page: self.page, page_size: self.page_size, query, order_by: None }
    }

    /// A page failed: halves the size of the following ones. Returns the new size, if it was halved.
    pub(crate) fn halve_pages(&mut self) -> Option<u32> {
        if !self.page_size.is_multiple_of(2) || self.page_size / 2 < MIN_PAGE_SIZE {
            return None;
        }
        self.page = (self.page - 1) * 2 + 1;
        self.page_size /= 2;
        Some(self.page_size)
    }

    pub(crate) fn add_page(&mut self, page: &Page<Listed>, bytes: u64) -> PageResult {
        self.cost.requests += 1;
        self.cost.bytes += bytes;
        let before = self.item_count();
        self.newest_total = page.total_results;
        self.is_unsure |= *self.total.get_or_insert(page.total_results) != page.total_results;
        self.seen.extend(page.results.iter().map(|item| item.value.id));
        for unreadable in &page.unreadable {
            match unreadable.id.as_deref().and_then(|id| id.parse().ok()) {
                // An unreadable company exists, so its stored data stays.
                Some(id) => drop(self.seen.insert(id)),
                None => {
                    self.without_id += 1;
                    self.is_unsure = true;
                }
            }
        }
        let has_all = self.total.is_some_and(|total| self.seen.len() as u64 >= total);
        let is_new = self.item_count() > before;
        let repeats_next_link = page.more_follow() && !is_new && has_all;
        if page.more_follow() && !repeats_next_link {
            self.page += 1;
            return if is_new && self.item_count() <= self.max_items() {
                PageResult::Page
            } else {
                PageResult::Endless
            };
        }
        if self.is_unsure || !has_all || repeats_next_link {
            PageResult::Inconsistent
        } else {
            PageResult::Complete
        }
    }

    /// Whether it has as many items as the first or the last page announced. A total that fell below half is
    /// not believed.
    pub(crate) fn has_expected_count(&self) -> bool {
        self.total.is_some_and(|total| self.item_count() >= total.min(self.newest_total).max(total / 2))
    }

    fn item_count(&self) -> u64 {
        self.seen.len() as u64 + self.without_id
    }

    /// The list may grow during a sweep, but not without end.
    fn max_items(&self) -> u64 {
        let total = self.total.unwrap_or_default();
        total.saturating_mul(2).saturating_add(u64::from(self.page_size) * SPARE_PAGES)
    }
}
