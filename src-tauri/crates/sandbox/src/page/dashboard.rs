//! The dashboard at `/`, which shows and controls the sandbox. The page contains no secrets: its script reads
//! everything with the API key, which comes from the URL fragment (never sent to a server) or from the user.

use http::StatusCode;
use maud::{Markup, html};

use super::document::document;
use crate::{
    context::{Context, HandlerOutput, HandlerResult},
    response::{ApiError, Response},
};

pub(crate) fn dashboard(cx: &Context<'_>, method: &str) -> HandlerResult {
    match method {
        "GET" => {
            let document = document("Sandbox", "dashboard", &body(cx.state.base()));
            Ok(HandlerOutput { answer: Response::html(StatusCode::OK, document), changes: Vec::new() })
        }
        _ => Err(ApiError::method_not_allowed("GET")),
    }
}

fn body(base: &str) -> Markup {
    html! {
        header.top {
            h1 { "Sandbox" }
            code { (base) }
            output #now.quiet aria-label="The sandbox’s time" {}
        }
        noscript { p.errors { "This page needs JavaScript. You can also use /_sandbox/." } }
        main {
            div #say role="status" {}
            form #door.card hidden {
                h2 { "Enter the key" }
                p { "portal-sandbox printed it at the start. It stays in this tab." }
                div.field {
                    label for="key" { "API key" }
                    input #key type="password" autocomplete="off" required;
                }
                button.primary type="submit" { "Open" }
            }
            div #inside.panels hidden {
                (begin(base))
                (clock())
                (snapshot())
                (reads())
                (faults())
                (outages())
                (companies())
                (webhooks())
                (requests())
            }
        }
    }
}

fn begin(base: &str) -> Markup {
    html! {
        section.card.wide aria-labelledby="h-begin" {
            h2 #h-begin { "Call it" }
            p.quiet { "Set SANDBOX_KEY to the key that portal-sandbox printed at the start." }
            pre tabindex="0" {
                "curl -H \"Authorization: Basic $(printf %s \"$SANDBOX_KEY\" | base64)\" '" (base) "/companies?pageSize=5'"
            }
            p { a href="/invite" { "Open the invite page" } }
        }
    }
}

fn clock() -> Markup {
    html! {
        section.card aria-labelledby="h-clock" {
            h2 #h-clock { "Clock" }
            div.actions {
                @for (step, text) in [("1h", "+1 hour"), ("1d", "+1 day"), ("7d", "+7 days"), ("95d", "+95 days")] {
                    button type="button" data-advance=(step) { (text) }
                }
            }
            form #advance.row {
                input #advance-by aria-label="Move the clock by" placeholder="3d12h" required
                    pattern="([0-9]+[wdhms])+" title="Weeks, days, hours, minutes, seconds, such as 1w2d12h" autocomplete="off";
                button type="submit" { "Move" }
            }
            p.quiet { "Everything due in between happens in order." }
        }
    }
}

fn snapshot() -> Markup {
    html! {
        section.card aria-labelledby="h-snapshot" {
            h2 #h-snapshot { "Snapshot" }
            p.quiet { "The whole state, including clock and faults, as one file." }
            div.actions {
                button #snapshot-save type="button" { "Save" }
                button #snapshot-choose type="button" { "Restore…" }
            }
            input #snapshot-file type="file" accept=".json,application/json" hidden aria-label="A snapshot to restore";
        }
    }
}

fn companies() -> Markup {
    html! {
        section.card.wide aria-labelledby="h-companies" {
            h2 #h-companies { "Companies " span #company-count.quiet {} }
            form #company-search.search role="search" {
                label for="company-name" { "Search by name" }
                div.row {
                    input #company-name type="search" autocomplete="off";
                    button type="submit" { "Search" }
                }
            }
            div #companies.list {}
        }
    }
}

fn reads() -> Markup {
    html! {
        section.card aria-labelledby="h-reads" {
            h2 #h-reads { "Live reads" }
            div #reads.list {}
        }
    }
}

