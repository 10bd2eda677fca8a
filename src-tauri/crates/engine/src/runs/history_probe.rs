//! Reads the history of a company, to find the result of a queued item.

use std::collections::BTreeSet;

use codat::{
    Page, Topic,
    model::{Phase, PullOperation},
    page::PageRequest,
};
use domain::QueuedItem;
use serde_json::value::RawValue;

use crate::{
    pending_act::PendingAct,
    runs::{FailureReason, ItemOutcome},
};

/// The page size for one data type: sufficient, because few other reads follow it.
const PAGE_OF_ONE_TYPE: u32 = 20;
/// The page size for all data types.
const PAGE_OF_ALL_TYPES: u32 = 100;
/// If older reads could change the result, the page grows by this factor, up to the maximum.
const GROWTH: u32 = 5;
const MAX_PAGE_SIZE: u32 = 2_500;

#[derive(Debug)]
pub(crate) struct HistoryProbe {
    pub(crate) item: QueuedItem,
    page_size: u32,
}

impl HistoryProbe {
    pub(crate) fn new(item: QueuedItem) -> Self {
        let page_size = if item.read.data_type.is_some() { PAGE_OF_ONE_TYPE } else { PAGE_OF_ALL_TYPES };
        Self { item, page_size }
    }

    pub(crate) fn topic(&self) -> Topic {
        Topic::Reads(self.item.read.company, self.page())
    }

    fn page(&self) -> PageRequest {
        let order_by = Some("-requested".to_owned());
        PageRequest { page: 1, page_size: self.page_size, query: None, order_by }
    }

    pub(crate) fn enlarged(self) -> Self {
        Self { page_size: (self.page_size * GROWTH).min(MAX_PAGE_SIZE), ..self }
    }

    /// The result of the item; none if older reads could change it. An item stays queued while it runs, or if
    /// the largest page is not sufficient.
    pub(crate) fn outcome(&self, raw: &RawValue) -> Option<ItemOutcome> {
        let Ok(page) = Page::<PullOperation>::from_raw(raw, &self.page()) else {
            return Some(ItemOutcome::Queued);
        };
        let (since, wanted) = (PendingAct::since_sent(self.item.sent_at), &self.item.read);
        let oldest = page.results.last().map(|read| read.value.requested);
        let is_complete = !page.more_follow() || oldest.is_some_and(|oldest| oldest < since);
        let mut seen = BTreeSet::new();
        let own: Vec<_> = page
            .results
            .into_iter()
            .map(|read| read.value)
            .filter(|read| read.requested >= since)
            .filter(|read| wanted.data_type.as_ref().is_none_or(|wanted| read.data_type == *wanted))
            .filter(|read| wanted.connection.is_none_or(|wanted| read.connection_id == wanted))
            // Newest first: an older read of the same data does not belong to the item.
            .filter(|read| seen.insert((read.data_type.clone(), read.connection_id)))
            .collect();
        let is_single = wanted.data_type.is_some() && wanted.connection.is_some();
        if own.iter().any(|read| read.status.phase() == Phase::Running) {
            return Some(ItemOutcome::Queued);
        }
        if !is_complete && (own.is_empty() || !is_single) {
            return (self.page_size >= MAX_PAGE_SIZE).then_some(ItemOutcome::Queued);
        }
        Some(final_outcome(&own))
    }
}

/// The result of reads that have all ended.
fn final_outcome(own: &[PullOperation]) -> ItemOutcome {
    let failed: Vec<_> = own.iter().filter(|read| read.status.phase() == Phase::Failed).collect();
    match failed.first() {
        None if own.is_empty() => ItemOutcome::Queued,
        None => ItemOutcome::Read,
        Some(first) => ItemOutcome::Failed(FailureReason::Read {
            data_type: first.data_type.clone(),
            status: first.status.clone(),
            message: first.error_message.clone().filter(|text| !text.is_empty()),
            failed: count(failed.len()),
            of: count(own.len()),
        }),
    }
}

fn count(many: usize) -> u32 {
    u32::try_from(many).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use domain::{ItemId, ReadRequest, RunId};
    use jiff::Timestamp;

    use super::*;

    fn probe(data_type: Option<&str>, one_connection: bool) -> HistoryProbe {
        let company = "e0000000-0000-0000-0000-000000000000".parse().unwrap();
        let connection = one_connection.then(|| "c0000000-0000-0000-0000-000000000000".parse().unwrap());
        let read = ReadRequest { company, data_type: data_type.map(str::to_owned), connection };
        HistoryProbe::new(QueuedItem { id: ItemId(1), run: RunId(1), read, sent_at: sent() })
    }

    fn sent() -> Timestamp {
        "2026-11-23T10:00:00Z".parse().unwrap()
    }

    /// A page with the given reads, filled up with reads of bills, all after the item was sent.
    fn page(probe: &HistoryProbe, newest: &[(&str, &str)]) -> Box<RawValue> {
        let others = std::iter::repeat(&("bills", "Complete"));
        let reads: Vec<_> = newest
            .iter()
            .chain(others)
            .take(probe.page_size as usize)
            .map(|(data_type, status)| {
                serde_json::json!({
                    "id": "e0000000-0000-0000-0000-000000000001",
                    "companyId": "e0000000-0000-0000-0000-000000000000",
                    "connectionId": "c0000000-0000-0000-0000-000000000000",
                    "dataType": data_type, "status": status, "requested": "2026-11-23T10:00:05Z", "progress": 10
                })
            })
            .collect();
        let said = serde_json::json!({ "results": reads, "pageNumber": 1, "totalResults": 10_000 });
        serde_json::value::to_raw_value(&said).unwrap()
    }

    fn outcome_of(probe: &HistoryProbe, newest: &[(&str, &str)]) -> Option<ItemOutcome> {
        probe.outcome(&page(probe, newest))
    }

    #[test]
    fn it_goes_further_back_only_where_that_may_say_otherwise() {
        assert_eq!(outcome_of(&probe(None, false), &[]), None, "a failed one may lie behind");
        assert_eq!(
            outcome_of(&probe(None, false), &[("invoices", "Fetching")]),
            Some(ItemOutcome::Queued),
            "it has yet to end"
        );
        assert_eq!(outcome_of(&probe(Some("invoices"), true), &[]), None, "its own may lie behind");
        let own = [("invoices", "Complete")];
        assert_eq!(
            outcome_of(&probe(Some("invoices"), true), &own),
            Some(ItemOutcome::Read),
            "its own is there"
        );
        assert_eq!(
            outcome_of(&probe(Some("invoices"), false), &own),
            None,
            "that of another connection may lie behind"
        );
    }

    #[test]
    fn of_what_the_largest_page_does_not_show_it_says_nothing() {
        let (mut probe, mut sizes) = (probe(Some("invoices"), false), Vec::new());
        while outcome_of(&probe, &[]).is_none() {
            sizes.push(probe.page_size);
            probe = probe.enlarged();
        }
        assert_eq!((outcome_of(&probe, &[]), sizes), (Some(ItemOutcome::Queued), vec![20, 100, 500]));
    }

    #[test]
    fn a_page_with_a_read_that_cannot_be_read_is_no_less_full() {
        let probe = probe(None, false);
        let spoiled = page(&probe, &[]).get().replacen("\"Complete\"", "7", 1);
        assert_eq!(probe.outcome(&RawValue::from_string(spoiled).unwrap()), None);
    }
}
