//! Recorded answers of the sandbox to every call of the client.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use codat::{
    ApiKey, Client, Company, Transport, Write,
    client::{Body, TransportError},
    model::NewCompany,
    page::PageRequest,
    upload::{Candidate, FilePart, check},
};
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use jiff::{SignedDuration, Timestamp};
use sandbox::{Endpoint, Options};
use tower::{ServiceExt as _, service_fn};
use uuid::Uuid;

use super::calls::{Call, Subjects, calls, page};

const BASE: &str = "http://127.0.0.1:8787";
pub(super) const KEY: &str = "sandbox";

#[derive(Debug, Clone)]
pub(super) struct RecordedResponse {
    pub(super) status: u16,
    pub(super) body: Bytes,
}

/// All calls with their recorded answers, and the data that they use.
pub(super) async fn recorded() -> (Subjects, Vec<(Call, RecordedResponse)>) {
    let clock = Arc::new(Mutex::new("2026-11-23T09:00:00Z".parse::<Timestamp>().unwrap()));
    let shown = clock.clone();
    let options = Options { api_key: KEY.to_owned(), ..Options::default() };
    let endpoint = Endpoint::in_process(&options, Arc::new(move || *shown.lock().unwrap())).await.unwrap();
    let last = Arc::new(Mutex::new(None));
    let client = Client::new(BASE, ApiKey::new(KEY).unwrap(), recording(endpoint.transport(), last.clone()));
    let advance = || *clock.lock().unwrap() += SignedDuration::from_hours(30);
    let subjects = subjects(&client, &endpoint, advance).await;
    let mut answers = Vec::new();
    for call in calls() {
        let made = (call.make)(client.clone(), subjects.clone()).await;
        assert_eq!(made, Ok(0), "{}", call.name);
        let good: Option<RecordedResponse> = last.lock().unwrap().take();
        answers.push((call, good.unwrap()));
    }
    (subjects, answers)
}

/// A transport that stores the last response.
fn recording(transport: Transport, last: Arc<Mutex<Option<RecordedResponse>>>) -> Transport {
    Transport::new(service_fn(move |request: Request<Bytes>| {
        let (transport, last) = (transport.clone(), last.clone());
        async move {
            let (parts, body) = transport.oneshot(request).await?.into_parts();
            let body = body.collect().await?.to_bytes();
            *last.lock().unwrap() =
                Some(RecordedResponse { status: parts.status.as_u16(), body: body.clone() });
            Ok::<_, TransportError>(Response::from_parts(parts, full_body(body)))
        }
    }))
}

pub(super) fn full_body(bytes: Bytes) -> Body {
    Full::new(bytes).map_err(|never| match never {}).boxed_unsync()
}

/// Creates the data for the calls: a company with loaded data, and a connection with a file.
async fn subjects(client: &Client, endpoint: &Endpoint, advance: impl Fn()) -> Subjects {
    let mut numbers = 100..;
    let mut key = || Uuid::from_u128(numbers.next().unwrap());
    let new = NewCompany { name: "Faults".to_owned(), description: None, tags: Default::default() };
    let company = client.write(Write::create_company(&new, key())).await.unwrap().value.value.id;
    let mut linked = Vec::new();
    for platform in ["gbol", "bdfu"] {
        let made =
            client.write(Write::create_connection(company, platform, key())).await.unwrap().value.value.id;
        link(endpoint, &format!("/_sandbox/connections/{made}/link")).await;
        linked.push(made);
    }
    let (connection, folder) = (linked[0], linked[1]);
    client.write(Write::refresh_company(company, key())).await.unwrap();
    let file = check(&[Candidate { name: "a.pdf".into(), bytes: 4 }]).unwrap().remove(0);
    let pieces = futures_util::stream::iter([Ok(Bytes::from_static(b"%PDF"))]);
    let file = FilePart::read(file, pieces).await.unwrap();
    client.upload_file(company, folder, &file, key(), |_| {}).await.unwrap();
    advance();
    let read = client.data_history(company, &page()).await.unwrap().value.results.remove(0);
    let settings = client.sync_settings(None).await.unwrap().value;
    Subjects {
        company,
        connection,
        folder,
        dataset: read.value.id,
        push: a_write(client).await,
        settings: serde_json::to_value(settings).unwrap(),
    }
}

/// A company with writes, and one of the writes.
async fn a_write(client: &Client) -> (codat::CompanyId, codat::PushKey) {
    let all = PageRequest { page_size: 500, ..page() };
    for company in client.list_companies::<Company>(&all).await.unwrap().value.results {
        let writes = client.push_history(company.value.id, &page()).await.unwrap().value;
        if let Some(write) = writes.results.first() {
            return (company.value.id, write.value.push_operation_key);
        }
    }
    panic!("no company has writes");
}

async fn link(endpoint: &Endpoint, target: &str) {
    let key = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, KEY);
    let request = Request::post(format!("{BASE}{target}")).header("authorization", format!("Basic {key}"));
    let request = request.body(Bytes::new()).unwrap();
    let response = endpoint.transport().oneshot(request).await.unwrap();
    assert!(response.status().is_success(), "{target}: {}", response.status());
}
