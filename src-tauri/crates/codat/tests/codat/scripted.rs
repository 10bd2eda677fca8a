//! A server in the process that answers as it is told, and remembers what it was asked.

use std::{
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
};

use bytes::Bytes;
use codat::{
    ApiKey, Client, CompanyId, ConnectionId, DatasetId, Transport,
    client::{Body, TransportError},
    page::PageRequest,
};
use futures_util::stream;
use http::{Request, Response};
use http_body::{Frame, SizeHint};
use http_body_util::{BodyExt, Full, StreamBody};
use tower::service_fn;
use uuid::Uuid;

/// What comes back: a response, or why there is none.
pub(crate) type Reply = Result<Response<Body>, TransportError>;

/// A client, and what its server was asked.
pub(crate) struct Scripted {
    pub(crate) client: Client,
    asked: Arc<Mutex<Vec<Request<Bytes>>>>,
}

impl Scripted {
    pub(crate) fn answering(reply: impl Fn() -> Reply + Send + Sync + 'static) -> Self {
        Self::at("https://api.test", reply)
    }

    pub(crate) fn at(base: &str, reply: impl Fn() -> Reply + Send + Sync + 'static) -> Self {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (seen, reply) = (Arc::clone(&asked), Arc::new(reply));
        let transport = Transport::new(service_fn(move |request: Request<Bytes>| {
            seen.lock().unwrap().push(request);
            let reply = reply();
            async move { reply }
        }));
        Self { client: Client::new(base, ApiKey::new("secret-key").unwrap(), transport), asked }
    }

    /// The one request that was made.
    pub(crate) fn asked(&self) -> Request<Bytes> {
        let mut asked = std::mem::take(&mut *self.asked.lock().unwrap());
        assert_eq!(asked.len(), 1, "a call is one attempt");
        asked.remove(0)
    }
}

pub(crate) fn whole(status: u16, body: impl Into<Bytes>) -> Reply {
    with(status, &[], body)
}

pub(crate) fn with(status: u16, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Reply {
    let response = headers
        .iter()
        .fold(Response::builder().status(status), |response, (name, value)| response.header(*name, *value));
    Ok(response.body(Full::new(body.into()).map_err(|never| match never {}).boxed_unsync()).unwrap())
}

/// A body in pieces, one of which may be the end of the connection.
pub(crate) fn streamed(
    status: u16,
    headers: &[(&str, &str)],
    pieces: Vec<Result<Bytes, TransportError>>,
) -> Reply {
    let frames = pieces.into_iter().map(|piece| piece.map(Frame::data));
    let body = BodyExt::boxed_unsync(StreamBody::new(stream::iter(frames)));
    with(status, headers, "").map(|response| response.map(|_| body))
}

/// A success that announces so many bytes and breaks off at the first.
pub(crate) fn announcing(bytes: u64) -> Reply {
    with(200, &[], "").map(|response| response.map(|_| Announced(bytes).boxed_unsync()))
}

struct Announced(u64);

impl http_body::Body for Announced {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        Poll::Ready(Some(Err(TransportError::NoAnswer("connection reset".to_owned()))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0)
    }
}

pub(crate) const COMPANY: &str = "0b9c4c5e-7a55-4a43-9d0e-5f1f6c7f2a10";

pub(crate) fn company() -> CompanyId {
    COMPANY.parse().unwrap()
}

pub(crate) fn connection() -> ConnectionId {
    "6f1e0a57-1c0d-4c8b-8d51-0e7c53b0a7b1".parse().unwrap()
}

pub(crate) fn dataset() -> DatasetId {
    "11111111-2222-3333-4444-555555555555".parse().unwrap()
}

pub(crate) fn key() -> Uuid {
    Uuid::from_u128(7)
}

pub(crate) fn page(page: u32, page_size: u32) -> PageRequest {
    PageRequest { page, page_size, query: None, order_by: None }
}

/// A company as Appendix B has it, with fields that this version does not know.
pub(crate) const SAMPLE: &str = r#"{"id":"0b9c4c5e-7a55-4a43-9d0e-5f1f6c7f2a10","name":"Harbour Lane Bakery","description":"cust-0042",
 "platform":"","redirect":"http://127.0.0.1:8787/company/0b9c4c5e-7a55-4a43-9d0e-5f1f6c7f2a10",
 "lastSync":"2026-11-20T08:15:02.1180000Z","created":"2026-11-02T09:30:11Z","createdByUserName":"Local User",
 "products":["lending"],"tags":{"region":"uk"},"ownerUserIds":[],"referenceSubsidiaryCompanies":[],
 "newer": { "amount" : 1.50, "deep": [1e2, "\u00e9"] },
 "dataConnections":[{"id":"6f1e0a57-1c0d-4c8b-8d51-0e7c53b0a7b1","integrationId":"9e0cc03b-3868-4543-98c0-568f0f1b12a3",
  "integrationKey":"mqjo","sourceId":"aff0f057-255f-42c4-8d4a-ae23b43e1615","sourceType":"Accounting","platformName":"Sandbox",
  "linkUrl":"http://127.0.0.1:8787/link/start","status":"Linked","lastSync":"2026-11-20T08:15:02.1180000Z",
  "created":"2026-11-02T09:31:40Z","dataConnectionErrors":[]}]}"#;
