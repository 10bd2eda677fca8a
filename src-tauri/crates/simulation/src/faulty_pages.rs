//! Sweeps whose second page is faulty: the store keeps whole pages only and removes no company that may still exist,
//! the health shows the reason, and the next good sweep repairs everything.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use codat::{
    Transport,
    client::{Body, TransportError},
};
use domain::HealthState;
use engine::{Act, ActId, Config, Event};
use http::{Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt as _, Full, StreamBody};
use jiff::SignedDuration;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::{
    account::Account,
    calm_simulation::CalmSimulation,
    check,
    clock::Clock,
    scenario::Scenario,
    world::{World, text},
};

/// Two and a half pages.
const COMPANIES: u32 = 50;
const PAGE: u32 = 20;
/// Scheduled sweeps are a day apart, so each sweep here is requested.
const A_DAY_SECS: i64 = 86_400;

type Answer = Result<Response<Body>, TransportError>;
/// Replaces the second page, from the first and the second page.
type FaultFn = fn(Value, Value) -> Answer;

struct Fault {
    name: &'static str,
    fault_fn: FaultFn,
    leaves: Leaves,
    state: HealthState,
    /// A part of the health's message.
    says: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Leaves {
    /// The pages before the faulty one.
    FirstPage,
    /// Everything but the first company of the second page.
    AllButOne,
    /// Everything.
    All,
}

fn faults() -> Vec<Fault> {
    use HealthState::{Current, Failing, Limited, Offline, Refused, Starting};
    use Leaves::{All, AllButOne, FirstPage};
    let fault = |name, fault_fn, leaves, state, says| Fault { name, fault_fn, leaves, state, says };
    vec![
        fault(
            "no route",
            |_, _| Err(TransportError::Unreachable("no route".into())),
            FirstPage,
            Offline,
            None,
        ),
        fault("no answer", |_, _| Err(TransportError::NoAnswer("reset".into())), FirstPage, Offline, None),
        fault("a body that breaks off", |_, page| broken_off(&page), FirstPage, Offline, None),
        fault("a body without end", |_, _| endless(), FirstPage, Failing, Some("larger than 64 MB")),
        fault("half of the JSON", |_, page| half(&page), FirstPage, Failing, Some("cut off after")),
        fault("a web page", |_, _| said(200, "<html></html>"), FirstPage, Failing, Some("web page")),
        fault("nothing", |_, _| said(200, ""), FirstPage, Failing, Some("empty")),
        fault(
            "results that are no list",
            |_, _| said(200, r#"{"results":{}}"#),
            FirstPage,
            Failing,
            Some("form"),
        ),
        fault("400", |_, _| refusal(400), FirstPage, Failing, Some("400")),
        fault("401", |_, _| refusal(401), FirstPage, Refused, Some("No.")),
        fault("403", |_, _| refusal(403), FirstPage, Refused, Some("No.")),
        fault("404", |_, _| refusal(404), FirstPage, Failing, Some("404")),
        fault("407", |_, _| said(407, ""), FirstPage, Offline, Some("proxy")),
        fault("429", |_, _| refusal(429), FirstPage, Limited, None),
        fault("500", |_, _| refusal(500), FirstPage, Failing, Some("500")),
        fault("503", |_, _| refusal(503), FirstPage, Failing, Some("503")),
        fault(
            "the first page again, for ever",
            |first, _| circle(first),
            FirstPage,
            Failing,
            Some("repeats itself"),
        ),
        fault("a number for a name", |_, page| wrong_name(page), AllButOne, Current, None),
        fault("another total", |_, page| total(page), All, Starting, None),
        fault("every item twice", |_, page| twice(page), All, Current, None),
        fault("dates of the year 1", |_, page| dates(page, "0001-01-01T00:00:00"), All, Current, None),
        fault(
            "dates of the year 9999",
            |_, page| dates(page, "9999-12-31T23:59:59.9999999"),
            All,
            Current,
            None,
        ),
        fault("unknown statuses", |_, page| field(page, "status", json!("Elsewhere")), All, Current, None),
        fault("numbers of 400 digits", |_, page| digits(page), All, Current, None),
        fault(
            "Link URLs that are scripts",
            |_, page| field(page, "linkUrl", json!("javascript:alert(1)")),
            All,
            Current,
            None,
        ),
    ]
}

#[test]
fn a_sweep_with_a_spoiled_page_keeps_whole_pages_and_a_good_one_mends_it() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut wrong = Vec::new();
    for fault in faults() {
        let found = runtime.block_on(Box::pin(found(&fault)));
        wrong.extend(found.into_iter().map(|what| format!("{}: {what}", fault.name)));
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// Returns what is wrong with this fault.
async fn found(fault: &Fault) -> Vec<String> {
    let mut wrong = Vec::new();
    let folder = tempfile::tempdir().unwrap();
    let fault_fn = Arc::new(Mutex::new(Some(fault.fault_fn)));
    let clock = Clock::new(Scenario::start());
    let world = World::of(COMPANIES, 7, Account::FIRST, &clock).await.unwrap();
    let config = Config {
        page_size: PAGE,
        sweep_floor_secs: A_DAY_SECS,
        status_floor_secs: A_DAY_SECS,
        ..Config::default()
    };
    let way = |world| with_fault(world, fault_fn.clone());
    let mut days = CalmSimulation::start(world, clock, config, folder.path(), way).await.unwrap();

    // With an empty database.
    days.advance(SignedDuration::from_mins(20)).await.unwrap();
    let pages = pages(&days.world).await;
    let expected = match fault.leaves {
        Leaves::FirstPage => PAGE,
        Leaves::AllButOne => COMPANIES - 1,
        Leaves::All => COMPANIES,
    };
    let kept = days.instance.store().unwrap().company_count().await.unwrap();
    if kept != expected {
        wrong.push(format!("{kept} companies were kept of {expected}"));
    }
    for company in pages.iter().take(expected.div_ceil(PAGE) as usize).flatten() {
        let is_left_out = fault.leaves == Leaves::AllButOne && company == &pages[1][0];
        let is_kept = record(&days, company).await.is_some();
        if is_kept == is_left_out {
            wrong.push(format!("{}: kept: {is_kept}", text(company, "id")));
        }
    }
    health(&days, fault, &mut wrong);
    mended(&mut days, &fault_fn, &mut wrong).await;

    // With a complete database, while the world changes.
    let (seen, unseen, gone) = (&pages[0][3], &pages[1][0], &pages[2][3]);
    for company in [seen, unseen] {
        let path = format!("/companies/{}", text(company, "id"));
        days.world.ask("PATCH", &path, &json!({ "name": "Renamed" })).await.unwrap();
    }
    let vanish = format!("/_sandbox/companies/{}/vanish", text(gone, "id"));
    days.world.ask("POST", &vanish, &Value::Null).await.unwrap();
    *fault_fn.lock().unwrap() = Some(fault.fault_fn);
    sweep(&mut days).await;
    let name = async |company| record(&days, company).await.map(|it| it.name);
    if name(seen).await.as_deref() != Some("Renamed") {
        wrong.push("the first page was not kept".to_owned());
    }
    let is_known = name(unseen).await.as_deref() == Some("Renamed");
    if is_known != (fault.leaves == Leaves::All) {
        wrong.push(format!("the second page's news is known: {is_known}"));
    }
    if fault.leaves == Leaves::FirstPage && name(gone).await.is_none() {
        wrong.push("a company is gone that the sweep did not come to".to_owned());
    }
    mended(&mut days, &fault_fn, &mut wrong).await;
    wrong
}

/// Checks that the health shows the fault.
fn health(days: &CalmSimulation, fault: &Fault, wrong: &mut Vec<String>) {
    let health = days.instance.health().unwrap();
    if health.state != fault.state {
        wrong.push(format!("{:?} in place of {:?}", health.state, fault.state));
    }
    let message = health.message.unwrap_or_default();
    if !fault
        .says
        .map_or(message.is_empty() || fault.state == HealthState::Limited, |it| message.contains(it))
    {
        wrong.push(format!("it says “{message}”"));
    }
    if (fault.leaves == Leaves::AllButOne) != (health.unreadable > 0) {
        wrong.push(format!("{} are said to be unreadable", health.unreadable));
    }
}

/// Checks that after a good sweep the store equals the sandbox.
async fn mended(days: &mut CalmSimulation, fault_fn: &Mutex<Option<FaultFn>>, wrong: &mut Vec<String>) {
    *fault_fn.lock().unwrap() = None;
    days.handle(Event::NetworkChanged).await.unwrap();
    // A rejected key is checked again within an hour.
    days.advance(SignedDuration::from_hours(2)).await.unwrap();
    let before = check::companies(&days.world).await.unwrap();
    sweep(days).await;
    let store = days.instance.store().unwrap();
    wrong.extend(check::disagreements(store, &days.world, &before).await.unwrap());
    let health = days.instance.health().unwrap();
    if health.state != HealthState::Current {
        wrong.push(format!("{:?} after a good sweep: {:?}", health.state, health.message));
    }
}

async fn sweep(days: &mut CalmSimulation) {
    days.handle(Event::Act(ActId(1), Act::Sweep)).await.unwrap();
    days.advance(SignedDuration::from_mins(20)).await.unwrap();
}

async fn record(days: &CalmSimulation, company: &Value) -> Option<codat::Company> {
    let id = text(company, "id").parse().unwrap();
    days.instance.store().unwrap().company_record(id).await.unwrap()
}

/// The world's companies, page by page.
async fn pages(world: &World) -> Vec<Vec<Value>> {
    let mut pages = Vec::new();
    for page in 1..=3 {
        let target = format!("/companies?page={page}&pageSize={PAGE}");
        let said = world.ask("GET", &target, &Value::Null).await.unwrap();
        pages.push(said["results"].as_array().unwrap().clone());
    }
    pages
}

/// A transport that replaces the second page of companies while `fault_fn` is set.
fn with_fault(world: Transport, fault_fn: Arc<Mutex<Option<FaultFn>>>) -> Transport {
    Transport::new(tower::service_fn(move |request: Request<Bytes>| {
        let (world, fault_fn) = (world.clone(), *fault_fn.lock().unwrap());
        async move {
            let query = request.uri().query().unwrap_or_default();
            let is_second = request.uri().path() == "/companies" && query.starts_with("page=2&");
            let Some(fault_fn) = fault_fn.filter(|_| is_second && !query.contains("query=")) else {
                return world.oneshot(request).await;
            };
            let first = request.uri().to_string().replace("page=2&", "page=1&");
            let mut asked = request.clone();
            *asked.uri_mut() = first.parse().unwrap();
            let (first, second) = (json_of(&world, asked).await?, json_of(&world, request).await?);
            fault_fn(first, second)
        }
    }))
}

async fn json_of(world: &Transport, request: Request<Bytes>) -> Result<Value, TransportError> {
    let body = world.clone().oneshot(request).await?.into_body().collect().await?.to_bytes();
    Ok(serde_json::from_slice(&body).unwrap())
}

fn said(status: u16, body: impl Into<Bytes>) -> Answer {
    let body = Full::new(body.into()).map_err(|never| match never {}).boxed_unsync();
    Ok(Response::builder().status(status).body(body).unwrap())
}

fn refusal(status: u16) -> Answer {
    let body =
        json!({ "statusCode": status, "service": "PublicApi", "error": "No.", "correlationId": "c-1" });
    let mut answer = said(status, body.to_string())?;
    answer.headers_mut().insert("retry-after", http::HeaderValue::from_static("60"));
    Ok(answer)
}

fn streamed(
    frames: impl futures_util::Stream<Item = Result<Bytes, TransportError>> + Send + 'static,
) -> Answer {
    let frames = futures_util::StreamExt::map(frames, |piece| piece.map(Frame::data));
    Ok(Response::new(StreamBody::new(frames).boxed_unsync()))
}

fn broken_off(page: &Value) -> Answer {
    let text = page.to_string();
    let first = Bytes::from(text[..text.len() - 10].to_owned());
    let end = TransportError::NoAnswer("connection reset".to_owned());
    streamed(futures_util::stream::iter([Ok(first), Err(end)]))
}

fn endless() -> Answer {
    let piece = Bytes::from(vec![b' '; 1024 * 1024]);
    streamed(futures_util::stream::iter(std::iter::repeat_with(move || Ok(piece.clone()))))
}

fn half(page: &Value) -> Answer {
    let text = page.to_string();
    let at = text.len() / 2;
    said(200, String::from_utf8_lossy(&text.as_bytes()[..at]).into_owned())
}

fn circle(mut first: Value) -> Answer {
    first["_links"]["next"] = json!({ "href": "/companies?page=1" });
    first["pageNumber"] = json!(2);
    said(200, first.to_string())
}

fn wrong_name(mut page: Value) -> Answer {
    page["results"][0]["name"] = json!(17);
    said(200, page.to_string())
}

fn total(mut page: Value) -> Answer {
    page["totalResults"] = json!(COMPANIES + 1);
    said(200, page.to_string())
}

fn twice(mut page: Value) -> Answer {
    let results = page["results"].as_array_mut().unwrap();
    results.extend(results.clone());
    said(200, page.to_string())
}

fn dates(mut page: Value, date: &str) -> Answer {
    for name in ["created", "lastSync"] {
        page = with_field(page, name, &json!(date));
    }
    said(200, page.to_string())
}

fn field(page: Value, name: &str, value: Value) -> Answer {
    said(200, with_field(page, name, &value).to_string())
}

fn digits(mut page: Value) -> Answer {
    for company in page["results"].as_array_mut().unwrap() {
        company["newer"] = json!("@number@");
    }
    said(200, page.to_string().replace("\"@number@\"", &"9".repeat(400)))
}

/// Sets this field in all companies and connections.
fn with_field(mut page: Value, name: &str, value: &Value) -> Value {
    for company in page["results"].as_array_mut().unwrap() {
        let connections = company["dataConnections"].as_array_mut().unwrap();
        for connection in connections.iter_mut().filter(|it| it.get(name).is_some()) {
            connection[name] = value.clone();
        }
        if company.get(name).is_some() {
            company[name] = value.clone();
        }
    }
    page
}
