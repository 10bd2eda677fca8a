//! The faults: each replaces the good answer by another one.

use codat::datetime;
use serde_json::{Value, json};

use super::{super::recorded::RecordedResponse, gzip, server::FaultyResponse};

/// The size of a chunk in a large body, in bytes.
const PIECE: usize = 64 * 1024;
/// The number of chunks in a body of 200 MB.
const PIECES: u64 = 200_000_000 / PIECE as u64;

/// The kind of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    /// No complete answer arrives.
    Incomplete,
    /// The answer has an error status.
    ErrorStatus,
    /// The answer does not follow the API.
    Unreadable,
    /// The answer is larger than the client accepts.
    Large,
    /// The answer has the right form and unusual content.
    Unusual,
}

impl Group {
    pub(super) const ALL: [Self; 5] =
        [Self::Incomplete, Self::ErrorStatus, Self::Unreadable, Self::Large, Self::Unusual];

    pub(super) fn heading(self) -> &'static str {
        match self {
            Self::Incomplete => "The response is missing or incomplete",
            Self::ErrorStatus => "The response is an error",
            Self::Unreadable => "The response cannot be read",
            Self::Large => "The response is too large",
            Self::Unusual => "The response has unusual content",
        }
    }
}

pub(super) struct Fault {
    pub(super) group: Group,
    pub(super) name: String,
    pub(super) response: Box<dyn Fn(&RecordedResponse) -> FaultyResponse + Send + Sync>,
}

/// All faults in the order of the table.
pub(super) fn faults() -> Vec<Fault> {
    let mut all = incomplete();
    all.extend(error_statuses());
    all.extend(unreadable());
    all.extend(large());
    all.extend(unusual());
    all
}

fn fault(
    group: Group,
    name: impl Into<String>,
    response: impl Fn(&RecordedResponse) -> FaultyResponse + Send + Sync + 'static,
) -> Fault {
    Fault { group, name: name.into(), response: Box::new(response) }
}

fn incomplete() -> Vec<Fault> {
    let group = Group::Incomplete;
    let partial = |good: &RecordedResponse| {
        let full_body = answer(200, &[], &json_or(good));
        full_body[..full_body.len() - 1].to_vec()
    };
    vec![
        fault(group, "nobody listens", |_| FaultyResponse::Refuse),
        fault(group, "silence before the answer", |_| FaultyResponse::Silence(vec![])),
        fault(group, "silence inside the head", |_| {
            FaultyResponse::Silence(b"HTTP/1.1 200 OK\r\nContent-T".to_vec())
        }),
        fault(group, "silence inside the body", move |good| FaultyResponse::Silence(partial(good))),
        fault(group, "the connection is closed before the answer", |_| FaultyResponse::Bytes(vec![])),
        fault(group, "the connection is reset before the answer", |_| FaultyResponse::Reset(vec![])),
        fault(group, "the connection is reset inside the body", move |good| {
            FaultyResponse::Reset(partial(good))
        }),
        fault(group, "the body ends before its announced length", move |good| {
            FaultyResponse::Bytes(partial(good))
        }),
        fault(group, "a chunked body ends without its last chunk", |good| {
            let body = json_or(good);
            let mut bytes = head(200, &[("Transfer-Encoding", "chunked")]);
            bytes.extend(format!("{:x}\r\n", body.len()).bytes());
            bytes.extend(body);
            bytes.extend(b"\r\n");
            FaultyResponse::Bytes(bytes)
        }),
        fault(group, "the compressed body is damaged", |_| {
            FaultyResponse::Bytes(answer(
                200,
                &[("Content-Encoding", "gzip")],
                b"\x1f\x8b\x08 not compressed",
            ))
        }),
        fault(group, "the answer is not HTTP", |_| {
            FaultyResponse::Bytes(b"220 mail.example ESMTP\r\n".to_vec())
        }),
        fault(group, "the head has no end", |_| FaultyResponse::Repeat {
            head: b"HTTP/1.1 200 OK\r\n".to_vec(),
            piece: b"X-More: and more of the same\r\n".repeat(100),
            times: u64::MAX,
        }),
    ]
}

