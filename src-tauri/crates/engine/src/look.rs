//! A look at the newest reads of a company: what became of an item of a run that the server took.

use std::collections::BTreeSet;

use codat::{
    Page, Topic,
    model::{Phase, PullOperation},
    page::PageRequest,
};
use serde_json::value::RawValue;

use crate::{
    attempt::Attempt,
    run::{How, QueuedItem, Why},
};

/// Reads a page: enough where one data type was asked for, since few others are until it ends.
const OF_ONE: u32 = 20;
/// And where all of them were.
const OF_ALL: u32 = 100;
/// Where what lies behind a page may change what it says, one so much larger is asked for, up to so many reads.
const LARGER: u32 = 5;
const MOST: u32 = 2_500;

/// A look at the newest reads of an item's company.
#[derive(Debug)]
pub(crate) struct Look {
    pub(crate) item: QueuedItem,
    page_size: u32,
}

impl Look {
    pub(crate) fn at(item: QueuedItem) -> Self {
        let page_size = if item.read.data_type.is_some() { OF_ONE } else { OF_ALL };
        Self { item, page_size }
    }

    /// What is asked for.
    pub(crate) fn topic(&self) -> Topic {
        Topic::Reads(self.item.read.company, self.page())
    }

    fn page(&self) -> PageRequest {
        let order_by = Some("-requested".to_owned());
        PageRequest { page: 1, page_size: self.page_size, query: None, order_by }
    }

    /// The same look, further back.
    pub(crate) fn further(self) -> Self {
        Self { page_size: (self.page_size * LARGER).min(MOST), ..self }
    }

    /// What became of the item; none where what lies behind the page may say otherwise. One that has yet to end
    /// stays queued, and one of which the largest page does not say all.
    pub(crate) fn became(&self, said: &RawValue) -> Option<How> {
        let Ok(page) = Page::<PullOperation>::from_raw(said, &self.page()) else { return Some(How::Queued) };
        let (since, wanted) = (Attempt::since_sent(self.item.sent_at), &self.item.read);
        let oldest = page.results.last().map(|read| read.value.requested);
        let reaches_back = !page.more_follow() || oldest.is_some_and(|oldest| oldest < since);
        let mut seen = BTreeSet::new();
        let own: Vec<_> = page
            .results
            .into_iter()
            .map(|read| read.value)
            .filter(|read| read.requested >= since)
            .filter(|read| wanted.data_type.as_ref().is_none_or(|wanted| read.data_type == *wanted))
            .filter(|read| wanted.connection.is_none_or(|wanted| read.connection_id == wanted))
            // Newest first: an older read of the same is another matter.
            .filter(|read| seen.insert((read.data_type.clone(), read.connection_id)))
            .collect();
        let is_single = wanted.data_type.is_some() && wanted.connection.is_some();
        if own.iter().any(|read| read.status.phase() == Phase::Running) {
            return Some(How::Queued);
        }
        if !reaches_back && (own.is_empty() || !is_single) {
            return (self.page_size >= MOST).then_some(How::Queued);
        }
        Some(ended(&own))
    }
}

/// How the reads of an item ended, none of which still runs.
fn ended(own: &[PullOperation]) -> How {
    let failed: Vec<_> = own.iter().filter(|read| read.status.phase() == Phase::Failed).collect();
    match failed.first() {
        None if own.is_empty() => How::Queued,
        None => How::Read,
        Some(first) => How::Failed(Why::Read {
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
    use jiff::Timestamp;

    use super::*;
    use crate::run::{ItemId, Read, RunId};

    fn look(data_type: Option<&str>, one_connection: bool) -> Look {
        let company = "e0000000-0000-0000-0000-000000000000".parse().unwrap();
        let connection = one_connection.then(|| "c0000000-0000-0000-0000-000000000000".parse().unwrap());
        let read = Read { company, data_type: data_type.map(str::to_owned), connection };
        Look::at(QueuedItem { id: ItemId(1), run: RunId(1), read, sent_at: sent() })
    }

    fn sent() -> Timestamp {
        "2026-11-23T10:00:00Z".parse().unwrap()
    }

    /// A page of so many reads of bills behind those that are given, all of them after the item was sent.
    fn page(look: &Look, newest: &[(&str, &str)]) -> Box<RawValue> {
        let others = std::iter::repeat(&("bills", "Complete"));
        let reads: Vec<_> = newest
            .iter()
            .chain(others)
            .take(look.page_size as usize)
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

    fn of(look: &Look, newest: &[(&str, &str)]) -> Option<How> {
        look.became(&page(look, newest))
    }

    #[test]
    fn it_goes_further_back_only_where_that_may_say_otherwise() {
        assert_eq!(of(&look(None, false), &[]), None, "a failed one may lie behind");
        assert_eq!(
            of(&look(None, false), &[("invoices", "Fetching")]),
            Some(How::Queued),
            "it has yet to end"
        );
        assert_eq!(of(&look(Some("invoices"), true), &[]), None, "its own may lie behind");
        let own = [("invoices", "Complete")];
        assert_eq!(of(&look(Some("invoices"), true), &own), Some(How::Read), "its own is there");
        assert_eq!(
            of(&look(Some("invoices"), false), &own),
            None,
            "that of another connection may lie behind"
        );
    }

    #[test]
    fn of_what_the_largest_page_does_not_show_it_says_nothing() {
        let (mut look, mut sizes) = (look(Some("invoices"), false), Vec::new());
        while of(&look, &[]).is_none() {
            sizes.push(look.page_size);
            look = look.further();
        }
        assert_eq!((of(&look, &[]), sizes), (Some(How::Queued), vec![20, 100, 500]));
    }

    #[test]
    fn a_page_with_a_read_that_cannot_be_read_is_no_less_full() {
        let look = look(None, false);
        let spoilt = page(&look, &[]).get().replacen("\"Complete\"", "7", 1);
        assert_eq!(look.became(&RawValue::from_string(spoilt).unwrap()), None);
    }
}
