//! Write operations and their options (§2.16).

use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{
    context::{Context, HandlerResult, find_connection, ok},
    data_type::{self, SourceKind},
    listing::{self, ListKind},
    record::{CompanyRecord, Slot},
    response::{ApiError, Service},
    seed::{self, Rng},
    time_format, world,
};

/// The types of which records can be created (§2.16).
const CREATABLE_TYPES: &[&str] = &[
    "bankAccounts",
    "bankTransactions",
    "billCreditNotes",
    "billPayments",
    "bills",
    "chartOfAccounts",
    "creditNotes",
    "customers",
    "directCosts",
    "directIncomes",
    "invoices",
    "items",
    "journalEntries",
    "journals",
    "payments",
    "purchaseOrders",
    "suppliers",
    "transfers",
];

/// The results of write operations: status, HTTP status and error message.
const OUTCOMES: [(&str, u16, Option<&str>); 4] = [
    ("Success", 200, None),
    ("Failed", 400, Some("The account that a line is posted to does not exist in the accounting software.")),
    ("TimedOut", 408, Some("The accounting software did not answer in time.")),
    ("Pending", 202, None),
];

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct PushWire {
    changes: Vec<Value>,
    data_type: &'static str,
    company_id: Uuid,
    push_operation_key: Uuid,
    data_connection_key: Uuid,
    requested_on_utc: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    completed_on_utc: Option<String>,
    timeout_in_minutes: u32,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    validation: Option<Value>,
    status_code: u16,
}

pub(super) fn all(cx: &Context<'_>, method: &str) -> HandlerResult {
    match method {
        "GET" => {
            let (slot, company) = cx.company()?;
            listing::small(cx, company_pushes(cx, slot, &company).into_iter(), ListKind::Push)
        }
        _ => Err(ApiError::method_not_allowed("GET")),
    }
}

pub(super) fn one(cx: &Context<'_>, method: &str) -> HandlerResult {
    if method != "GET" {
        return Err(ApiError::method_not_allowed("GET"));
    }
    let (slot, company) = cx.company()?;
    let requested = cx.segment(3);
    let found = company_pushes(cx, slot, &company)
        .into_iter()
        .find(|it| it.push_operation_key.to_string().eq_ignore_ascii_case(requested));
    ok(&found.ok_or_else(|| {
        let text = format!("No push operation was found with key {requested}");
        ApiError::new(StatusCode::NOT_FOUND, Service::Public, text)
    })?)
}

/// The write operations of a company, newest first. All are older than the world: designed companies with
/// accounting data have one of each status, others a few.
fn company_pushes(cx: &Context<'_>, slot: Slot, company: &CompanyRecord) -> Vec<PushWire> {
    let books = company.connections.iter().find(|it| {
        it.last_sync.is_some()
            && it.platform().is_some_and(|platform| platform.kind == SourceKind::Accounting)
    });
    let Some(connection) = books else { return Vec::new() };
    let born = cx.state.world.origin().born;
    let mut rng = Rng::from_id(seed::derive_id(company.id, "pushes", 0));
    let designed = slot < world::designed_count();
    let count = if designed { 4 + rng.below(5) } else { rng.below(4) };
    let mut at = born;
    let endings = OUTCOMES.iter().rev().cycle();
    (0..count)
        .zip(endings)
        .map(|(n, ending)| {
            let back = if ending.0 == "Pending" { 3 } else { 60 + i64::from(rng.below(60 * 24 * 6)) };
            at = at.checked_sub(SignedDuration::from_mins(back)).unwrap_or(at);
            let data_type = CREATABLE_TYPES.get(rng.below(18) as usize).copied().unwrap_or("invoices");
            push(company.id, connection.id, n, data_type, at, ending, cx.now)
        })
        .collect()
}

