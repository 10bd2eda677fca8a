//! Data types, columns and cells (§2.13, §2.19, Appendix A).

use std::collections::BTreeSet;

use codat::{
    data::{Category, Cell, Column, CompanyInfo, DataType, Group, Kind, RecordHead, Scope, Shape, guess},
    page::PageRequest,
};
use jiff::civil::date;
use serde_json::value::RawValue;

use super::scripted::{COMPANY, Scripted, company, connection, page, whole};

/// The enumeration of §2.13.
const KEYS: &str = "accountTransactions balanceSheet bankAccounts bankTransactions billCreditNotes billPayments \
    bills cashFlowStatement chartOfAccounts company creditNotes customers directCosts directIncomes invoices \
    itemReceipts items journalEntries journals paymentMethods payments profitAndLoss purchaseOrders salesOrders \
    suppliers taxRates trackingCategories transfers banking-accountBalances banking-accounts \
    banking-transactionCategories banking-transactions commerce-companyInfo commerce-customers \
    commerce-disputes commerce-locations commerce-orders commerce-paymentMethods commerce-payments \
    commerce-productCategories commerce-products commerce-taxComponents commerce-transactions";

fn raw(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.to_owned()).unwrap()
}

fn of_key(key: &str) -> &'static DataType {
    DataType::of_key(key).unwrap()
}

/// The cell of an invoice in the column of this label.
fn cell(data_type: &str, record: &str, label: &str) -> Cell {
    let columns = of_key(data_type).columns;
    let at = columns.iter().position(|column| column.label == label).unwrap();
    Cell::row(&raw(record), columns).remove(at)
}

#[test]
fn every_type_of_the_reference_is_there_once() {
    let known: Vec<&str> = DataType::all().map(|data_type| data_type.key).collect();
    let expected: BTreeSet<&str> = KEYS.split_whitespace().collect();
    assert_eq!(expected.len(), 43);
    assert_eq!(known.iter().copied().collect::<BTreeSet<_>>(), expected);
    assert_eq!(known.len(), 43);
    let groups: Vec<Group> = DataType::all().map(|data_type| data_type.group).collect();
    assert!(groups.is_sorted(), "each heading stands once: {groups:?}");
    for data_type in DataType::all() {
        let category = match data_type.key {
            key if key.starts_with("banking-") => Category::Banking,
            key if key.starts_with("commerce-") => Category::Commerce,
            _ => Category::Accounting,
        };
        assert_eq!(data_type.category, category, "{}", data_type.key);
        assert_eq!(data_type.category == Category::Banking, data_type.group == Group::Banking);
        assert_eq!(data_type.category == Category::Commerce, data_type.group == Group::Commerce);
    }
}

#[test]
fn every_list_has_columns_worth_showing_and_none_twice() {
    for data_type in DataType::all() {
        let has_records = match data_type.shape {
            Shape::List | Shape::Single => data_type.scope != Scope::Unpublished,
            Shape::Statement(_) => false,
        };
        assert_eq!(has_records, !data_type.columns.is_empty(), "{}", data_type.key);
        let shown = data_type.columns.iter().filter(|column| column.is_default).count();
        assert!(!has_records || (2..=10).contains(&shown), "{}: {shown} columns", data_type.key);
        let paths: BTreeSet<_> = data_type.columns.iter().map(|column| &column.path).collect();
        let labels: BTreeSet<_> = data_type.columns.iter().map(|column| &column.label).collect();
        assert_eq!(
            (paths.len(), labels.len()),
            (data_type.columns.len(), data_type.columns.len()),
            "{}",
            data_type.key
        );
        for column in data_type.columns {
            assert_eq!(column.is_queryable(), column.kind != Kind::Count);
            assert_eq!(column.order_property().is_some(), column.is_queryable());
        }
    }
}

#[test]
fn each_is_read_where_the_reference_says() {
    let path = |key: &str| of_key(key).path(Some("a/b%")).unwrap_or_default();
    assert_eq!(path("chartOfAccounts"), "accounts");
    assert_eq!(path("company"), "info");
    assert_eq!(path("commerce-companyInfo"), "commerce-info");
    assert_eq!(path("cashFlowStatement"), "financials/cashFlowStatement");
    assert_eq!(path("bankTransactions"), "bankAccounts/a%2Fb%25/bankTransactions");
    assert_eq!(of_key("bankTransactions").path(None), None, "without an account there is no path");
    assert_eq!(of_key("itemReceipts").path(None), None);
    for data_type in DataType::all() {
        let of_connection =
            ["accountTransactions", "directCosts", "directIncomes", "transfers", "bankAccounts"]
                .contains(&data_type.key)
                || data_type.category != Category::Accounting;
        assert_eq!(data_type.scope == Scope::Connection, of_connection, "{}", data_type.key);
    }
    assert!(DataType::of_key("INVOICES").is_some());
    assert!(DataType::of_key("payroll").is_none());
}

