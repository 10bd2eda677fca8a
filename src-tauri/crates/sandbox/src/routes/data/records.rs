//! Records, statements and documents.

use books::{Books, Json, Statement, StatementRequest};
use http::StatusCode;
use jiff::civil::Date;

use super::{resource::DataResource, source::not_found};
use crate::{
    context::{Context, HandlerOutput, HandlerResult, ok},
    data,
    listing::{self, ListKind},
    response::{ApiError, ContentType, Response},
};

const MOST_PERIODS: u32 = 120;

pub(super) fn answer(cx: &Context<'_>, books: &Books, place: &DataResource) -> HandlerResult {
    match place {
        DataResource::Info("company") => ok(&books.info()),
        DataResource::Info(_) => ok(&books.commerce_info()),
        DataResource::Statement(statement) => ok(&books.statement(*statement, ask(cx, *statement)?)),
        DataResource::List(key) => list(cx, books.records(key), key),
        DataResource::One(key, id) => ok(&one(books.records(key), key, id)?),
        DataResource::BankTransactions(account) => account_transactions(cx, books, account),
        DataResource::Pdf(id) => {
            let invoice = one(books.records("invoices"), "invoices", id)?;
            let number = invoice.get("invoiceNumber").and_then(Json::text).unwrap_or(id);
            Ok(pdf(&format!("Invoice {number} of {}", books.business().name)))
        }
        DataResource::Attachments(key, id) => {
            let attachments = attachments(books, key, id)?;
            ok(&Json::Object(vec![("attachments", Json::Array(attachments))]))
        }
        DataResource::Attachment(key, id, attachment) => ok(&attached(books, key, id, attachment)?),
        DataResource::File(key, id, attachment) => {
            attached(books, key, id, attachment)?;
            Ok(pdf(&attachment_text(id)))
        }
    }
}

fn list(cx: &Context<'_>, records: Option<Vec<Json>>, key: &'static str) -> HandlerResult {
    let kind = ListKind::Record { name: key, properties: data::properties(key) };
    listing::small(cx, records.unwrap_or_default().into_iter(), kind)
}

fn one(records: Option<Vec<Json>>, key: &str, id: &str) -> Result<Json, ApiError> {
    let names = ["id", "accountId"];
    let found = records
        .into_iter()
        .flatten()
        .find(|record| names.iter().find_map(|name| record.get(name)).and_then(Json::text) == Some(id));
    found.ok_or_else(|| not_found(format!("No data available for {key} for ID {id}")))
}

fn account_transactions(cx: &Context<'_>, books: &Books, account: &str) -> HandlerResult {
    one(books.records("bankAccounts"), "bankAccounts", account)?;
    list(cx, Some(books.bank_transactions(Some(account))), "bankTransactions")
}

fn attachments(books: &Books, key: &'static str, id: &str) -> Result<Vec<Json>, ApiError> {
    one(books.records(key), key, id)?;
    let size = page(&attachment_text(id)).len();
    Ok(books.attachments(key, id, size).unwrap_or_default())
}

/// The text of an attachment.
fn attachment_text(id: &str) -> String {
    format!("Attachment of {id}")
}

fn attached(books: &Books, key: &'static str, id: &str, attachment: &str) -> Result<Json, ApiError> {
    let found = attachments(books, key, id)?
        .into_iter()
        .find(|it| it.get("id").and_then(Json::text) == Some(attachment));
    found.ok_or_else(|| not_found(format!("No data available for attachments for ID {attachment}")))
}

/// The requested periods. Everything but the month is required (§2.19).
fn ask(cx: &Context<'_>, statement: Statement) -> Result<StatementRequest, ApiError> {
    let longest = if statement == Statement::BalanceSheet { 12 } else { 60 };
    Ok(StatementRequest {
        period_length: figure(cx, "periodLength", longest)?,
        periods: figure(cx, "periodsToCompare", MOST_PERIODS)?,
        start_month: cx.request.parameter("startMonth").map(month).transpose()?,
    })
}

/// A required number from 1 to `most`.
pub(super) fn figure(cx: &Context<'_>, name: &str, most: u32) -> Result<u32, ApiError> {
    let given = cx.request.parameter(name).map(str::trim);
    given.and_then(|text| text.parse().ok()).filter(|figure| (1..=most).contains(figure)).ok_or_else(|| {
        let text = format!("The value of '{name}' must be a whole number from 1 to {most}.");
        ApiError::bad_request("Error processing request - not valid.").with_item(name, &text, "Query")
    })
}

fn month(text: &str) -> Result<Date, ApiError> {
    day(text).ok_or_else(|| {
        let message = format!("'{text}' is not a date.");
        ApiError::bad_request("Error processing request - not valid.").with_item(
            "startMonth",
            &message,
            "Query",
        )
    })
}

/// The date of a date or timestamp in any of the API's formats.
pub(super) fn day(text: &str) -> Option<Date> {
    text.get(..10)?.parse().ok()
}

/// An A4 page with one line of text.
fn pdf(text: &str) -> HandlerOutput {
    let body = page(text).into_bytes();
    let answer = Response { content: ContentType::Pdf, body: body.into(), ..Response::empty(StatusCode::OK) };
    HandlerOutput { answer, changes: Vec::new() }
}

fn page(text: &str) -> String {
    let safe: String = text
        .chars()
        .filter(|it| it.is_ascii_graphic() || *it == ' ')
        .filter(|it| !"()\\".contains(*it))
        .collect();
    let stream = format!("BT /F1 18 Tf 72 760 Td ({safe}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{stream}\nendstream", stream.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut body = "%PDF-1.4\n".to_owned();
    let mut places = Vec::new();
    for (n, object) in objects.iter().enumerate() {
        places.push(body.len());
        body.push_str(&format!("{} 0 obj\n{object}\nendobj\n", n + 1));
    }
    let start = body.len();
    body.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1));
    for place in places {
        body.push_str(&format!("{place:010} 00000 n \n"));
    }
    body.push_str(&format!(
        "trailer << /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n",
        objects.len() + 1
    ));
    body
}
