//! Company data through the project's own client: columns, statements, the summary, files.

use std::ops::ControlFlow;

use codat::{
    Client, CompanyId, ConnectionId, StatementKind, Write,
    client::ApiKey,
    data::{Category, Cell, DataType, Scope, Shape},
    page::PageRequest,
    statements::{Figure, MonthlyReports, Part, Span, Table},
    summary::{Absence, Change, Sources, Summary},
    upload::{Candidate, FilePart, check},
};
use futures_util::stream;
use jiff::{SignedDuration, civil::date};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::Api;

fn client(api: &Api) -> Client {
    Client::new("http://127.0.0.1:8787", ApiKey::new("sandbox").unwrap(), api.endpoint.transport())
}

fn page(order_by: Option<&str>) -> PageRequest {
    PageRequest { page: 1, page_size: 20, query: None, order_by: order_by.map(str::to_owned) }
}

/// The identifier at the end of a path.
fn last<T: std::str::FromStr<Err = uuid::Error>>(path: &str) -> T {
    path.rsplit('/').next().unwrap().parse().unwrap()
}

/// A company whose every source was read, and its sources: books, a bank, a shop.
async fn company(api: &Api) -> (CompanyId, [ConnectionId; 3]) {
    let path = api.new_company("Willow Bakery").await;
    let mut sources = Vec::new();
    for key in ["gbol", "suuo", "exgd"] {
        sources.push(last(&api.linked(&path, key).await));
    }
    api.post(&format!("{path}/data/all"), &Value::Null).await.expect(204);
    api.advance(SignedDuration::from_hours(30));
    (last(&path), sources.try_into().unwrap())
}

#[tokio::test]
async fn every_record_fills_its_columns_and_every_property_is_known() {
    let api = Api::new().await;
    let client = client(&api);
    let (company, [books, bank, shop]) = company(&api).await;
    let accounts = client.records(company, Some(books), "bankAccounts", &page(None)).await.unwrap().value;
    let account = accounts.results[0].value.id.clone();
    let (mut lists, mut cells) = (0, 0);
    for data_type in DataType::all().filter(|data_type| data_type.shape == Shape::List) {
        let Some(path) = data_type.path(account.as_deref()) else { continue };
        let source = match data_type.category {
            Category::Accounting => books,
            Category::Banking => bank,
            Category::Commerce => shop,
        };
        let source = Some(source).filter(|_| data_type.scope != Scope::Company);
        // All properties in one query: a single one that is not known is refused.
        let all: Vec<String> =
            data_type.properties().iter().map(|property| format!("{property}!=0")).collect();
        let query = Some(all.join("||"));
        let known = client.records(company, source, &path, &PageRequest { query, ..page(None) }).await;
        assert!(known.is_ok(), "{}: {known:?}", data_type.key);
        let orders = data_type.columns.iter().filter(|column| column.is_default);
        let order = orders.filter_map(|column| column.order_property()).next();
        let ordered = client.records(company, source, &path, &page(order)).await;
        assert!(ordered.is_ok(), "{}: {order:?}: {ordered:?}", data_type.key);
        let records = client.records(company, source, &path, &page(None)).await.unwrap().value;
        assert!(records.unreadable.is_empty());
        lists += 1;
        for record in &records.results {
            assert!(record.value.id.is_some(), "{}", data_type.key);
            for (cell, column) in Cell::row(&record.raw, data_type.columns).iter().zip(data_type.columns) {
                let is_understood = match cell {
                    Cell::Odd(_) | Cell::Enum { is_known: false, .. } => false,
                    Cell::Money(amount, currency) => {
                        let says_currency = data_type.properties().contains(&"currency");
                        amount.decimal().is_some() && (currency.is_some() || !says_currency)
                    }
                    Cell::Empty
                    | Cell::Text(_)
                    | Cell::Number(_)
                    | Cell::Date(_)
                    | Cell::Moment(_)
                    | Cell::LocalTime(_)
                    | Cell::Bool(_)
                    | Cell::Enum { is_known: true, .. }
                    | Cell::Reference { .. }
                    | Cell::Count(_) => true,
                };
                assert!(is_understood, "{}, {}: {cell:?}", data_type.key, column.label);
                cells += usize::from(*cell != Cell::Empty);
            }
        }
    }
    let unknown = PageRequest { query: Some("id!=0||spaceship!=0".to_owned()), ..page(None) };
    client.records(company, None, "invoices", &unknown).await.unwrap_err();
    assert_eq!(lists, 43 - 1 - 3 - 2, "all but item receipts, statements and single objects");
    assert!(cells > 3_000, "{cells} cells have something in them");
}

async fn merged(client: &Client, company: CompanyId, kind: StatementKind) -> MonthlyReports {
    let newest = client.statement(company, kind, 24, None).await.unwrap().value;
    let older = client.statement(company, kind, 24, Some(date(2025, 6, 1))).await.unwrap().value;
    MonthlyReports::merge(kind, [newest, older])
}