#[tokio::test]
async fn pages_of_records_are_asked_for_where_they_lie() {
    let body = r#"{"results":[{"id":"a/1","modifiedDate":"2026-11-20T08:15:02.1180000Z","amount":1.50,
        "metadata":{"isDeleted":true}},{"id":7},{"accountId":"x","modifiedDate":"soon"},"text"],
        "pageNumber":2,"pageSize":50,"totalResults":54,"_links":{}}"#;
    let server = Scripted::answering(move || whole(200, body));
    let request = PageRequest {
        query: Some("amount>1".to_owned()),
        order_by: Some("-amount".to_owned()),
        ..page(2, 50)
    };
    let path = of_key("bankTransactions").path(Some("a/b %")).unwrap();
    let records = server.client.records(company(), Some(connection()), &path, &request).await.unwrap().value;
    assert_eq!(
        server.asked().uri().path_and_query().unwrap().as_str(),
        format!(
            "/companies/{COMPANY}/connections/{}/data/bankAccounts/a%2Fb%20%25/bankTransactions\
             ?page=2&pageSize=50&query=amount%3E1&orderBy=-amount",
            connection()
        )
    );
    let heads: Vec<&RecordHead> = records.results.iter().map(|item| &item.value).collect();
    assert_eq!(
        heads.iter().map(|head| head.id.as_deref()).collect::<Vec<_>>(),
        [Some("a/1"), Some("7"), Some("x")]
    );
    assert!(heads[0].is_deleted && heads[0].modified.is_some() && heads[2].modified.is_none());
    assert!(records.results[0].raw.get().contains("\"amount\":1.50"), "kept as it was said");
    assert_eq!((records.unreadable.len(), records.total_results), (1, 54));

    let server = Scripted::answering(|| whole(200, r#"{"results":[],"totalResults":0}"#));
    server.client.records(company(), None, "invoices", &page(1, 10)).await.unwrap();
    assert_eq!(server.asked().uri().path(), format!("/companies/{COMPANY}/data/invoices"));
}

#[tokio::test]
async fn company_information_tells_when_financial_years_start() {
    let body =
        r#"{"companyName":"Bakery","baseCurrency":"GBP","financialYearStartDate":"2019-04-01T00:00:00Z"}"#;
    let server = Scripted::answering(move || whole(200, body));
    let info = server.client.company_info(company()).await.unwrap().value.value;
    assert_eq!((info.base_currency.as_deref(), info.first_month()), (Some("GBP"), 4));
    assert_eq!(
        CompanyInfo::from_raw(&raw(r#"{"baseCurrency":7,"financialYearStartDate":"x"}"#)).first_month(),
        1
    );
}

#[tokio::test]
async fn a_statement_is_asked_for_by_months() {
    let server = Scripted::answering(|| whole(200, r#"{"reports":[],"currency":"GBP"}"#));
    let kind = codat::StatementKind::ProfitAndLoss;
    server.client.statement(company(), kind, 24, Some(date(2026, 10, 1))).await.unwrap();
    assert_eq!(
        server.asked().uri().path_and_query().unwrap().as_str(),
        format!(
            "/companies/{COMPANY}/data/financials/profitAndLoss?periodLength=1&periodsToCompare=24\
             &startMonth=2026-10-01"
        )
    );
}

#[test]
fn cells_have_their_kinds() {
    let invoice = r#"{"id":"i","customerRef":{"id":"c-1","companyName":"Ada"},"issueDate":"2026-03-31T23:30:00-05:00",
        "totalAmount":123456789012345678901234567890.10,"currency":"GBP","status":"paid","lineItems":[{},{}],
        "metadata":{"isDeleted":false},"modifiedDate":"2026-11-20T08:15:02.1180000Z","currencyRate":1.10,"note":null}"#;
    let of = |label| cell("invoices", invoice, label);
    let reference = Cell::Reference {
        data_type: Some("customers".to_owned()),
        id: "c-1".to_owned(),
        label: Some("Ada".to_owned()),
    };
    assert_eq!(of("Customer"), reference);
    assert_eq!(of("Issued"), Cell::Date(date(2026, 3, 31)), "the day as it was written");
    let Cell::Money(amount, currency) = of("Total") else { panic!() };
    assert_eq!((amount.as_str(), currency.as_deref()), ("123456789012345678901234567890.10", Some("GBP")));
    assert_eq!(of("Status"), Cell::Enum { text: "paid".to_owned(), is_known: true });
    assert_eq!((of("Lines"), of("Deleted at source")), (Cell::Count(2), Cell::Bool(false)));
    assert_eq!(of("Modified"), Cell::Moment("2026-11-20T08:15:02.118Z".parse().unwrap()));
    let local = cell("invoices", r#"{"modifiedDate":"2026-11-01T00:00:00"}"#, "Modified");
    assert_eq!(local, Cell::LocalTime(date(2026, 11, 1).at(0, 0, 0, 0)), "no zone is guessed");
    assert_eq!(of("Currency rate").to_text(), "1.10");
    assert_eq!((of("Note"), of("Due")), (Cell::Empty, Cell::Empty));
    assert_eq!((of("Customer").to_text(), of("Issued").to_text()), ("Ada".into(), "2026-03-31".into()));

    let cost = r#"{"contactRef":{"id":"s","dataType":"suppliers"}}"#;
    let Cell::Reference { data_type, label, .. } = cell("directCosts", cost, "Contact") else { panic!() };
    assert_eq!((data_type.as_deref(), label), (Some("suppliers"), None));
}

#[test]
fn what_is_odd_is_shown_and_never_lost() {
    let odd = |text: &str| Cell::Odd(text.to_owned());
    let invoice = r#"{"invoiceNumber":7,"customerRef":"Ada","issueDate":"soon","dueDate":7,"totalAmount":"12.50",
        "amountDue":{"value": 1},"status":3,"lineItems":{},"metadata":{"isDeleted":"yes"},"modifiedDate":[],
        "currency":["GBP"],"subTotal":1}"#;
    let of = |label| cell("invoices", invoice, label);
    assert_eq!(of("Number"), Cell::Text("7".to_owned()), "a number can be read as words");
    assert_eq!((of("Customer"), of("Issued"), of("Due")), (odd("Ada"), odd("soon"), odd("7")));
    assert_eq!((of("Total"), of("Amount due")), (odd("12.50"), odd(r#"{"value": 1}"#)));
    assert_eq!((of("Status"), of("Lines"), of("Modified")), (odd("3"), odd("{}"), odd("[]")));
    assert_eq!((of("Deleted at source"), of("Currency")), (odd("yes"), odd(r#"["GBP"]"#)));
    let Cell::Money(_, currency) = of("Subtotal") else { panic!() };
    assert_eq!(currency, None);

    let newer = cell("invoices", r#"{"status":"Disputed"}"#, "Status");
    assert_eq!(newer, Cell::Enum { text: "Disputed".to_owned(), is_known: false });
    let nameless = cell("invoices", r#"{"customerRef":{"companyName":"Ada"}}"#, "Customer");
    assert_eq!(nameless, Cell::Text("Ada".to_owned()), "a name without an identifier leads nowhere");
    assert_eq!(cell("invoices", r#"{"customerRef":{}}"#, "Customer"), odd("{}"));
    assert_eq!(cell("invoices", r#"{"note":"a","note":"b"}"#, "Note"), Cell::Text("b".to_owned()));
    assert_eq!(cell("invoices", "[1]", "Note"), Cell::Empty);
    let note = "x".repeat(5_000_000);
    assert_eq!(cell("invoices", &format!(r#"{{"note":"{note}"}}"#), "Note").to_text().len(), 5_000_000);
}

#[test]
fn a_type_can_be_queried_by_what_its_columns_hold() {
    let properties = of_key("invoices").properties();
    for property in
        ["customerRef.id", "customerRef.companyName", "totalAmount", "currency", "metadata.isDeleted"]
    {
        assert_eq!(properties.iter().filter(|known| **known == property).count(), 1, "{property}");
    }
    assert!(!properties.contains(&"lineItems") && !properties.contains(&"customerRef"));
    for data_type in DataType::all() {
        for property in data_type.properties() {
            codat::query::Query::compare(property, codat::query::Operator::Equal, "1").unwrap();
        }
    }
}

#[test]
fn columns_of_a_new_type_are_guessed_from_its_records() {
    let records = [
        raw(
            r#"{"id":"1","payDate":"2026-11-20","grossAmount":12.5,"hours":7,"isFinal":true,"currency":"GBP",
            "lines":[],"who":{},"mixed":1,"a.b":1,"note":null}"#,
        ),
        raw(r#"{"id":"2","payDate":null,"mixed":"x","tax_code":"T","note":"n"}"#),
        raw("7"),
    ];
    let columns = guess(records.iter().map(|raw| &**raw));
    let of = |column: &Column| (column.label.to_string(), column.kind.clone());
    let money = Kind::Money { currency: Some("currency".into()) };
    let expected = [
        ("Id", Kind::Text),
        ("Pay date", Kind::Moment),
        ("Gross amount", money),
        ("Hours", Kind::Number),
        ("Is final", Kind::Bool),
        ("Currency", Kind::Text),
        ("Lines", Kind::Count),
        ("Mixed", Kind::Text),
        ("Note", Kind::Text),
        ("Tax code", Kind::Text),
    ]
    .map(|(label, kind)| (label.to_owned(), kind));
    assert_eq!(columns.iter().map(of).collect::<Vec<_>>(), expected);
    let cells = Cell::row(&records[0], &columns);
    assert_eq!(cells[2].to_text(), "12.5");
    assert!(guess([]).is_empty());
}
