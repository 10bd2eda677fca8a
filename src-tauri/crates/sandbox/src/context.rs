//! The input and the output of a request handler.

use std::{borrow::Cow, sync::Mutex};

use http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;

use crate::{
    answer::{Answer, Problem},
    change::Change,
    clock::Face,
    data::Library,
    faults::Faults,
    list_cache::ListCache,
    record::{CompanyRecord, ConnectionRecord, Slot},
    request::{self, Request},
    request_log::RequestLog,
    state::State,
};

/// Everything a handler can read.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) state: &'a State,
    pub(crate) request: &'a Request,
    pub(crate) now: Timestamp,
    pub(crate) face: Face,
    pub(crate) faults: &'a Mutex<Faults>,
    pub(crate) lists: &'a Mutex<ListCache>,
    pub(crate) log: &'a Mutex<RequestLog>,
    pub(crate) library: &'a Mutex<Library>,
}

/// The response, and the changes to store and apply.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) answer: Answer,
    pub(crate) changes: Vec<Change>,
}

pub(crate) type Outcome = Result<Done, Problem>;

impl Context<'_> {
    /// A path segment as it was sent. Empty if there is none.
    pub(crate) fn segment(&self, at: usize) -> &str {
        self.request.segments.get(at).map_or("", String::as_str)
    }

    /// The company of the second path segment.
    pub(crate) fn company(&self) -> Result<(Slot, Cow<'_, CompanyRecord>), Problem> {
        self.company_called(self.segment(1))
    }

    pub(crate) fn company_called(&self, id: &str) -> Result<(Slot, Cow<'_, CompanyRecord>), Problem> {
        let slot = request::uuid(id).and_then(|id| self.state.world.find(id));
        let found = slot.and_then(|slot| self.state.world.record(slot).map(|record| (slot, record)));
        found.ok_or_else(|| Problem::no_company(id))
    }
}

/// The connection of a company by the text of its ID.
pub(crate) fn connection_called<'a>(
    company: &'a CompanyRecord,
    id: &str,
) -> Result<&'a ConnectionRecord, Problem> {
    request::uuid(id).and_then(|id| company.connection(id)).ok_or_else(|| Problem::no_connection(id))
}

pub(crate) fn ok(value: &impl Serialize) -> Outcome {
    changed(value, vec![])
}

pub(crate) fn changed(value: &impl Serialize, changes: Vec<Change>) -> Outcome {
    Ok(Done { answer: Answer::json(StatusCode::OK, value)?, changes })
}

pub(crate) fn nothing(status: StatusCode, changes: Vec<Change>) -> Outcome {
    Ok(Done { answer: Answer::nothing(status), changes })
}
