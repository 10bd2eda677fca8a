//! Formats the results as a Markdown page.

use std::collections::BTreeMap;

use super::catalogue::Group;

/// The text above the tables.
const HEAD: &str = "\
# Faults

The result of every call of the client for every failure of the server or the network. A test of the crate `app` sends \
each call to a real server that fails in this way. It writes this page (`UPDATE_FAULTS=1 cargo test -p app faults`), and \
it fails if the page is out of date. A call sends one request and never retries. The last column lists the calls with a \
different result.

`success` means that the call returned a value. `items left out` means that some items of a list could not be read; the \
call returns the others and names these. `wait` is the time that `Retry-After` requested, limited to one day.

";

/// The meaning of each failure kind.
const KINDS: &str = "\
| failure | meaning |
| --- | --- |
| `Unreachable` | The request was not sent. |
| `NoAnswer` | The request may have arrived. The response is missing or incomplete. |
| `Unreadable` | The response does not follow the API. |
| `Intercepted` | A proxy, a firewall or a sign-in page answered instead of Codat. |
| `Server` | 500 to 599. It is unknown whether the request was carried out. |
| `OtherStatus` | A status that the API does not have. |
| the others | Codat refused with 400 (`Invalid`), 401 (`Unauthorized`), 402 (`PaymentRequired`), 403 (`Forbidden`), \
404 (`NotFound`), 409 (`Conflict`), 422 (`Unprocessable`) or 429 (`RateLimited`). |
";

/// The results of one fault.
pub(super) struct Row {
    pub(super) group: Group,
    pub(super) fault: String,
    /// By call, in the order of the calls.
    pub(super) outcomes: Vec<(&'static str, String)>,
}

pub(super) fn page(rows: &[Row]) -> String {
    let mut text = HEAD.to_owned() + KINDS;
    let calls = rows.first().map(|row| row.outcomes.iter().map(|(call, _)| format!("`{call}`")));
    let calls: Vec<String> = calls.into_iter().flatten().collect();
    text.push_str(&format!("\nThe {} calls: {}.\n", calls.len(), calls.join("; ")));
    for group in Group::ALL {
        text.push_str(&format!("\n## {}\n\n", group.heading()));
        text.push_str("| fault | result | different result |\n| --- | --- | --- |\n");
        for row in rows.iter().filter(|row| row.group == group) {
            text.push_str(&line(row));
        }
    }
    text
}

fn line(row: &Row) -> String {
    let mut calls = BTreeMap::<&str, Vec<&str>>::new();
    for (call, outcome) in &row.outcomes {
        calls.entry(outcome).or_default().push(call);
    }
    let usual = calls.iter().max_by_key(|(_, calls)| calls.len()).map_or("", |(outcome, _)| *outcome);
    let but: Vec<String> = calls
        .iter()
        .filter(|(outcome, _)| **outcome != usual)
        .map(|(outcome, calls)| {
            let calls: Vec<String> = calls.iter().map(|call| format!("`{call}`")).collect();
            format!("**{outcome}**: {}", calls.join("; "))
        })
        .collect();
    format!("| {} | {usual} | {} |\n", row.fault, but.join("<br>"))
}
