//! Lists of companies against a naive model of the query language (§2.3), of tags (§2.7), of `orderBy` (§2.4)
//! and of paging (§2.2): the model reads the whole list, and looks through it case by case.

use std::cmp::Ordering;

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::Value;

use crate::support::{Api, text};

const PROPERTIES: [&str; 13] = [
    "id",
    "name",
    "description",
    "created",
    "lastSync",
    "createdByUserName",
    "tags.region",
    "referenceParentCompany.name",
    "dataConnections.status",
    "dataConnections.integrationKey",
    "dataConnections.platformName",
    "dataConnections.sourceType",
    "dataConnections.lastSync",
];

/// One comparison, and whether it stands after `&&` or after `||`.
#[derive(Debug, Clone)]
struct Part {
    property: usize,
    operator: &'static str,
    value: String,
    or: bool,
}

#[derive(Debug, Clone)]
struct Question {
    parts: Vec<Part>,
    order: Option<(usize, bool)>,
    tag: Option<(bool, &'static str)>,
    size: usize,
}

fn values() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => proptest::sample::select(vec![
            "Linked", "unlinked", "DEAUTHORIZED", "PendingAuth", "Accounting", "banking", "gbol", "exgd",
            "xero", "Stripe", "Harbour Lane Bakery", "API", "operations", "uk", "us", "cust-0042",
        ]).prop_map(str::to_owned),
        2 => "[a-zA-Z ]{1,2}".prop_filter("a value", |text| !text.trim().is_empty()),
        2 => (0..400_u32).prop_map(|days| {
            let day = jiff::civil::date(2026, 11, 23) - jiff::Span::new().days(i64::from(days));
            day.to_string()
        }),
        1 => (0..400_i64).prop_map(|hours| {
            let start: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
            (start - jiff::SignedDuration::from_hours(hours)).to_string()
        }),
        1 => Just("11111111-1111-1111-1111-111111111111".to_owned()),
    ]
}

fn questions() -> impl Strategy<Value = Question> {
    let operators = ["=", "!=", "~", ">", "<", ">=", "<="];
    let part = (0..PROPERTIES.len(), proptest::sample::select(operators.to_vec()), values(), any::<bool>())
        .prop_map(|(property, operator, value, or)| Part { property, operator, value, or });
    let orderable = 0..8_usize;
    (
        proptest::collection::vec(part, 0..4),
        proptest::option::of((orderable, any::<bool>())),
        proptest::option::of((any::<bool>(), proptest::sample::select(vec!["uk", "us", "U", "x"]))),
        1..70_usize,
    )
        .prop_map(|(parts, order, tag, size)| Question { parts, order, tag, size })
}

impl Question {
    fn target(&self) -> String {
        let encoded = |text: &str| {
            percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
        };
        let mut query = String::new();
        for (n, part) in self.parts.iter().enumerate() {
            if n > 0 {
                query.push_str(if part.or { " || " } else { " && " });
            }
            query.push_str(&format!("{}{}{}", PROPERTIES[part.property], part.operator, part.value));
        }
        let mut target = format!("/companies?pageSize={}&query={}", self.size, encoded(&query));
        if let Some((property, down)) = self.order {
            target.push_str(&format!("&orderBy={}{}", if down { "-" } else { "" }, PROPERTIES[property]));
        }
        if let Some((equal, value)) = self.tag {
            let tags = format!("region {} {value}", if equal { "=" } else { "!=" });
            target.push_str(&format!("&tags={}", encoded(&tags)));
        }
        target
    }

    /// What the list must be.
    fn model<'a>(&self, all: &'a [Value]) -> Vec<&'a Value> {
        let mut kept: Vec<&Value> = all.iter().filter(|company| self.fits(company)).collect();
        if let Some((property, down)) = self.order {
            kept.sort_by(|a, b| in_order(at(a, PROPERTIES[property]), at(b, PROPERTIES[property]), down));
        }
        kept
    }

    /// `&&` binds tighter than `||`.
    fn fits(&self, company: &Value) -> bool {
        let groups: Vec<&[Part]> = self.parts.chunk_by(|_, next| !next.or).collect();
        let any =
            groups.is_empty() || groups.iter().any(|group| group.iter().all(|part| holds(part, company)));
        let tag = self.tag.is_none_or(|(equal, value)| {
            let found = company["tags"].get("region").map(text);
            found.is_some_and(|found| found.eq_ignore_ascii_case(value)) == equal
        });
        any && tag
    }
}

fn holds(part: &Part, company: &Value) -> bool {
    let property = PROPERTIES[part.property];
    let found: Vec<&str> = match property.strip_prefix("dataConnections.") {
        Some(rest) => {
            company["dataConnections"].as_array().unwrap().iter().filter_map(|it| at(it, rest)).collect()
        }
        None => at(company, property).into_iter().collect(),
    };
    let value = part.value.trim();
    let equal = |found: &&str| {
        found.to_lowercase() == value.to_lowercase()
            || instant(found).is_some_and(|it| Some(it) == instant(value))
    };
    let ordered = |is: fn(Ordering) -> bool| {
        found.iter().any(|found| {
            instant(found).zip(instant(value)).is_some_and(|(found, value)| is(found.cmp(&value)))
        })
    };
    match part.operator {
        "=" => found.iter().any(equal),
        "!=" => !found.iter().any(equal),
        "~" => found.iter().any(|found| found.to_lowercase().contains(&value.to_lowercase())),
        ">" => ordered(Ordering::is_gt),
        "<" => ordered(Ordering::is_lt),
        ">=" => ordered(Ordering::is_ge),
        _ => ordered(Ordering::is_le),
    }
}

/// The text at a path of objects.
fn at<'a>(value: &'a Value, path: &str) -> Option<&'a str> {
    path.split('.').try_fold(value, |value, name| value.get(name))?.as_str()
}

fn instant(text: &str) -> Option<Timestamp> {
    let whole = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
    whole.parse().ok()
}

/// What is missing comes last, either way.
fn in_order(a: Option<&str>, b: Option<&str>, down: bool) -> Ordering {
    let (Some(a), Some(b)) = (a, b) else { return b.is_some().cmp(&a.is_some()) };
    let order = match (instant(a), instant(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        _ => (a.to_lowercase(), a).cmp(&(b.to_lowercase(), b)),
    };
    if down { order.reverse() } else { order }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10))]

    #[test]
    fn every_list_is_what_a_naive_reader_makes_of_it(
        questions in proptest::collection::vec(questions(), 30),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let api = Api::new().await;
            let all = api.companies().await;
            for question in &questions {
                let expected = question.model(&all);
                let (mut seen, mut next) = (Vec::new(), Some(question.target()));
                while let Some(target) = next {
                    let page = api.get(&target).await.expect(200).json();
                    prop_assert_eq!(&page["totalResults"], expected.len());
                    seen.extend(page["results"].as_array().unwrap().iter().cloned());
                    next = page["_links"]["next"]["href"].as_str().map(str::to_owned);
                }
                prop_assert_eq!(seen.iter().collect::<Vec<_>>(), expected, "{}", question.target());
            }
            Ok(())
        })?;
    }
}
