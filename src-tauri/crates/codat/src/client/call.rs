//! A request as a value, and how it is sent.

use bytes::Bytes;
use http::{HeaderValue, Method, header, response::Parts};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use tower::ServiceExt;
use uuid::Uuid;

use super::{
    Answer, Body, Client, Leaving, Outcome, TransportError,
    head::Head,
    receive::{Received, receive},
};
use crate::{
    error::{Failure, FailureKind},
    page::PageRequest,
    reading::{self, DecodeError},
};

/// All characters but letters, digits, and those without a meaning in a URL.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_');

/// The media type of every body except a form.
const JSON: &str = "application/json; charset=utf-8";

/// A request.
pub(super) struct Call {
    method: Method,
    path: String,
    query: Vec<(&'static str, String)>,
    body: Result<Option<Bytes>, serde_json::Error>,
    media_type: String,
    accepts: &'static str,
    key: Option<Uuid>,
    leaving: Option<Leaving>,
}

impl Call {
    pub(super) fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            query: Vec::new(),
            body: Ok(None),
            media_type: JSON.to_owned(),
            accepts: "application/json",
            key: None,
            leaving: None,
        }
    }

    pub(super) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    /// A page of a list. `page` and `pageSize` are always sent (§2.2).
    pub(super) fn page(path: impl Into<String>, page: &PageRequest) -> Self {
        let mut call = Self::get(path).with("page", page.page).with("pageSize", page.page_size);
        call.query.extend(page.query.clone().map(|query| ("query", query)));
        call.query.extend(page.order_by.clone().map(|order| ("orderBy", order)));
        call
    }

    pub(super) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    /// Sets a JSON body.
    pub(super) fn json(mut self, body: &impl Serialize) -> Self {
        self.body = serde_json::to_vec(body).map(|body| Some(body.into()));
        self
    }

    /// Sets a form as the body.
    pub(super) fn form(mut self, media_type: String, form: Bytes) -> Self {
        (self.media_type, self.body) = (media_type, Ok(Some(form)));
        self
    }

    /// Accepts a file of any media type as the response.
    pub(super) fn file(mut self) -> Self {
        self.accepts = "*/*";
        self
    }

    /// Sets the idempotency key: the server carries out a write once per key (§2.1).
    pub(super) fn once(mut self, key: Uuid) -> Self {
        self.key = Some(key);
        self
    }

    pub(super) fn key(&self) -> Option<Uuid> {
        self.key
    }

    /// Reports how much of the body was sent.
    pub(super) fn telling(mut self, leaving: Leaving) -> Self {
        self.leaving = Some(leaving);
        self
    }

    fn address(&self, base: &str) -> String {
        let mut address = format!("{base}{}", self.path);
        for (index, (name, value)) in self.query.iter().enumerate() {
            address.push(if index == 0 { '?' } else { '&' });
            address.push_str(name);
            address.push('=');
            address.extend(utf8_percent_encode(value, ENCODED));
        }
        address
    }
}

/// Encodes text as one path segment. "." and ".." would lead to another path even when encoded, so they are encoded
/// twice: then they name a resource that does not exist.
pub(super) fn segment(text: &str) -> String {
    match text {
        "." => "%252E".to_owned(),
        ".." => "%252E%252E".to_owned(),
        _ => utf8_percent_encode(text, ENCODED).to_string(),
    }
}

impl Client {
    /// Makes one attempt and decodes the response.
    pub(super) async fn fetch<T>(
        &self,
        call: Call,
        read: impl FnOnce(&[u8]) -> Result<T, DecodeError>,
    ) -> Outcome<T> {
        let (mut head, bytes) = self.send(call).await?;
        head.meta.bytes = bytes.len() as u64;
        let misread = match read(&bytes) {
            Ok(value) => return Ok(Answer { value, meta: head.meta }),
            Err(misread) => misread,
        };
        let message = if self.key.is_in(&bytes) { misread.discreet() } else { misread.quoting() };
        Err(self.key.conceal(head.failure(FailureKind::Unreadable, message)))
    }

    /// Makes one attempt of a call that returns nothing. A web page is not a success.
    pub(super) async fn accomplish(&self, call: Call) -> Outcome<()> {
        self.fetch(call, reading::nothing).await
    }

    /// Makes one attempt and reads the whole body of a success.
    async fn send(&self, call: Call) -> Result<(Head, Bytes), Failure> {
        let (parts, body) = self.open(call).await?;
        let head = Head::read(&parts);
        if !head.is_success() {
            return Err(self.refused(head, body).await);
        }
        match receive(body).await {
            Received::Whole(bytes) => Ok((head, bytes)),
            Received::CutOff { after, reason } => {
                let message = format!("The answer stopped after {after} bytes: {reason}");
                Err(head.failure(FailureKind::NoAnswer, message))
            }
            Received::TooLarge => {
                Err(head.failure(FailureKind::Unreadable, "The answer is larger than 64 MB."))
            }
        }
    }

    /// The failure for an error status, even if its body is cut off. The API key is removed from it.
    pub(super) async fn refused(&self, head: Head, body: Body) -> Failure {
        let failure = match receive(body).await {
            Received::Whole(bytes) => head.refusal(&self.key.taken_out_of(&bytes)),
            Received::CutOff { .. } | Received::TooLarge => head.refusal(&[]),
        };
        self.key.conceal(failure)
    }

    /// Makes one attempt, up to the head of the response.
    pub(super) async fn open(&self, call: Call) -> Result<(Parts, Body), Failure> {
        let request =
            self.request(call).map_err(|reason| Failure::without_answer(FailureKind::Unreachable, reason))?;
        let response = self.transport.clone().oneshot(request).await.map_err(without_answer)?;
        Ok(response.into_parts())
    }

    fn request(&self, call: Call) -> Result<http::Request<Bytes>, String> {
        let address = call.address(&self.base);
        let body = call.body.map_err(|error| format!("We couldn’t write the request as JSON: {error}"))?;
        let mut authorization =
            HeaderValue::try_from(self.key.header()).map_err(|error| error.to_string())?;
        authorization.set_sensitive(true);
        let mut request = http::Request::builder()
            .method(call.method)
            .uri(&address)
            .header(header::AUTHORIZATION, authorization)
            .header(header::ACCEPT, call.accepts);
        if let Some(key) = call.key {
            request = request.header("Idempotency-Key", key.to_string());
        }
        if let Some(leaving) = call.leaving {
            request = request.extension(leaving);
        }
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, &call.media_type);
        }
        request
            .body(body.unwrap_or_default())
            .map_err(|error| format!("{address} isn’t a usable address: {error}"))
    }
}

fn without_answer(error: TransportError) -> Failure {
    match error {
        TransportError::Unreachable(reason) => Failure::without_answer(FailureKind::Unreachable, reason),
        TransportError::NoAnswer(reason) => Failure::without_answer(FailureKind::NoAnswer, reason),
    }
}