fn error_statuses() -> Vec<Fault> {
    let group = Group::ErrorStatus;
    let mut all: Vec<Fault> = [400, 401, 402, 403, 404, 409, 418, 422, 429, 500, 502, 503, 504, 599]
        .map(|status| {
            fault(group, format!("{status}"), move |_| {
                FaultyResponse::Bytes(answer(status, &[], &refusal(status)))
            })
        })
        .into();
    for status in [302, 401, 404, 407, 503] {
        all.push(fault(group, format!("{status} with a web page"), move |_| {
            FaultyResponse::Bytes(answer(
                status,
                &[("Content-Type", "text/html"), ("Location", "/")],
                PAGE.as_bytes(),
            ))
        }));
    }
    for (status, after) in [
        (429, "120"),
        (429, "0"),
        (429, "Mon, 23 Nov 2026 09:02:00 GMT"),
        (429, "Mon, 23 Nov 2020 09:02:00 GMT"),
        (429, "Fri, 31 Dec 9999 23:59:59 GMT"),
        (429, "1000000000000"),
        (429, "99999999999999999999999"),
        (429, "-5"),
        (429, "soon"),
        (503, "120"),
    ] {
        all.push(fault(group, format!("{status} with `Retry-After: {after}`"), move |_| {
            FaultyResponse::Bytes(answer(status, &[("Retry-After", after)], &refusal(status)))
        }));
    }
    all.push(fault(group, "500 with a body that is cut off", |_| {
        let mut full_body = answer(500, &[], &refusal(500));
        full_body.truncate(full_body.len() - 5);
        FaultyResponse::Bytes(full_body)
    }));
    all
}

fn unreadable() -> Vec<Fault> {
    let group = Group::Unreadable;
    let instead = |name: &str, body: &'static [u8]| {
        fault(group, name, move |_| FaultyResponse::Bytes(answer(200, &[], body)))
    };
    vec![
        fault(group, "half of the JSON", |good| {
            let body = json_or(good);
            FaultyResponse::Bytes(answer(200, &[], &body[..body.len() / 2]))
        }),
        fault(group, "a web page", |_| {
            FaultyResponse::Bytes(answer(200, &[("Content-Type", "text/html")], PAGE.as_bytes()))
        }),
        instead("a web page with the media type of JSON", PAGE.as_bytes()),
        instead("nothing", b""),
        instead("text that is no JSON", b"Service is fine"),
        instead("bytes that are no text", b"{\"id\":\"\xff\xfe\"}"),
        instead("`null`", b"null"),
        instead("an array of numbers", b"[1,2]"),
        instead("an object without fields", b"{}"),
        instead("`results` that is an object", b"{\"results\":{},\"totalResults\":1}"),
        fault(group, "an array 100,000 deep", |_| {
            FaultyResponse::Bytes(answer(200, &[], &b"[".repeat(100_000)))
        }),
    ]
}

fn large() -> Vec<Fault> {
    let group = Group::Large;
    let chunk = || [format!("{PIECE:x}\r\n").into_bytes(), vec![b' '; PIECE], b"\r\n".to_vec()].concat();
    vec![
        fault(group, "200 MB, announced", |_| FaultyResponse::Repeat {
            head: head(200, &[("Content-Length", "200000000")]),
            piece: vec![b' '; PIECE],
            times: PIECES,
        }),
        fault(group, "200 MB, not announced", move |_| FaultyResponse::Repeat {
            head: head(200, &[("Transfer-Encoding", "chunked")]),
            piece: chunk(),
            times: PIECES,
        }),
        fault(group, "a stream without end", move |_| FaultyResponse::Repeat {
            head: head(200, &[("Transfer-Encoding", "chunked")]),
            piece: chunk(),
            times: u64::MAX,
        }),
        fault(group, "500 with a stream without end", move |_| FaultyResponse::Repeat {
            head: head(500, &[("Transfer-Encoding", "chunked")]),
            piece: chunk(),
            times: u64::MAX,
        }),
        fault(group, "zeros without end, compressed", |_| FaultyResponse::Repeat {
            head: [head(200, &[("Content-Encoding", "gzip")]), gzip::head()].concat(),
            piece: gzip::zeros(100),
            times: u64::MAX,
        }),
    ]
}

