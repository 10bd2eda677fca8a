//! The one rule for colors, and when a connection may expire.

use codat::{
    Color, Company, Connection,
    expiry::{Clock, Clocks},
    status::{Actor, CAUSES, Trouble, active_error, company_color, connection_color, find_cause, trouble},
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::scripted::SAMPLE;

const READ: &str = "2026-03-01T00:00:00Z";
const BEFORE: &str = "2026-02-01T00:00:00Z";
const AFTER: &str = "2026-04-01T00:00:00Z";

fn connection(status: &str, errors: Value) -> Connection {
    let fields = json!({
        "id": "6f1e0a57-1c0d-4c8b-8d51-0e7c53b0a7b1", "status": status, "lastSync": READ,
        "created": "2026-01-01T00:00:00Z", "dataConnectionErrors": errors,
    });
    serde_json::from_value(fields).unwrap()
}

fn color(status: &str, error: Value) -> Color {
    connection_color(&connection(status, json!([error])))
}

#[test]
fn without_errors_the_status_is_the_color() {
    for (status, expected) in [
        ("Linked", Color::Green),
        ("Deauthorized", Color::Red),
        ("PendingAuth", Color::Purple),
        ("Unlinked", Color::Grey),
        ("SomethingNewer", Color::Purple),
    ] {
        assert_eq!(connection_color(&connection(status, json!([]))), expected, "{status}");
    }
}

#[test]
fn an_active_error_turns_a_linked_connection_red_and_no_other() {
    let active = || json!({ "status": "Active", "erroredOnUtc": BEFORE });
    assert_eq!(color("Linked", active()), Color::Red, "active, however old");
    assert_eq!(color("Deauthorized", active()), Color::Red);
    assert_eq!(color("PendingAuth", active()), Color::Purple, "cancelling is no break");
    assert_eq!(color("Unlinked", active()), Color::Grey);
}

#[test]
fn an_error_is_active_by_its_status_or_by_its_age() {
    for (error, expected, why) in [
        (json!({ "status": "Resolved", "erroredOnUtc": AFTER }), Color::Green, "resolved"),
        (
            json!({ "status": "Newer", "erroredOnUtc": AFTER }),
            Color::Red,
            "a state nobody knows goes by its age",
        ),
        (
            json!({ "status": "Newer", "erroredOnUtc": BEFORE }),
            Color::Green,
            "a state nobody knows, read well since",
        ),
        (json!({ "erroredOnUtc": "9999-12-31T23:59:59.9999999" }), Color::Red, ".NET's last instant"),
        (json!({ "erroredOnUtc": "2026-02-30T00:00:00Z" }), Color::Red, "an impossible date is no old one"),
        (json!({ "erroredOnUtc": 7 }), Color::Red, "nor is a number"),
        (
            json!({ "erroredOnUtc": AFTER, "resolvedOnUtc": "0001-01-01T00:00:00" }),
            Color::Red,
            "resolved in the year 1 is not resolved",
        ),
        (json!({ "erroredOnUtc": AFTER }), Color::Red, "newer than the last read"),
        (json!({ "status": null, "erroredOnUtc": AFTER }), Color::Red, "null is no status"),
        (json!({ "erroredOnUtc": READ }), Color::Green, "as old as the last read"),
        (json!({ "erroredOnUtc": BEFORE }), Color::Green, "read well since"),
        (json!({ "erroredOnUtc": AFTER, "resolvedOnUtc": AFTER }), Color::Green, "resolved by date"),
        (json!({ "errorMessage": "undated" }), Color::Green, "nobody knows when"),
    ] {
        assert_eq!(color("Linked", error), expected, "{why}");
    }
    let mut never_read = connection("Linked", json!([{ "erroredOnUtc": BEFORE }]));
    never_read.last_sync = None;
    assert_eq!(connection_color(&never_read), Color::Red, "there was no read since");
}

#[test]
fn the_newest_active_error_is_the_one_to_show() {
    let error = |text: &str, at: &str, status: &str| json!({ "errorMessage": text, "erroredOnUtc": at, "status": status });
    let connection = connection(
        "Linked",
        json!([
            error("older", BEFORE, "Active"),
            error("newest", READ, "Active"),
            error("resolved", AFTER, "Resolved"),
        ]),
    );
    assert_eq!(active_error(&connection).unwrap().error_message, "newest");
}

#[test]
fn a_company_takes_its_worst_connection() {
    let company = |statuses: &[&str]| -> Company {
        let mut company: Company = serde_json::from_str(SAMPLE).unwrap();
        company.data_connections = statuses.iter().map(|status| connection(status, json!([]))).collect();
        company
    };
    for (statuses, expected) in [
        (&["Linked", "PendingAuth", "Unlinked", "Deauthorized"][..], Color::Red),
        (&["Linked", "PendingAuth", "Unlinked"], Color::Grey),
        (&["Linked", "PendingAuth"], Color::Purple),
        (&["Linked", "Linked"], Color::Green),
        (&[], Color::None),
    ] {
        assert_eq!(company_color(&company(statuses)), expected, "{statuses:?}");
    }
}

#[test]
fn red_and_grey_need_attention_everywhere() {
    let needing: Vec<Color> = Color::ALL.into_iter().filter(|color| color.needs_attention()).collect();
    assert_eq!(needing, [Color::Red, Color::Grey]);
    for color in Color::ALL {
        assert_eq!(serde_json::to_value(color).unwrap(), color.as_str(), "one name everywhere");
    }
}

fn expiring(key: &str, status: &str, last_sync: Option<&str>) -> Option<Timestamp> {
    let mut connection = connection(status, json!([]));
    connection.integration_key = key.to_owned();
    connection.last_sync = last_sync.map(|text| text.parse().unwrap());
    Clocks::standard().estimate(&connection, None).map(|estimate| estimate.expires)
}

fn clock(key: &str) -> Option<Clock> {
    Clocks::standard().clock(key)
}

fn at(text: &str) -> Option<Timestamp> {
    Some(text.parse().unwrap())
}

#[test]
fn a_clock_of_idleness_starts_with_each_read() {
    assert_eq!(clock("gbol"), Some(Clock::Idle(60)));
    assert_eq!(expiring("gbol", "Linked", Some(READ)), at("2026-04-30T00:00:00Z"));
    assert_eq!(expiring("gbol", "Linked", None), at("2026-03-02T00:00:00Z"), "never read: from its creation");
}

#[test]
fn a_consent_ends_whatever_is_read() {
    let Some((key, days)) = ["suuo", "upvr"].into_iter().find_map(|key| match clock(key)? {
        Clock::Consent(days) => Some((key, days)),
        Clock::Idle(_) => None,
    }) else {
        panic!("some integration has a consent that ends");
    };
    assert_eq!(days, 90);
    assert_eq!(expiring(key, "Linked", Some(READ)), at("2026-04-01T00:00:00Z"));
    assert_eq!(expiring(key, "Linked", None), at("2026-04-01T00:00:00Z"));
}

#[test]
fn only_a_linked_connection_of_a_known_clock_expires() {
    for status in ["PendingAuth", "Unlinked", "Deauthorized", "Newer"] {
        assert_eq!(expiring("gbol", status, Some(READ)), None, "{status}");
    }
    assert_eq!(expiring("mqjo", "Linked", Some(READ)), None);
}

#[test]
fn the_cause_and_who_has_to_act_follow_from_the_status_and_the_code_of_the_error() {
    let of = |status: &str, code: &str| {
        let error = json!({ "statusCode": code, "erroredOnUtc": AFTER, "status": "Active" });
        trouble(&connection(status, json!([error])))
    };
    for code in ["500", "502", "503", "599", "429", "408"] {
        assert_eq!(of("Linked", code), Some(Trouble::Outage), "{code}");
    }
    for code in ["400", "402", "404", "499"] {
        assert_eq!(of("Linked", code), Some(Trouble::Request), "{code}");
    }
    for code in ["", "unknown", "QBO-5003", "302"] {
        assert_eq!(of("Linked", code), Some(Trouble::Error), "{code}");
    }
    assert_eq!(of("Linked", "401"), Some(Trouble::Credentials));
    assert_eq!(of("Linked", "403"), Some(Trouble::Permission));
    assert_eq!(of("Deauthorized", "503"), Some(Trouble::Withdrawn), "whatever the error");
    assert_eq!(of("Unlinked", "503"), Some(Trouble::Unlinked));
    assert_eq!(of("PendingAuth", "403"), None);
}

#[test]
fn each_cause_has_one_line_in_the_table_with_its_source() {
    let actors = [
        (Trouble::Withdrawn, Actor::Customer),
        (Trouble::ConsentEnded, Actor::Customer),
        (Trouble::Idle, Actor::Customer),
        (Trouble::Credentials, Actor::Customer),
        (Trouble::Permission, Actor::Customer),
        (Trouble::Unlinked, Actor::Customer),
        (Trouble::Outage, Actor::Platform),
        (Trouble::Request, Actor::We),
        (Trouble::Error, Actor::We),
        (Trouble::Deleted, Actor::We),
    ];
    assert_eq!(actors.len(), CAUSES.len());
    for (trouble, actor) in actors {
        assert_eq!((trouble.rule().trouble, trouble.actor()), (trouble, actor));
    }
    assert!(CAUSES.iter().all(|rule| rule.source.contains('§') && rule.to_do.ends_with('.')));
}

#[test]
fn the_end_of_a_clock_is_the_cause_if_access_was_lost_after_it_and_not_read_since() {
    let find = |key: &str, created: &str, read: Option<&str>, lost: Option<&str>| {
        let error = json!({ "statusCode": "401", "erroredOnUtc": lost, "status": "Active" });
        let fields = json!({
            "id": "6f1e0a57-1c0d-4c8b-8d51-0e7c53b0a7b1", "status": "Deauthorized", "lastSync": read,
            "integrationKey": key, "created": created, "dataConnectionErrors": [error],
        });
        let connection: Connection = serde_json::from_value(fields).unwrap();
        let found = find_cause(&connection, Clocks::standard().access_end(&connection, None)).unwrap();
        (found.rule.trouble, found.ended.map(|ended| ended.expires))
    };
    let (created, end) = ("2026-01-01T00:00:00Z", "2026-04-01T00:00:00Z");
    let unknown = (Trouble::Withdrawn, None);
    assert_eq!(find("suuo", created, Some(READ), Some(end)), (Trouble::ConsentEnded, at(end)));
    assert_eq!(find("suuo", created, Some(READ), Some("2026-03-30T00:00:00Z")), unknown, "before its end");
    assert_eq!(find("suuo", created, Some("2026-04-02T00:00:00Z"), Some("2026-04-03T00:00:00Z")), unknown);
    let found_late = find("gbol", created, Some(READ), Some("2026-05-20T00:00:00Z"));
    assert_eq!(found_late, (Trouble::Idle, at("2026-04-30T00:00:00Z")));
    assert_eq!(find("gbol", created, Some(READ), Some("2026-04-01T00:00:00Z")), unknown);
    assert_eq!(find("gbol", created, Some(READ), None), unknown, "without a time");
    assert_eq!(find("gbol", created, Some(READ), Some("nonsense")), unknown);
    assert_eq!(find("mqjo", created, Some(READ), Some(end)), unknown, "no clock");
}

#[test]
fn there_is_trouble_exactly_where_the_color_needs_attention() {
    for status in ["Linked", "Deauthorized", "Unlinked", "PendingAuth", "Newer"] {
        for errors in [json!([]), json!([{ "statusCode": "503", "erroredOnUtc": AFTER, "status": "Active" }])]
        {
            let connection = connection(status, errors);
            assert_eq!(
                trouble(&connection).is_some(),
                connection_color(&connection).needs_attention(),
                "{status}"
            );
        }
    }
}
