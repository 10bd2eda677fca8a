//! The input and the output of a request handler.

use std::{borrow::Cow, sync::Mutex};

use http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;

use crate::{
    change::Change,
    clock::ClockReading,
    data::BooksCache,
    faults::Faults,
    list_cache::ListCache,
    record::{CompanyRecord, ConnectionRecord, Slot},
    request::{self, Request},
    request_log::RequestLog,
    response::{ApiError, Response},
    state::State,
};

/// Everything a handler can read.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) state: &'a State,
    pub(crate) request: &'a Request,
    pub(crate) now: Timestamp,
    pub(crate) clock: ClockReading,
    pub(crate) faults: &'a Mutex<Faults>,
    pub(crate) lists: &'a Mutex<ListCache>,
    pub(crate) log: &'a Mutex<RequestLog>,
    pub(crate) library: &'a Mutex<BooksCache>,
}

/// The response, and the changes to store and apply.
#[derive(Debug)]
pub(crate) struct HandlerOutput {
    pub(crate) answer: Response,
    pub(crate) changes: Vec<Change>,
}

pub(crate) type HandlerResult = Result<HandlerOutput, ApiError>;

impl Context<'_> {
    /// A path segment as it was sent. Empty if there is none.
    pub(crate) fn segment(&self, at: usize) -> &str {
        self.request.segments.get(at).map_or("", String::as_str)
    }

    /// The company of the second path segment.
    pub(crate) fn company(&self) -> Result<(Slot, Cow<'_, CompanyRecord>), ApiError> {
        self.find_company(self.segment(1))
    }

    pub(crate) fn find_company(&self, id: &str) -> Result<(Slot, Cow<'_, CompanyRecord>), ApiError> {
        let slot = request::uuid(id).and_then(|id| self.state.world.find(id));
        let found = slot.and_then(|slot| self.state.world.record(slot).map(|record| (slot, record)));
        found.ok_or_else(|| ApiError::company_not_found(id))
    }
}

/// The connection of a company by the text of its ID.
pub(crate) fn find_connection<'a>(
    company: &'a CompanyRecord,
    id: &str,
) -> Result<&'a ConnectionRecord, ApiError> {
    request::uuid(id).and_then(|id| company.connection(id)).ok_or_else(|| ApiError::connection_not_found(id))
}

pub(crate) fn ok(value: &impl Serialize) -> HandlerResult {
    ok_with_changes(value, Vec::new())
}

pub(crate) fn ok_with_changes(value: &impl Serialize, changes: Vec<Change>) -> HandlerResult {
    Ok(HandlerOutput { answer: Response::json(StatusCode::OK, value)?, changes })
}

pub(crate) fn empty(status: StatusCode, changes: Vec<Change>) -> HandlerResult {
    Ok(HandlerOutput { answer: Response::empty(status), changes })
}
