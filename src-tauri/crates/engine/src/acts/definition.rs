//! What an act that changes something at the server defines.

use std::collections::BTreeSet;

use codat::{Company, CompanyId, ConnectionId, Item, Topic, Write, model::PullOperation, page::PageRequest};
use domain::SafeMode;
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    call::{Call, Reply},
    pending_act::Step,
};

/// An act that changes something at the server. The default methods fit a change of a company, or one that may be repeated.
pub(crate) trait Definition {
    /// The request. Deletes ignore the key, because they cannot be done twice.
    fn request(&self, key: Uuid) -> Write<Reply>;

    /// The minimum safe mode that permits it.
    fn needs(&self) -> SafeMode;

    /// The existing company that it changes.
    fn company(&self) -> Option<CompanyId> {
        None
    }

    /// The connection that it unlinks. Its loss is no news to the user.
    fn unlinks(&self) -> Option<ConnectionId> {
        None
    }

    /// The read that shows, after a 5xx, whether it was done. None: it is sent again with a new key.
    fn check(&self) -> Option<Call> {
        self.company().map(Call::Company)
    }

    /// Whether this company has the state that it requests.
    fn is_done_in(&self, _: &Company) -> bool {
        false
    }

    /// Whether this company is, or contains, what it created.
    fn is_created_in(&self, _: &Company, _: &CreatedSince<'_>) -> bool {
        false
    }

    /// Whether this read, requested since the act was sent, shows that it was done.
    fn is_shown_by(&self, _: &PullOperation) -> bool {
        false
    }

    /// Whether a 404 of this step means that it was done.
    fn is_done_by_not_found(&self, _: Step) -> bool {
        false
    }

    /// What follows when the server has completed it. The reply is [`Reply::Done`] if a check has shown it.
    fn on_success(&self, reply: Reply) -> Success {
        if let Reply::Company(item) = reply { Success::Changed(item) } else { Success::Done }
    }
}

/// What follows when the server has completed an act.
#[derive(Debug)]
pub(crate) enum Success {
    /// There is nothing to show.
    Done,
    /// Store the new company.
    Created(Box<Item<Company>>),
    /// Store the changed company.
    Changed(Box<Item<Company>>),
    /// Remove the company from the store.
    CompanyRemoved(CompanyId),
    /// Read the company again, because the response does not contain it.
    ReadBack { created: Option<ConnectionId>, removed: Option<ConnectionId> },
    /// Follow the queued reads of a company. `all`: of all data.
    ReadsQueued { company: CompanyId, all: bool },
}

/// Since when something may have been created by an act, in the server's time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CreatedSince<'a> {
    pub(crate) at: Timestamp,
    /// Whether the server's clock is known. Only then can something older than the act be excluded.
    pub(crate) is_exact: bool,
    /// What other acts created.
    pub(crate) by_others: &'a BTreeSet<Uuid>,
}

impl CreatedSince<'_> {
    /// Whether the act may have created this.
    pub(crate) fn is_new(&self, id: Uuid, created: Timestamp) -> bool {
        created >= self.at && !self.by_others.contains(&id)
    }
}

/// The newest reads of a company, for the check of a refresh.
pub(super) fn newest_reads(company: CompanyId, data_type: Option<&str>) -> Call {
    let query = data_type.map(|data_type| format!("dataType={data_type}"));
    let order_by = Some("-requested".to_owned());
    Call::Topic(Topic::Reads(company, PageRequest { page: 1, page_size: 20, query, order_by }))
}
