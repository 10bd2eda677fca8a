//! A look at the newest reads of a company: what became of an item of a run that the server took.

use std::collections::BTreeSet;

use codat::{
    Item, Topic,
    model::{Phase, PullOperation},
    page::PageRequest,
};

use crate::{
    attempt::Attempt,
    run::{How, QueuedItem, Why},
};

/// Reads a page: enough where one data type was asked for, since few others are until it ends.
const OF_ONE: u32 = 20;
/// And where all of them were.
const OF_ALL: u32 = 100;
/// A page that does not reach back to when the item was sent is asked for again so much larger, up to so many.
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
        let order_by = Some("-requested".to_owned());
        let newest = PageRequest { page: 1, page_size: self.page_size, query: None, order_by };
        Topic::Reads(self.item.read.company, newest)
    }

    /// Whether the page may end before it comes to the item's own reads.
    pub(crate) fn falls_short(&self, reads: &[Item<PullOperation>]) -> bool {
        let is_full = u32::try_from(reads.len()).is_ok_and(|reads| reads >= self.page_size);
        let since = Attempt::since_sent(self.item.sent_at);
        let reaches_back = reads.last().is_none_or(|oldest| oldest.value.requested < since);
        is_full && !reaches_back && self.page_size < MOST
    }

    /// The same look, further back.
    pub(crate) fn further(self) -> Self {
        Self { page_size: (self.page_size * LARGER).min(MOST), ..self }
    }

    /// What became of the item. One that has yet to end stays queued.
    pub(crate) fn became(&self, reads: Vec<Item<PullOperation>>) -> How {
        let (since, wanted) = (Attempt::since_sent(self.item.sent_at), &self.item.read);
        let mut seen = BTreeSet::new();
        let own: Vec<_> = reads
            .into_iter()
            .map(|read| read.value)
            .filter(|read| read.requested >= since)
            .filter(|read| wanted.data_type.as_ref().is_none_or(|wanted| read.data_type == *wanted))
            .filter(|read| wanted.connection.is_none_or(|wanted| read.connection_id == wanted))
            // Newest first: an older read of the same is another matter.
            .filter(|read| seen.insert((read.data_type.clone(), read.connection_id)))
            .collect();
        if own.is_empty() || own.iter().any(|read| read.status.phase() == Phase::Running) {
            return How::Queued;
        }
        let failed: Vec<_> = own.iter().filter(|read| read.status.phase() == Phase::Failed).collect();
        match failed.first() {
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
}

fn count(many: usize) -> u32 {
    u32::try_from(many).unwrap_or(u32::MAX)
}
