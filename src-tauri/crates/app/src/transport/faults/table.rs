//! The matrix as a page that people read.

use std::collections::BTreeMap;

use super::catalogue::Group;

/// What stands above the tables.
const HEAD: &str = "\
# Faults

What every call of the client comes to when the server or the network fails. The tests of the crate `app` make each \
call against each fault over a real connection and write this page (`UPDATE_FAULTS=1 cargo test -p app faults`); a \
test fails while it is stale. Each call is one request: the client never repeats one by itself. The last column lists \
the calls that come to something else.

`success` means that the call returns what it read. With `items left out`, the items of a list that could not be read \
are named beside those that could. A wait behind a failure is what `Retry-After` asked for, at most a day.

";

/// What the kinds of failures mean.
const KINDS: &str = "\
| failure | meaning |
| --- | --- |
| `Unreachable` | The request was certainly not sent. |
| `NoAnswer` | The request may have arrived, and no whole answer came. |
| `Unreadable` | An answer came that is not what the API speaks. |
| `Intercepted` | A proxy, a firewall or a sign-in page answered in Codat’s place. |
| `Server` | 500 to 599: what happened is not known. |
| `OtherStatus` | A status that the API does not have. |
| the others | Codat refused with 400 (`Invalid`), 401 (`Unauthorized`), 402 (`PaymentRequired`), 403 (`Forbidden`), \
404 (`NotFound`), 409 (`Conflict`), 422 (`Unprocessable`) or 429 (`RateLimited`). |
";

/// What each call came to, by fault.
pub(super) struct Row {
    pub(super) group: Group,
    pub(super) fault: String,
    /// By call, in the order of the calls.
    pub(super) outcomes: Vec<(&'static str, String)>,
}

/// The whole page.
pub(super) fn page(rows: &[Row]) -> String {
    let mut text = HEAD.to_owned() + KINDS;
    let calls = rows.first().map(|row| row.outcomes.iter().map(|(call, _)| format!("`{call}`")));
    let calls: Vec<String> = calls.into_iter().flatten().collect();
    text.push_str(&format!("\nThe {} calls: {}.\n", calls.len(), calls.join("; ")));
    for group in Group::ALL {
        text.push_str(&format!("\n## {}\n\n", group.heading()));
        text.push_str("| fault | every call | but |\n| --- | --- | --- |\n");
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