/// The kinds of faults: the script's value and the label.
const KINDS: [(&str, &str); 16] = [
    ("500", "Status 500"),
    ("503", "Status 503"),
    ("429", "Status 429, retry after 30 s"),
    ("429date", "Status 429, retry at a time"),
    ("401", "Status 401, key rejected"),
    ("402", "Status 402, plan limit reached"),
    ("404", "Status 404"),
    ("409", "Status 409"),
    ("delay", "Two seconds late"),
    ("slow", "Uploads at 500 kB a second"),
    ("cut", "Body cut off halfway"),
    ("malformed", "Truncated JSON"),
    ("html", "HTML page instead of JSON"),
    ("wrongType", "Wrong data type"),
    ("drop", "Carried out, but no response"),
    ("lost", "Not carried out, and no response"),
];

fn faults() -> Markup {
    html! {
        section.card aria-labelledby="h-faults" {
            h2 #h-faults { "Faults" }
            form #fault {
                (field("fault-route", "Path starts with", "/companies"))
                div.field {
                    label for="fault-kind" { "What goes wrong" }
                    select #fault-kind {
                        @for (value, text) in KINDS { option value=(value) { (text) } }
                    }
                }
                div.field {
                    label for="fault-times" { "How many requests (empty: all)" }
                    input #fault-times type="number" min="1" value="1";
                }
                details {
                    summary { "Only some requests" }
                    div.field {
                        label for="fault-method" { "Method" }
                        select #fault-method {
                            option value="" { "Any" }
                            @for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] { option { (method) } }
                        }
                    }
                    (field("fault-company", "Company ID", ""))
                    (field("fault-integration", "Integration key", ""))
                    (field("fault-rate", "Share of requests, from 0 to 1", ""))
                    (field("fault-from", "From this time, such as 2026-11-23T09:00:00Z", ""))
                    (field("fault-until", "Before this time", ""))
                }
                div.actions {
                    button.primary type="submit" { "Add" }
                    button #faults-clear type="button" { "Clear all" }
                }
            }
            div #faults.list {}
        }
    }
}

fn outages() -> Markup {
    html! {
        section.card aria-labelledby="h-outages" {
            h2 #h-outages { "Outages" }
            p.quiet { "During an outage, all reads from the platform fail, and customers can’t link it." }
            form #outage {
                div.field {
                    label for="outage-platform" { "Platform" }
                    select #outage-platform {}
                }
                div.field {
                    label for="outage-for" { "How long" }
                    select #outage-for {
                        option value="" { "Until you end it" }
                        option value="1" { "One hour" }
                        option value="24" { "One day" }
                        option value="168" { "One week" }
                    }
                }
                div.actions { button.primary type="submit" { "Start outage" } }
            }
            div #outages.list {}
        }
    }
}

fn webhooks() -> Markup {
    html! {
        section.card.wide aria-labelledby="h-webhooks" {
            h2 #h-webhooks { "Webhooks" }
            form #consumer {
                (field("consumer-url", "Address of a consumer", "http://127.0.0.1:9000/hook"))
                div.field {
                    label for="consumer-events" { "Event types" }
                    select #consumer-events multiple size="6" {}
                }
                (field("consumer-tags", "Only companies with one of these tags, such as region:uk", ""))
                div.actions { button.primary type="submit" { "Add consumer" } }
            }
            div #consumers.list {}
            h3 { "Messages" }
            div #messages.list {}
        }
    }
}

fn field(id: &str, label: &str, value: &str) -> Markup {
    html! {
        div.field {
            label for=(id) { (label) }
            input id=(id) value=(value) autocomplete="off";
        }
    }
}

fn requests() -> Markup {
    html! {
        section.card.wide aria-labelledby="h-requests" {
            h2 #h-requests { "Last requests" }
            div.actions { button #requests-clear type="button" { "Clear log" } }
            div #requests.list {}
        }
    }
}
