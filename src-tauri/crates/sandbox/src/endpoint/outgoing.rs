//! A response with its delivery options.

use std::sync::Arc;

use crate::{
    faults::{Delivery, Fault},
    limits::InFlightRequest,
    response::Response,
};

pub(super) struct OutgoingResponse {
    pub(super) answer: Response,
    pub(super) correlation: String,
    pub(super) retry_after: Option<String>,
    pub(super) delivery: Delivery,
    pub(super) in_flight: Option<Arc<InFlightRequest>>,
}

impl OutgoingResponse {
    pub(super) fn new(answer: Response, correlation: String) -> Self {
        Self { answer, correlation, retry_after: None, delivery: Delivery::default(), in_flight: None }
    }

    pub(super) fn with_fault(answer: Response, correlation: String, fault: &Fault) -> Self {
        let retry_after = fault.retry_after.as_ref().map(crate::faults::RetryAfter::to_text);
        Self { answer, correlation, retry_after, delivery: fault.delivery(), in_flight: None }
    }
}
