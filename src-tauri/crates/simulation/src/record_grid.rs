//! The grid of records: 200,000 stored invoices, sorted, searched and paged through the app's own commands.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use app::{App, Folders, Options};
use codat::{CompanyId, Topic, page::PageRequest};
use serde_json::{Value, json, value::RawValue};
use simulation::HeadlessDesktop;
use store::{CopyKey, Store};

use crate::{
    BenchError, Figure,
    figure::{Limit, p99},
    say,
};

const INVOICES: u32 = 200_000;
/// The maximum page size (§2.2).
const PAGE: u32 = 2_000;
const ROUNDS: u32 = 12;
const PATIENCE: Duration = Duration::from_secs(60);

/// The time of a sort, a search or a page, from the command to its response as JSON.
pub(crate) fn record_grid() -> Result<Figure, BenchError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| BenchError::System("tokio", error))?;
    let folder = tempfile::tempdir().map_err(|error| BenchError::System("a folder", error))?;
    runtime.block_on(measure(folder.path()))
}

async fn measure(folder: &Path) -> Result<Figure, BenchError> {
    say("grid: 200,000 invoices are put on this computer");
    let app = start(folder).await?;
    let company = a_company(&app).await?;
    app.stop().await;
    drop(app);
    fill(folder, &company).await?;

    let app = start(folder).await?;
    let begun = Instant::now();
    ask(&app, &company, "", "-totalAmount", 1).await?;
    say(&format!("grid: what it is searched by came into memory in {} ms", begun.elapsed().as_millis()));
    let mut took = Vec::new();
    for round in 0..ROUNDS {
        for (query, order_by, page) in things(round) {
            let begun = Instant::now();
            let answer = ask(&app, &company, &query, order_by, page).await?;
            took.push(begun.elapsed());
            is_from_here(&answer, &query, order_by)?;
        }
    }
    app.stop().await;
    took.sort_unstable();
    let slowest = p99(&took).ok_or_else(|| BenchError::Wrong("nothing was measured".to_owned()))?;
    Ok(Figure {
        name: "grid_200k_invoices_p99_ms",
        value: slowest.as_secs_f64() * 1_000.0,
        unit: "ms",
        against: Limit::AtMost(20.0),
    })
}

/// Every sort in both directions, searches of each kind, and pages at any position. Each round differs.
fn things(round: u32) -> Vec<(String, &'static str, u32)> {
    let orders = [
        "issueDate",
        "-issueDate",
        "dueDate",
        "totalAmount",
        "-totalAmount",
        "amountDue",
        "-invoiceNumber",
        "customerRef.companyName",
        "-customerRef.companyName",
        "status",
        "currency",
        "-modifiedDate",
    ];
    let queries = [
        format!("totalAmount>{}", 100 + round * 37),
        format!("invoiceNumber~{}", 100 + round),
        format!("status=Paid && issueDate>=2025-0{}-01", 1 + round % 9),
        format!("{{status=Void || amountDue>{round}}} && customerRef.companyName~ltd"),
        format!("customerRef.companyName!=Customer {round} Ltd"),
        format!("id=invoice-{}", round * 1_731),
    ];
    let pages = [1 + round * 150, 2_000 - round, 1_000 + round * 7];
    let sorted = orders.map(|order| (String::new(), order, 1 + round));
    let found = queries.iter().flat_map(|query| ["", "-totalAmount"].map(|order| (query.clone(), order, 1)));
    let paged =
        pages.into_iter().flat_map(|page| ["", "-issueDate"].map(|order| (String::new(), order, page)));
    sorted.into_iter().chain(found).chain(paged).collect()
}

/// A page of records as text, as it is sent to the window.
async fn ask(
    app: &App,
    company: &str,
    query: &str,
    order_by: &str,
    page: u32,
) -> Result<Box<RawValue>, BenchError> {
    let request = json!({
        "company": company, "dataType": "invoices", "connection": null, "account": null,
        "page": page, "query": query, "orderBy": order_by, "kept": false,
    });
    let answer = app.execute("records", request).await;
    answer.map_err(|error| BenchError::Wrong(format!("records: {}", error.message)))
}

/// Fails if the response does not come from the local copy.
fn is_from_here(answer: &RawValue, query: &str, order_by: &str) -> Result<(), BenchError> {
    let answer: Value =
        serde_json::from_str(answer.get()).map_err(|error| BenchError::Wrong(error.to_string()))?;
    if answer["copy"]["at"].is_null() || !answer["problem"].is_null() {
        return Err(BenchError::Wrong(format!("“{query}” by “{order_by}” was not answered from here")));
    }
    Ok(())
}

