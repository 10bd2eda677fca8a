//! A response with its delivery options.

use std::sync::Arc;

use crate::{
    answer::Answer,
    faults::{Delivery, Fault},
    limits::UnderWay,
};

pub(super) struct Reply {
    pub(super) answer: Answer,
    pub(super) correlation: String,
    pub(super) retry_after: Option<String>,
    pub(super) delivery: Delivery,
    pub(super) under_way: Option<Arc<UnderWay>>,
}

impl Reply {
    pub(super) fn of(answer: Answer, correlation: String) -> Self {
        Self { answer, correlation, retry_after: None, delivery: Delivery::default(), under_way: None }
    }

    pub(super) fn with(answer: Answer, correlation: String, fault: &Fault) -> Self {
        let retry_after = fault.retry_after.as_ref().map(crate::faults::RetryAfter::to_text);
        Self { answer, correlation, retry_after, delivery: fault.delivery(), under_way: None }
    }
}
