//! Company data as a client reads it (§2.19).

use std::collections::BTreeSet;

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{Api, NOBODY, text};

/// A company with books that were read: its path, and that of its accounting connection.
async fn books(api: &Api) -> (String, String) {
    let company = api.new_company("Willow Bakery").await;
    let connection = api.linked(&company, "gbol").await;
    api.post(&format!("{company}/data/all"), &Value::Null).await.expect(204);
    api.advance(SignedDuration::from_hours(30));
    (company, connection)
}

/// The text that a value is, of its own.
fn owned(value: &Value) -> String {
    text(value).to_owned()
}

/// A number, in hundredths.
fn cents(value: &Value) -> i64 {
    (value.as_f64().unwrap_or_else(|| panic!("{value} is no number")) * 100.0).round() as i64
}

#[tokio::test]
async fn data_that_was_never_read_is_409_and_what_no_platform_has_is_404() {
    let api = Api::new().await;
    let company = api.new_company("Fresh").await;
    let none = api.get(&format!("{company}/data/invoices")).await.expect(404);
    assert!(none.error().starts_with("No data available for invoices"), "{}", none.error());
    api.linked(&company, "gbol").await;
    let never = api.get(&format!("{company}/data/invoices")).await.expect(409);
    assert_eq!(never.error(), "The data set has not been requested.");
    let bank = api.linked(&company, "suuo").await;
    let other = api.get(&format!("{bank}/data/directCosts")).await.expect(404);
    assert_eq!(other.error(), "Datatype [directCosts] not supported by platform(s) [Plaid]");
    api.post(&format!("{company}/data/queue/invoices"), &Value::Null).await.expect(200);
    api.get(&format!("{company}/data/invoices")).await.expect(409);
    api.get(&format!("/companies/{NOBODY}/data/invoices")).await.expect(404);
    api.get(&format!("{company}/data/spaceships")).await.expect(404);
    api.post(&format!("{company}/data/invoices"), &Value::Null).await.expect(405);
}

#[tokio::test]
async fn every_type_of_every_kind_of_source_can_be_read() {
    let api = Api::new().await;
    let (company, connection) = books(&api).await;
    let bank = api.linked(&company, "suuo").await;
    let shop = api.linked(&company, "exgd").await;
    api.post(&format!("{company}/data/all"), &Value::Null).await.expect(204);
    api.advance(SignedDuration::from_hours(30));
    let mut seen = BTreeSet::new();
    for path in [
        "accounts",
        "invoices",
        "bills",
        "billPayments",
        "billCreditNotes",
        "creditNotes",
        "customers",
        "suppliers",
        "payments",
        "journals",
        "journalEntries",
        "items",
        "taxRates",
        "trackingCategories",
        "purchaseOrders",
        "salesOrders",
        "paymentMethods",
    ] {
        let page = api.get(&format!("{company}/data/{path}?pageSize=3")).await.expect(200).json();
        assert!(page["totalResults"].as_u64().unwrap() > 0, "{path}");
        let id = text(&page["results"][0]["id"]);
        let one = api.get(&format!("{company}/data/{path}/{id}")).await.expect(200).json();
        assert_eq!(one, page["results"][0], "{path}");
        seen.insert(path);
    }
    for (of, paths) in [
        (
            &connection,
            &["accountTransactions", "directCosts", "directIncomes", "transfers", "bankAccounts"][..],
        ),
        (
            &bank,
            &[
                "banking-accounts",
                "banking-accountBalances",
                "banking-transactions",
                "banking-transactionCategories",
            ],
        ),
        (
            &shop,
            &[
                "commerce-customers",
                "commerce-orders",
                "commerce-payments",
                "commerce-paymentMethods",
                "commerce-products",
                "commerce-productCategories",
                "commerce-transactions",
                "commerce-disputes",
                "commerce-locations",
                "commerce-taxComponents",
            ],
        ),
    ] {
        for path in paths {
            let page = api.get(&format!("{of}/data/{path}?pageSize=2")).await.expect(200).json();
            let least = u64::from(*path != "commerce-disputes");
            assert!(page["totalResults"].as_u64().unwrap() >= least, "{path}");
            seen.insert(*path);
        }
    }
    assert_eq!(seen.len(), 17 + 5 + 4 + 10);
    let account =
        owned(&api.get(&format!("{connection}/data/bankAccounts")).await.json()["results"][0]["id"]);
    let moves = api
        .get(&format!("{connection}/data/bankAccounts/{account}/bankTransactions"))
        .await
        .expect(200)
        .json();
    assert!(moves["totalResults"].as_u64().unwrap() > 100);
    api.get(&format!("{connection}/data/bankAccounts/none/bankTransactions")).await.expect(404);
    let info = api.get(&format!("{company}/data/info")).await.expect(200).json();
    assert_eq!(info["companyName"], "Willow Bakery");
    assert!(
        api.get(&format!("{shop}/data/commerce-info")).await.expect(200).json()["baseCurrency"].is_string()
    );
}

