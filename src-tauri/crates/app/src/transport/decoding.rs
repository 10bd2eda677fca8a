//! Random changes of recorded sandbox answers: no call panics or reveals the key, and every record can be
//! shown.

use std::sync::OnceLock;

use bytes::Bytes;
use codat::{
    ApiKey, Client, Failure, Page, Transport,
    client::TransportError,
    data::{Cell, DataType, RecordHead},
};
use http::{Request, Response};
use proptest::{collection::vec, prelude::*, sample::Index};
use serde_json::{Value, json, value::RawValue};
use tower::service_fn;

use super::{
    calls::{Call, Subjects, page},
    recorded::{RecordedResponse, full_body, recorded},
};

const KEY: &str = "a-key-that-nobody-may-see";

/// The recorded answers, created once for all cases.
fn answers() -> &'static (Subjects, Vec<(Call, RecordedResponse)>) {
    static ANSWERS: OnceLock<(Subjects, Vec<(Call, RecordedResponse)>)> = OnceLock::new();
    ANSWERS.get_or_init(|| runtime().block_on(recorded()))
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().build().unwrap()
}

/// A change of a response body.
#[derive(Debug, Clone)]
enum Change {
    /// Replaces a JSON value.
    Value(Index, Value),
    /// Removes a field or an item.
    Gone(Index),
    /// Truncates the body.
    Cut(Index),
    /// Replaces a byte.
    Byte(Index, u8),
    /// Inserts bytes.
    Between(Index, Vec<u8>),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let odd = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        Just(json!([])),
        Just(json!({})),
        Just(json!([null, { "id": 1 }])),
        Just(json!("0001-01-01T00:00:00")),
        Just(json!("+262143-01-01T00:00:00Z")),
        Just(json!(KEY)),
    ];
    let change = prop_oneof![
        4 => (any::<Index>(), odd).prop_map(|(at, value)| Change::Value(at, value)),
        2 => any::<Index>().prop_map(Change::Gone),
        1 => any::<Index>().prop_map(Change::Cut),
        1 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Change::Byte(at, byte)),
        1 => (any::<Index>(), vec(any::<u8>(), 1..8)).prop_map(|(at, bytes)| Change::Between(at, bytes)),
    ];
    vec(change, 1..6)
}

fn changed(body: &[u8], changes: &[Change]) -> Vec<u8> {
    let mut bytes = body.to_vec();
    for change in changes {
        match change {
            Change::Value(at, value) => on_json(&mut bytes, at, &|place| *place = value.clone()),
            Change::Gone(at) => on_json(&mut bytes, at, &|place| match place {
                Value::Array(items) => drop(items.pop()),
                Value::Object(fields) => {
                    let last = fields.keys().next_back().cloned();
                    last.map(|name| fields.remove(&name));
                }
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }),
            Change::Cut(at) => bytes.truncate(at.index(bytes.len() + 1)),
            Change::Byte(at, byte) => {
                if !bytes.is_empty() {
                    let at = at.index(bytes.len());
                    bytes[at] = *byte;
                }
            }
            Change::Between(at, more) => {
                let at = at.index(bytes.len() + 1);
                bytes.splice(at..at, more.iter().copied());
            }
        }
    }
    bytes
}

/// Changes one value of a JSON text. Other texts stay as they are.
fn on_json(bytes: &mut Vec<u8>, at: &Index, change: &dyn Fn(&mut Value)) {
    fn count(value: &Value) -> usize {
        1 + match value {
            Value::Array(items) => items.iter().map(count).sum::<usize>(),
            Value::Object(fields) => fields.values().map(count).sum::<usize>(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
        }
    }
    /// The value with this number in depth-first order, or how many values are left to skip.
    fn nth(value: &mut Value, number: usize) -> Result<&mut Value, usize> {
        if number == 0 {
            return Ok(value);
        }
        let items: Vec<&mut Value> = match value {
            Value::Array(items) => items.iter_mut().collect(),
            Value::Object(fields) => fields.values_mut().collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => vec![],
        };
        let mut left = number - 1;
        for item in items {
            match nth(item, left) {
                Ok(found) => return Ok(found),
                Err(fewer) => left = fewer,
            }
        }
        Err(left)
    }
    let Ok(mut json) = serde_json::from_slice::<Value>(bytes) else { return };
    let number = at.index(count(&json));
    if let Ok(place) = nth(&mut json, number) {
        change(place);
        *bytes = json.to_string().into_bytes();
    }
}

/// Makes a call that gets this response.
fn call(call: &Call, status: u16, body: Vec<u8>) -> Result<usize, Box<Failure>> {
    let body = Bytes::from(body);
    let transport = Transport::new(service_fn(move |_: Request<Bytes>| {
        let response = Response::builder().status(status).body(full_body(body.clone()));
        async move { response.map_err(|error| TransportError::NoAnswer(error.to_string())) }
    }));
    let client = Client::new("http://127.0.0.1:1", ApiKey::new(KEY).unwrap(), transport);
    runtime().block_on((call.make)(client, answers().0.clone())).map_err(Box::new)
}

proptest! {
    #[test]
    fn no_changed_answer_panics_or_shows_the_key(at in any::<Index>(), changes in changes(), refused in any::<bool>()) {
        let (asked, good) = at.get(&answers().1);
        let status = if refused { 400 } else { 200 };
        if let Err(failure) = call(asked, status, changed(&good.body, &changes)) {
            prop_assert!(!format!("{failure:?}").contains(KEY), "{}: {:?}", asked.name, failure);
            prop_assert!(failure.message.len() < 10_000, "{}", failure.message.len());
        }
    }

    #[test]
    fn every_cell_of_a_changed_record_can_be_shown(changes in changes()) {
        let records = answers().1.iter().find(|(call, _)| call.name == "records").unwrap();
        let text = String::from_utf8_lossy(&changed(&records.1.body, &changes)).into_owned();
        let Ok(raw) = RawValue::from_string(text) else { return Ok(()) };
        let Ok(read) = Page::<RecordHead>::from_raw(&raw, &page()) else { return Ok(()) };
        for item in &read.results {
            for data_type in DataType::all() {
                for cell in Cell::row(&item.raw, data_type.columns) {
                    let _ = cell.to_text();
                }
            }
        }
    }
}