#[tokio::test]
async fn statements_add_up_and_the_summary_follows_from_them() {
    let api = Api::new().await;
    let client = client(&api);
    let (company, _) = company(&api).await;
    let flows = merged(&client, company, StatementKind::ProfitAndLoss).await;
    let sheets = merged(&client, company, StatementKind::BalanceSheet).await;
    let cash = merged(&client, company, StatementKind::CashFlow).await;
    for statement in [&flows, &sheets, &cash] {
        let months = Table::months(statement);
        assert!(months.columns.len() > 24 && months.rows.len() > 4);
        assert_eq!((statement.set_aside, months.cut), (0, 0));
        for span in [Span::Month, Span::Quarter, Span::Year] {
            assert!(months.regrouped(span, 4).discrepancies().is_empty(), "{:?}", statement.kind);
        }
    }
    let info = client.company_info(company).await.unwrap().value.value;
    let sources = Sources {
        profit_and_loss: Ok(&flows),
        balance_sheets: Ok(&sheets),
        info: Some(&info),
        today: date(2026, 11, 25),
    };
    let summary = Summary::compute(&sources);
    let (revenue, equity) = (summary.revenue.unwrap(), summary.equity.unwrap());
    let table = Table::months(&flows);
    let income = &table.part(Part::Income).unwrap().figures;
    let year = income
        .iter()
        .zip(&table.columns)
        .filter(|(_, column)| column.from >= revenue.from && column.to <= revenue.from.plus(11));
    assert_eq!(revenue.figure, Figure::sum(year.map(|(figure, _)| figure)));
    assert!(revenue.missing.is_empty() && revenue.currency == info.base_currency);
    assert!(matches!(revenue.change, Change::Percent { .. }), "{:?}", revenue.change);
    let sheet = sheets.report(sheets.newest().unwrap()).unwrap();
    let net_assets = sheet.part(Part::NetAssets).unwrap().value.as_ref();
    assert_eq!((equity.figure, equity.as_of), (Figure::from_amount(net_assets), sheet.to));
}

#[tokio::test]
async fn data_that_is_not_there_says_why() {
    let api = Api::new().await;
    let client = client(&api);
    let path = api.new_company("Fresh").await;
    let company: CompanyId = last(&path);
    let why = async |is_linked: bool| {
        let failure = client.statement(company, StatementKind::ProfitAndLoss, 12, None).await.unwrap_err();
        let standing = client.data_status(company).await.unwrap().value;
        Absence::from_failure(&failure, standing.get("profitAndLoss"), is_linked)
    };
    assert_eq!(why(false).await, Absence::NotLinked);
    let bank = api.linked(&path, "suuo").await;
    let other = client.records(company, Some(last(&bank)), "directCosts", &page(None)).await.unwrap_err();
    assert_eq!(Absence::from_failure(&other, None, true), Absence::Unsupported);
    api.linked(&path, "gbol").await;
    assert_eq!(why(true).await, Absence::NotRequested);
    api.post(&format!("{path}/data/queue/profitAndLoss"), &Value::Null).await.expect(200);
    assert_eq!(why(true).await, Absence::Reading);
}

#[tokio::test]
async fn a_file_comes_back_as_it_went() {
    let api = Api::new().await;
    let client = client(&api);
    let path = api.new_company("Papers").await;
    let connection: ConnectionId = last(&api.linked(&path, "bdfu").await);
    let company: CompanyId = last(&path);
    let file = check(&[Candidate { name: "Änderung \"1\".pdf".to_owned(), bytes: 9 }]).unwrap().remove(0);
    let pieces = [Ok("%PDF".into()), Ok(" \r\n--".into())];
    let file = FilePart::read(file, stream::iter(pieces)).await.unwrap();
    client.upload_file(company, connection, &file, Uuid::from_u128(1), |_| {}).await.unwrap();
    let files = client.list_files(company).await.unwrap().value;
    assert_eq!(files.len(), 1, "{files:?}");
    let mut archive = Vec::new();
    let write = async |piece: bytes::Bytes| {
        archive.extend_from_slice(&piece);
        Ok(())
    };
    let download = client.download_files(company, None).await.unwrap();
    let announced = download.progress().announced;
    let bytes = download.save(write, |_| ControlFlow::Continue(())).await.unwrap();
    assert!(announced.is_none_or(|announced| announced == bytes));
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(archive)).unwrap();
    let mut content = String::new();
    std::io::Read::read_to_string(&mut archive.by_index(0).unwrap(), &mut content).unwrap();
    assert_eq!(content, "%PDF \r\n--");
}

#[tokio::test]
async fn settings_writes_and_findings_are_understood() {
    let api = Api::new().await;
    let client = client(&api);
    let (company, _) = company(&api).await;
    let mut settings = client.sync_settings(Some(company)).await.unwrap().value;
    assert!(settings.settings.len() > 20);
    let invoices = settings.settings.iter_mut().find(|setting| setting.data_type == "invoices").unwrap();
    invoices.sync_schedule = 24;
    settings.overrides_defaults = true;
    client.write(Write::set_sync_settings(Some(company), &settings, Uuid::from_u128(2))).await.unwrap();
    let again = client.sync_settings(Some(company)).await.unwrap().value;
    assert_eq!(again.for_data_type("invoices").unwrap().sync_schedule, 24);
    assert_eq!(again.settings.len(), settings.settings.len());

    let writes = client.push_history(company, &page(None)).await.unwrap().value;
    assert!(writes.unreadable.is_empty());
    for write in &writes.results {
        let one = client.push_operation(company, write.value.push_operation_key).await.unwrap().value;
        assert_eq!(one.value, write.value);
    }
    let reads = client.data_history(company, &page(None)).await.unwrap().value;
    let read = &reads.results[0].value;
    client.validation_results(company, read.id).await.unwrap();
    assert_eq!(json!(read.company_id), json!(company));
}