fn push(
    company: Uuid,
    connection: Uuid,
    n: u32,
    data_type: &'static str,
    requested: Timestamp,
    (status, code, error): &(&'static str, u16, Option<&'static str>),
    now: Timestamp,
) -> PushWire {
    let key = seed::derive_id(company, "push", u64::from(n));
    let takes = SignedDuration::from_secs(if *status == "TimedOut" { 3_600 } else { 8 });
    let completed = requested.checked_add(takes).unwrap_or(requested);
    let record = json!({ "id": format!("{data_type}-{}", n + 1), "dataType": data_type });
    let changes = if *status == "Success" {
        vec![json!({ "type": "Created", "recordRef": record })]
    } else {
        Vec::new()
    };
    // One that was pending at the world's start times out after an hour.
    let over = *status != "Pending" || now.duration_since(requested) >= SignedDuration::from_mins(60);
    let (status, code, error) = if *status == "Pending" && over {
        OUTCOMES.get(2).copied().unwrap_or(("TimedOut", 408, None))
    } else {
        (*status, *code, *error)
    };
    let validation = (status == "Failed").then(|| {
        let item = json!({ "itemId": "lineItems[0].accountRef.id", "message": error, "validatorName": "AccountRef" });
        json!({ "errors": [item], "warnings": [] })
    });
    PushWire {
        changes,
        data_type,
        company_id: company,
        push_operation_key: key,
        data_connection_key: connection,
        requested_on_utc: time_format::with_fraction(requested),
        completed_on_utc: over.then(|| time_format::with_fraction(completed)),
        timeout_in_minutes: 60,
        status,
        error_message: error,
        validation,
        status_code: code,
    }
}

/// The properties of a record to be created (`GET …/options/{dataType}`).
pub(super) fn options(cx: &Context<'_>, method: &str) -> HandlerResult {
    if method != "GET" {
        return Err(ApiError::method_not_allowed("GET"));
    }
    let (_, company) = cx.company()?;
    let connection = find_connection(&company, cx.segment(3))?;
    let requested = cx.segment(5);
    let named = data_type::find(requested).ok_or_else(|| {
        ApiError::new(
            StatusCode::BAD_REQUEST,
            Service::Public,
            format!("Datatype '{requested}' is not a known data type"),
        )
    })?;
    let platform = connection.platform();
    let can =
        platform.is_some_and(|it| it.kind == SourceKind::Accounting) && CREATABLE_TYPES.contains(&named);
    if !can {
        let name = platform.map_or(connection.key.as_str(), |it| it.name);
        let text = format!("Datatype [{named}] not supported by platform(s) [{name}]");
        return Err(ApiError::new(StatusCode::NOT_FOUND, Service::Public, text));
    }
    ok(&model(named))
}

fn model(data_type: &str) -> Value {
    let mut properties = Map::new();
    let mut add = |name: &str, property: Value| {
        properties.insert(name.to_owned(), property);
    };
    let is_document = !matches!(
        data_type,
        "customers" | "suppliers" | "items" | "bankAccounts" | "chartOfAccounts" | "journals"
    );
    add(
        "id",
        option("String", "Identifier", "The identifier of the record in the accounting software.", false),
    );
    if is_document {
        add("issueDate", option("DateTime", "Date", "The day of the record.", true));
        add(
            "currency",
            option("String", "Currency", "Three letters; the company's own where nothing is said.", false),
        );
        add("lineItems", lines());
        add("totalAmount", option("Number", "Total", "The sum of the lines with their tax.", true));
        add("note", option("String", "Note", "A few words.", false));
    } else {
        add("name", option("String", "Name", "What it is called.", true));
        add("status", choice());
    }
    let mut whole = option("Object", data_type, "A record to be created.", true);
    if let Some(whole) = whole.as_object_mut() {
        whole.insert("properties".to_owned(), Value::Object(properties));
    }
    whole
}

fn option(kind: &str, name: &str, description: &str, required: bool) -> Value {
    json!({ "type": kind, "displayName": name, "description": description, "required": required })
}

fn choice() -> Value {
    let option_value = |value: &str| json!({ "value": value, "type": "String", "displayName": value, "description": value, "required": false });
    let mut choice = option("String", "Status", "Whether it is in use.", true);
    if let Some(choice) = choice.as_object_mut() {
        choice.insert("options".to_owned(), json!([option_value("Active"), option_value("Archived")]));
    }
    choice
}

fn lines() -> Value {
    let account = option("Object", "Account", "Where the line is posted.", true);
    let line = json!({
        "description": option("String", "Description", "What it is for.", false),
        "quantity": option("Number", "Quantity", "How many.", true),
        "unitAmount": option("Number", "Unit amount", "What each costs, without tax.", true),
        "accountRef": account,
    });
    let mut lines = option("Array", "Lines", "What the record is for, line by line.", true);
    if let Some(lines) = lines.as_object_mut() {
        lines.insert("properties".to_owned(), line);
        let warning = json!({ "field": "lineItems", "details": "A record needs at least one line." });
        lines.insert("validation".to_owned(), json!({ "warnings": [warning], "information": [] }));
    }
    lines
}