#[tokio::test]
async fn statements_hold_their_identities_and_go_back_from_the_newest_month() {
    let api = Api::new().await;
    let (company, _) = books(&api).await;
    let path = format!("{company}/data/financials/profitAndLoss?periodLength=1&periodsToCompare=36");
    let statement = api.get(&path).await.expect(200).json();
    let reports = statement["reports"].as_array().unwrap();
    assert_eq!(reports.len(), 36);
    assert_eq!(
        (&reports[0]["fromDate"], &reports[0]["toDate"]),
        (&json!("2026-10-01T00:00:00"), &json!("2026-10-31T00:00:00"))
    );
    for report in reports {
        let line = |name: &str| cents(&report[name]["value"]);
        assert_eq!(cents(&report["grossProfit"]), line("income") - line("costOfSales"));
        assert_eq!(cents(&report["netOperatingProfit"]), cents(&report["grossProfit"]) - line("expenses"));
        assert!(line("income") > 0);
    }
    let quarter = format!(
        "{company}/data/financials/profitAndLoss?periodLength=3&periodsToCompare=1&startMonth=2026-09-15"
    );
    let quarter = api.get(&quarter).await.expect(200).json();
    assert_eq!(quarter["reports"][0]["fromDate"], "2026-07-01T00:00:00");
    let months: i64 = reports[1..4].iter().map(|report| cents(&report["netProfit"])).sum();
    assert_eq!(cents(&quarter["reports"][0]["netProfit"]), months);
    let sheet = format!("{company}/data/financials/balanceSheet?periodLength=1&periodsToCompare=2");
    let sheet = api.get(&sheet).await.expect(200).json();
    let newest = &sheet["reports"][0];
    assert_eq!(newest["date"], "2026-10-31T00:00:00");
    assert_eq!(cents(&newest["netAssets"]), cents(&newest["equity"]["value"]));
    let cash = format!("{company}/data/financials/cashFlowStatement?periodLength=1&periodsToCompare=1");
    assert_eq!(api.get(&cash).await.expect(200).json()["reportBasis"], "Cash");
    for bad in [
        "",
        "?periodLength=1",
        "?periodLength=0&periodsToCompare=1",
        "?periodLength=1&periodsToCompare=1&startMonth=soon",
    ] {
        api.get(&format!("{company}/data/financials/balanceSheet{bad}")).await.expect(400);
    }
}

#[tokio::test]
async fn a_refresh_a_week_later_brings_a_week_of_new_records() {
    let api = Api::new().await;
    let (company, _) = books(&api).await;
    let count = async || {
        api.get(&format!("{company}/data/invoices?pageSize=1")).await.json()["totalResults"].as_u64().unwrap()
    };
    let before = count().await;
    api.advance(SignedDuration::from_hours(24 * 10));
    assert_eq!(count().await, before, "data stands as it was read");
    api.post(&format!("{company}/data/queue/invoices"), &Value::Null).await.expect(200);
    api.advance(SignedDuration::from_hours(1));
    assert!(count().await > before);
}

#[tokio::test]
async fn records_are_queried_ordered_and_paged_as_the_api_does() {
    let api = Api::new().await;
    let (company, _) = books(&api).await;
    let query = |text: &str| {
        format!(
            "{company}/data/invoices?pageSize=5000&query={}",
            text.replace('&', "%26")
                .replace('>', "%3e")
                .replace('=', "%3d")
                .replace('{', "%7B")
                .replace('}', "%7D")
        )
    };
    let all = api.get(&query("totalAmount>0")).await.expect(200).json();
    let paid = api.get(&query("status=paid")).await.expect(200).json();
    let open = api.get(&query("status!=Paid&&amountDue>0")).await.expect(200).json();
    let count = |page: &Value| page["totalResults"].as_u64().unwrap();
    assert_eq!(count(&paid) + count(&open), count(&all));
    assert!(count(&open) > 0);
    let customer = owned(&all["results"][0]["customerRef"]["id"]);
    let theirs = api.get(&query(&format!("customerRef.id={customer}"))).await.expect(200).json();
    assert!(
        theirs["results"].as_array().unwrap().iter().all(|it| it["customerRef"]["id"] == customer.as_str())
    );
    let nested = api.get(&query("lineItems.unitAmount>5")).await.expect(400);
    assert_eq!(
        nested.error(),
        "Error parsing query - Could not resolve property lineItems.unitAmount on invoices"
    );
    let largest =
        api.get(&format!("{company}/data/invoices?orderBy=-totalAmount&pageSize=2")).await.expect(200).json();
    assert!(cents(&largest["results"][0]["totalAmount"]) >= cents(&largest["results"][1]["totalAmount"]));
    assert!(largest["_links"]["next"]["href"].as_str().unwrap().contains("page=2"));
}

