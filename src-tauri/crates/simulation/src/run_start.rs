//! A refresh of 100,000 companies: the time of the preview and of the start.

use std::time::{Duration, Instant};

use codat::{CompanyId, Listed, page::PageRequest};
use domain::{Cause, NewRun, OpenRun, ReadRequest, ReadSelection, RunAct, RunCause};
use jiff::{SignedDuration, Timestamp};
use serde_json::{json, value::RawValue};
use store::{Store, StoreError, View};
use uuid::Uuid;

use crate::{
    BenchError, Figure,
    figure::{Limit, p99},
    say,
};

const COMPANIES: u32 = 100_000;
/// The page size.
const PAGE: u32 = 5_000;
/// The median of this many rounds counts.
const ROUNDS: usize = 5;

/// The time from each command to its response, and of each part that the store adds later.
pub(crate) fn run_start() -> Result<Vec<Figure>, BenchError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| BenchError::System("tokio", error))?;
    runtime.block_on(measure())
}

async fn measure() -> Result<Vec<Figure>, BenchError> {
    say("runs: 100,000 companies are put on this computer");
    let folder = tempfile::tempdir().map_err(|error| BenchError::System("a folder", error))?;
    let now = app::clock::now();
    let store = Store::open(&folder.path().join("workspace.db"), now).await.map_err(wrong)?;
    fill(&store, now).await?;
    // The user has a window open and has searched before.
    let looked_for = View { search: "company".to_owned(), ..View::default() };
    store.companies(&looked_for, now).await.map_err(wrong)?;
    let (mut previews, mut begins, mut parts) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let companies = store.matching_companies("", now).await.map_err(wrong)?;
        let preview = store.preview_run(&companies, None, now).await.map_err(wrong)?;
        previews.push(begun.elapsed());
        expect(preview.companies)?;

        let begun = Instant::now();
        let companies = store.matching_companies("", now).await.map_err(wrong)?;
        let open = store.begin_run(&refresh(companies, now), now).await.map_err(wrong)?;
        begins.push(begun.elapsed());
        follow(&store, open, now, &mut parts).await?;
    }
    store.close().await;
    parts.sort_unstable_by(f64::total_cmp);
    let part = p99(&parts).ok_or_else(|| BenchError::Wrong("the run had one part".to_owned()))?;
    let figure = |name, value| Figure { name, value, unit: "ms", against: Limit::AtMost(100.0) };
    Ok(vec![
        figure("begin_run_100k_ms", millis(middle(begins))),
        figure("preview_run_100k_ms", millis(middle(previews))),
        figure("begin_run_part_p99_ms", part),
    ])
}

/// Adds the remaining parts of the run, measures each, and ends the run.
async fn follow(store: &Store, open: OpenRun, now: Timestamp, took: &mut Vec<f64>) -> Result<(), BenchError> {
    expect(open.counts.waiting)?;
    let mut rest = open.pending_reads;
    while rest > 0 {
        let begun = Instant::now();
        rest = store.advance_run(open.id, &[], None, now).await.map_err(wrong)?.pending_reads;
        took.push(millis(begun.elapsed()));
    }
    let counts = store.end_run(open.id, now).await.map_err(wrong)?;
    expect(counts.total())
}

fn refresh(companies: Vec<CompanyId>, now: Timestamp) -> NewRun {
    let read = |company| ReadRequest { company, data_type: None, connection: None };
    NewRun {
        cause: RunCause::Person,
        act: RunAct::Read,
        label: "100,000 companies".to_owned(),
        reads: ReadSelection::List(companies.into_iter().map(read).collect()),
        starts_at: now,
        spread: SignedDuration::ZERO,
    }
}

async fn fill(store: &Store, now: Timestamp) -> Result<(), BenchError> {
    for page in 1..=COMPANIES / PAGE {
        let first = (page - 1) * PAGE;
        let companies: Vec<_> = (first..first + PAGE).map(company).collect();
        let text = json!({ "results": companies, "totalResults": COMPANIES }).to_string();
        let raw = RawValue::from_string(text).map_err(|error| BenchError::Wrong(error.to_string()))?;
        let asked = PageRequest { page, page_size: PAGE, query: None, order_by: None };
        let said = codat::Page::<Listed>::from_raw(&raw, &asked)
            .map_err(|error| BenchError::Wrong(error.to_string()))?;
        store.apply(&said.results, Cause::Sweep, None, now).await.map_err(wrong)?;
    }
    Ok(())
}

/// A realistic company: most are linked, some are not.
fn company(number: u32) -> serde_json::Value {
    let id = |kind: u128| {
        Uuid::from_u128(
            kind << 100 | u128::from(number.wrapping_mul(2_654_435_761)) << 32 | u128::from(number),
        )
    };
    let status = if number.is_multiple_of(12) { "Unlinked" } else { "Linked" };
    json!({
        "id": id(1), "name": format!("Company {number} of some length Ltd"), "platform": "Xero",
        "redirect": format!("https://link.codat.io/company/{}", id(1)), "created": "2026-01-01T00:00:00Z",
        "lastSync": "2026-11-20T00:00:00Z",
        "dataConnections": [{
            "id": id(2), "platformName": "Xero", "integrationKey": "gbol", "status": status,
            "created": "2026-01-01T00:00:00Z", "linkUrl": format!("https://link-api.codat.io/companies/{}/start", id(1)),
        }]
    })
}

fn millis(took: Duration) -> f64 {
    took.as_secs_f64() * 1_000.0
}

fn middle(mut took: Vec<Duration>) -> Duration {
    took.sort_unstable();
    took.get(took.len() / 2).copied().unwrap_or_default()
}

fn expect(companies: u32) -> Result<(), BenchError> {
    if companies == COMPANIES { Ok(()) } else { Err(BenchError::Wrong(format!("{companies} companies"))) }
}

fn wrong(error: StoreError) -> BenchError {
    BenchError::Wrong(error.to_string())
}
