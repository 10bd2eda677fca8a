//! The dashboard at `/`: what is going on in this sandbox, and the ways to drive it. The page itself holds
//! nothing secret: its script asks for everything with the key, which it takes from the address's fragment
//! (never sent to a server) or from whoever looks.

use http::StatusCode;
use maud::{Markup, html};

use crate::{
    answer::{Answer, Problem},
    page,
    routes::{Context, Done, Outcome},
};

/// Answers `/`.
pub(crate) fn dashboard(cx: &Context<'_>, method: &str) -> Outcome {
    match method {
        "GET" => {
            let document = page::document("Sandbox", "dashboard", &body(cx.state.base()));
            Ok(Done { answer: Answer::html(StatusCode::OK, document), changes: vec![] })
        }
        _ => Err(Problem::wrong_method("GET")),
    }
}

fn body(base: &str) -> Markup {
    html! {
        header.top {
            h1 { "Sandbox" }
            code { (base) }
            output #now.quiet aria-label="The sandbox’s time" {}
        }
        noscript { p.errors { "This page needs its script. Everything it shows is also at /_sandbox/." } }
        main {
            div #say role="status" {}
            form #door.card hidden {
                h2 { "Give the key" }
                p { "It is the one that portal-sandbox printed when it started. It stays in this tab." }
                div.field {
                    label for="key" { "API key" }
                    input #key type="password" autocomplete="off" required;
                }
                button.primary type="submit" { "Open" }
            }
            div #inside.panels hidden {
                (begin(base))
                (clock())
                (reads())
                (faults())
                (companies())
                (requests())
            }
        }
    }
}

fn begin(base: &str) -> Markup {
    html! {
        section.card.wide aria-labelledby="h-begin" {
            h2 #h-begin { "Call it" }
            p.quiet { "Set SANDBOX_KEY to the key that was printed at the start." }
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
            p.quiet { "What falls due on the way happens in its order." }
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

fn faults() -> Markup {
    html! {
        section.card aria-labelledby="h-faults" {
            h2 #h-faults { "Faults" }
            form #fault {
                div.field {
                    label for="fault-route" { "Requests whose path begins with" }
                    input #fault-route value="/companies" autocomplete="off";
                }
                div.field {
                    label for="fault-kind" { "What goes wrong" }
                    select #fault-kind {
                        option value="500" { "Status 500" }
                        option value="429" { "Status 429, retry after 30 s" }
                        option value="delay" { "Two seconds late" }
                        option value="cut" { "Cut off in mid-body" }
                        option value="malformed" { "Half a JSON text" }
                        option value="wrongType" { "A wrong type" }
                        option value="drop" { "No answer" }
                    }
                }
                div.field {
                    label for="fault-times" { "How many requests (empty: all)" }
                    input #fault-times type="number" min="1" value="1";
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

fn requests() -> Markup {
    html! {
        section.card.wide aria-labelledby="h-requests" {
            h2 #h-requests { "Last requests" }
            div.actions { button #requests-clear type="button" { "Forget them" } }
            div #requests.list {}
        }
    }
}