#[tokio::test]
async fn documents_attachments_and_reports_can_be_read() {
    let api = Api::new().await;
    let (company, connection) = books(&api).await;
    let invoices = api.get(&format!("{company}/data/invoices?pageSize=5000")).await.json();
    let ids: Vec<String> =
        invoices["results"].as_array().unwrap().iter().map(|it| owned(&it["id"])).collect();
    let pdf = api.get(&format!("{company}/data/invoices/{}/pdf", ids[0])).await.expect(200);
    assert_eq!(pdf.header("content-type"), "application/pdf");
    assert!(pdf.body.starts_with(b"%PDF-1.4") && pdf.body.ends_with(b"%%EOF\n"));
    let mut attached = None;
    for id in &ids {
        let list = api.get(&format!("{connection}/data/invoices/{id}/attachments")).await.expect(200).json();
        if let Some(one) = list["attachments"].get(0) {
            attached = Some((id.clone(), owned(&one["id"])));
            break;
        }
    }
    let (id, attachment) = attached.unwrap();
    let path = format!("{connection}/data/invoices/{id}/attachments/{attachment}");
    assert_eq!(api.get(&path).await.expect(200).json()["id"], attachment.as_str());
    assert!(api.get(&format!("{path}/download")).await.expect(200).body.starts_with(b"%PDF"));
    api.get(&format!("{connection}/data/invoices/{id}/attachments/none")).await.expect(404);
    let owed: i64 = invoices["results"].as_array().unwrap().iter().map(|it| cents(&it["amountDue"])).sum();
    let aged = api
        .get(&format!("{company}/reports/agedDebtor?numberOfPeriods=3&periodLengthDays=30"))
        .await
        .expect(200)
        .json();
    let parties = aged["data"].as_array().unwrap().iter();
    let buckets = parties.flat_map(|it| {
        it["agedCurrencyOutstanding"][0]["agedOutstandingAmounts"].as_array().unwrap().clone()
    });
    assert_eq!(buckets.map(|it| cents(&it["amount"])).sum::<i64>(), owed);
    assert_eq!(
        api.get(&format!("{company}/reports/agedCreditor/available")).await.expect(200).json(),
        json!(true)
    );
    let lines =
        api.get(&format!("{company}/reports/enhancedProfitAndLoss/accounts")).await.expect(200).json();
    assert!(!lines["reportItems"].as_array().unwrap().is_empty());
    api.get(&format!("{company}/reports/enhancedBalanceSheet/accounts")).await.expect(400);
    api.get(&format!("{company}/reports/enhancedBalanceSheet/accounts?reportDate=31-10-2026"))
        .await
        .expect(200);
}

#[tokio::test]
async fn a_tag_makes_a_company_as_big_as_one_needs_it() {
    let api = Api::new().await;
    let made = api
        .post("/companies", &json!({"name": "Big Bakery", "tags": {"sandbox-scale": "40"}}))
        .await
        .expect(200)
        .json();
    let company = format!("/companies/{}", text(&made["id"]));
    api.linked(&company, "gbol").await;
    api.post(&format!("{company}/data/queue/invoices"), &Value::Null).await.expect(200);
    api.advance(SignedDuration::from_hours(1));
    let page = api.get(&format!("{company}/data/invoices?pageSize=1")).await.expect(200).json();
    assert!(page["totalResults"].as_u64().unwrap() > 10_000);
}

#[tokio::test]
async fn the_designed_companies_have_books_in_trouble_and_books_that_stopped() {
    let api = Api::new().await;
    let named = async |name: &str| {
        let page = api
            .get(&format!("/companies?query=name%3d{}", name.replace(' ', "%20")))
            .await
            .expect(200)
            .json();
        format!("/companies/{}", text(&page["results"][0]["id"]))
    };
    let trouble = named("Kestrel Roofing").await;
    let sheet = format!("{trouble}/data/financials/balanceSheet?periodLength=1&periodsToCompare=1");
    let sheet = api.get(&sheet).await.expect(200).json();
    assert!(cents(&sheet["reports"][0]["netAssets"]) < 0, "{sheet}");
    let stopped = named("Lighthouse Books").await;
    let statement = format!("{stopped}/data/financials/profitAndLoss?periodLength=1&periodsToCompare=1");
    let statement = api.get(&statement).await.expect(200).json();
    assert_eq!(statement["mostRecentAvailableMonth"], "2026-06-01T00:00:00");
    let demo = named("Harbour Lane Bakery").await;
    let year = format!("{demo}/data/financials/profitAndLoss?periodLength=12&periodsToCompare=2");
    let year = api.get(&year).await.expect(200).json();
    assert!(
        cents(&year["reports"][0]["netOperatingProfit"]) > 0
            && year["reports"].as_array().unwrap().len() == 2
    );
}