fn unusual() -> Vec<Fault> {
    let group = Group::Unusual;
    let change = |name: &str, change: fn(&mut Value)| {
        fault(group, name, move |good| {
            FaultyResponse::Bytes(answer(good.status, &[], &changed(good, change)))
        })
    };
    vec![
        change("a number in place of text in one item", |body| {
            let item = match body.get_mut("results").and_then(Value::as_array_mut) {
                Some(results) => results.first_mut(),
                None => Some(body),
            };
            let Some(item) = item.and_then(Value::as_object_mut) else { return };
            let text = ["status", "name"].into_iter().find(|it| item.contains_key(*it)).unwrap_or("name");
            item.insert(text.to_owned(), json!(17));
        }),
        change("`null` in every optional field", |body| {
            walk(body, &mut |name, value| {
                if ["description", "lastSync", "errorMessage", "products", "tags", "linkUrl"].contains(&name)
                {
                    *value = Value::Null;
                }
            });
        }),
        change("a link to the page itself as the next one", |body| {
            if body.get("results").is_some() {
                body["_links"] = json!({ "next": { "href": "/companies?page=1" } });
            }
        }),
        change("a total of 10¹⁸", |body| {
            if body.get("results").is_some() {
                body["totalResults"] = json!(1_000_000_000_000_000_000_u64);
            }
        }),
        change("every item twice", |body| {
            if let Some(results) = body.get_mut("results").and_then(Value::as_array_mut) {
                results.extend(results.clone());
            }
        }),
        change("every date in the year 1", |body| dates(body, "0001-01-01T00:00:00")),
        change("every date in the year 9999", |body| dates(body, "9999-12-31T23:59:59.9999999Z")),
        fault(group, "every number of 400 digits", |good| {
            let marked = changed(good, |body| {
                walk(body, &mut |_, value| {
                    if value.is_number() {
                        *value = json!("@number@");
                    }
                });
            });
            let text = String::from_utf8_lossy(&marked).replace("\"@number@\"", &"9".repeat(400));
            FaultyResponse::Bytes(answer(good.status, &[], text.as_bytes()))
        }),
        change("every status unknown", |body| {
            walk(body, &mut |name, value| {
                if name.to_ascii_lowercase().ends_with("status") && value.is_string() {
                    *value = json!("Elsewhere");
                }
            });
        }),
        change("every Link URL a script", |body| {
            walk(body, &mut |name, value| {
                if ["linkUrl", "redirect"].contains(&name) {
                    *value = json!("javascript:alert(1)");
                }
            });
        }),
    ]
}

const PAGE: &str = "<!doctype html><html><head><title>Sign in</title></head><body></body></html>";

fn refusal(status: u16) -> Vec<u8> {
    let body = json!({
        "statusCode": status, "service": "PublicApi", "error": "No.", "correlationId": "c-1",
        "canBeRetried": "Unknown", "detailedErrorCode": 0,
    });
    body.to_string().into_bytes()
}

/// The body of a good answer, or some JSON if it is empty.
fn json_or(good: &RecordedResponse) -> Vec<u8> {
    if good.body.is_empty() { br#"{"id":"1"}"#.to_vec() } else { good.body.to_vec() }
}

/// The body with changed JSON. Other bodies stay as they are.
fn changed(good: &RecordedResponse, change: fn(&mut Value)) -> Vec<u8> {
    let Ok(mut json) = serde_json::from_slice::<Value>(&good.body) else { return good.body.to_vec() };
    change(&mut json);
    json.to_string().into_bytes()
}

fn dates(body: &mut Value, date: &str) {
    walk(body, &mut |_, value| {
        if value.as_str().is_some_and(|text| text.contains('T') && datetime::parse(text).is_ok()) {
            *value = json!(date);
        }
    });
}

/// Visits every value with the name of its field. Items of an array have the name of the array.
fn walk(value: &mut Value, visit: &mut impl FnMut(&str, &mut Value)) {
    fn within(name: &str, value: &mut Value, visit: &mut impl FnMut(&str, &mut Value)) {
        visit(name, value);
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| within(name, item, visit)),
            Value::Object(fields) => fields.iter_mut().for_each(|(name, item)| within(name, item, visit)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    within("", value, visit);
}

/// Status line and headers without a length.
fn head(status: u16, headers: &[(&str, &str)]) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {status} Said\r\nConnection: close\r\n");
    if !headers.iter().any(|(name, _)| *name == "Content-Type") {
        head.push_str("Content-Type: application/json\r\n");
    }
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    head.into_bytes()
}

/// A complete answer. Status 204 has no body.
fn answer(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    if status == 204 {
        return head(status, headers);
    }
    let length = body.len().to_string();
    let headers = [headers, &[("Content-Length", length.as_str())]].concat();
    [head(status, &headers), body.to_vec()].concat()
}