async fn start(folder: &Path) -> Result<Arc<App>, BenchError> {
    let started =
        App::start(Folders::under(folder), Arc::new(HeadlessDesktop::default()), Options::default()).await;
    started.map_err(|error| BenchError::Wrong(error.to_string()))
}

async fn call(app: &App, name: &str, args: Value) -> Result<Value, BenchError> {
    app.call(name, args).await.map_err(|error| BenchError::Wrong(format!("{name}: {}", error.message)))
}

/// A company of the embedded sandbox, when there is one.
async fn a_company(app: &App) -> Result<String, BenchError> {
    let begun = Instant::now();
    let view = json!({ "search": "", "sort": { "column": "name", "descending": false }, "expanded": [] });
    while begun.elapsed() < PATIENCE {
        let page = call(app, "companies", view.clone()).await?;
        if let Some(id) = page["rows"][0]["id"].as_str() {
            return Ok(id.to_owned());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(BenchError::Wrong("the sandbox inside has no companies".to_owned()))
}

async fn fill(folder: &Path, company: &str) -> Result<(), BenchError> {
    let wrong = |error: store::StoreError| BenchError::Wrong(error.to_string());
    let company: CompanyId =
        company.parse().map_err(|_| BenchError::Wrong("a company's identifier is none".to_owned()))?;
    let now = app::clock::now();
    let file = Folders::under(folder).workspace("sandbox");
    let store = Store::open(&file, now).await.map_err(wrong)?;
    let of = CopyKey { company, data_type: "invoices".to_owned(), connection: None };
    let number = store.copies().begin(&of, true, now).await.map_err(wrong)?;
    for page in 1..=INVOICES / PAGE {
        let first = (page - 1) * PAGE;
        let records: Vec<String> = (first..first + PAGE).map(invoice).collect();
        let text = format!(r#"{{"results":[{}],"totalResults":{INVOICES}}}"#, records.join(","));
        let raw = RawValue::from_string(text).map_err(|error| BenchError::Wrong(error.to_string()))?;
        let asked = PageRequest { page, page_size: PAGE, query: None, order_by: None };
        let path = "invoices".to_owned();
        let topic = Topic::Copy { number, company, connection: None, path, page: asked };
        store.save_answer(&topic, Ok(&raw), now).await.map_err(wrong)?;
    }
    store.copies().finish(number, now).await.map_err(wrong)?;
    store.close().await;
    Ok(())
}

/// A realistic invoice: some values are rare, some frequent, some unique.
fn invoice(number: u32) -> String {
    let mixed = number.wrapping_mul(2_654_435_761);
    let (day, month, year) = (1 + mixed % 28, 1 + (mixed >> 5) % 12, 2019 + (mixed >> 9) % 8);
    let cents = mixed % 5_000_000;
    let (total, due) =
        (f64::from(cents) / 100.0, if mixed.is_multiple_of(3) { f64::from(cents) / 100.0 } else { 0.0 });
    let status = ["Paid", "Paid", "Submitted", "PartiallyPaid", "Void"][(mixed % 5) as usize];
    let customer = mixed % 4_000;
    let line = json!({
        "description": format!("Work of {number} in several words, as they are"), "unitAmount": total, "quantity": 1,
        "subTotal": total, "taxAmount": 0, "totalAmount": total,
        "accountRef": { "id": "200", "name": "Sales" }, "itemRef": { "id": "item-7", "name": "Work" },
    });
    json!({
        "id": format!("invoice-{number}"), "invoiceNumber": format!("INV-{number:06}"),
        "customerRef": { "id": format!("customer-{customer}"), "companyName": format!("Customer {customer} Ltd") },
        "issueDate": format!("{year}-{month:02}-{day:02}T00:00:00"),
        "dueDate": format!("{year}-{month:02}-28T00:00:00"),
        "currency": if mixed.is_multiple_of(9) { "EUR" } else { "GBP" }, "currencyRate": 1,
        "lineItems": [line.clone(), line], "subTotal": total, "totalTaxAmount": 0, "totalAmount": total,
        "amountDue": due, "discountPercentage": 0, "status": status, "note": "Thank you for your custom.",
        "modifiedDate": format!("2026-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", mixed % 24, mixed % 60, number % 60),
        "sourceModifiedDate": format!("2026-{month:02}-{day:02}T00:00:00Z"), "metadata": { "isDeleted": false },
    })
    .to_string()
}
