//! Converts a response and adds the headers that every response has (§4.2, §10).

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use jiff::Timestamp;

use super::{Inner, outgoing::OutgoingResponse};
use crate::{lock::lock, page::document::CONTENT_SECURITY_POLICY, response::ContentType, time_format};

impl Inner {
    /// The HTTP response with all headers.
    pub(super) fn http_response(&self, reply: OutgoingResponse, now: Timestamp) -> http::Response<Bytes> {
        let limit = self.limits.quota(self.state().world.connection_counts().linked_companies());
        let today = lock(&self.meter).today(now);
        let mut response = http::Response::new(reply.answer.body);
        *response.status_mut() =
            StatusCode::from_u16(reply.answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        let mut set = |name: header::HeaderName, text: &str| {
            if let Ok(value) = HeaderValue::from_str(text) {
                headers.insert(name, value);
            }
        };
        if let Some(media_type) = reply.answer.content.media_type() {
            set(header::CONTENT_TYPE, media_type);
        }
        set(header::HeaderName::from_static("x-rate-limit-limit"), &limit.to_string());
        set(
            header::HeaderName::from_static("x-rate-limit-remaining"),
            &limit.saturating_sub(today).to_string(),
        );
        set(
            header::HeaderName::from_static("x-rate-limit-reset"),
            &time_format::http_date(time_format::next_midnight(now)),
        );
        set(header::HeaderName::from_static("x-correlation-id"), &reply.correlation);
        set(header::DATE, &time_format::http_date(now));
        set(header::CACHE_CONTROL, "no-store");
        if let Some(allow) = &reply.answer.allow {
            set(header::ALLOW, allow);
        }
        if let Some(retry_after) = &reply.retry_after {
            set(header::RETRY_AFTER, retry_after);
        }
        set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        if reply.answer.content == ContentType::Html {
            set(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
            set(header::X_FRAME_OPTIONS, "DENY");
            // Under `no-referrer` browsers would send `Origin: null` with the page's own forms.
            set(header::REFERRER_POLICY, "same-origin");
        }
        for (name, value) in &reply.answer.headers {
            if let Ok(name) = header::HeaderName::try_from(name) {
                set(name, value);
            }
        }
        response.extensions_mut().insert(reply.delivery);
        if let Some(in_flight) = reply.in_flight {
            // The request counts as in flight until the response is dropped.
            response.extensions_mut().insert(in_flight);
        }
        response
    }
}
