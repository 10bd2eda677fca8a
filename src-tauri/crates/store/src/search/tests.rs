//! The grammar of the search box.

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().expect("an instant")
}

fn parse(text: &str) -> Search {
    Search::parse(text, &now().to_zoned_datetime(jiff::tz::TimeZone::UTC))
}

/// The tests of a search that is right in everything.
fn conditions(text: &str) -> Vec<Condition> {
    let search = parse(text);
    assert_eq!(search.problems, [], "{text}");
    search.terms.into_iter().map(|term| term.condition).collect()
}

fn plain(needle: &str) -> Condition {
    Condition::Text { needle: needle.to_owned(), id_prefix: None }
}

fn prefix(text: &str) -> Option<String> {
    let condition = conditions(text).remove(0);
    let Condition::Text { id_prefix, .. } = condition else { panic!("{condition:?}") };
    id_prefix
}

fn problem(text: &str) -> (u32, u32, String) {
    let mut problems = parse(text).problems;
    assert_eq!(problems.len(), 1, "{text}: {problems:?}");
    let problem = problems.remove(0);
    (problem.start, problem.end, problem.message)
}

fn times(text: &str) -> (i64, i64, bool) {
    let condition = conditions(text).remove(0);
    let Condition::Time { from, until, missing, .. } = condition else { panic!("{condition:?}") };
    (from, until, missing)
}

fn ms(instant: &str) -> i64 {
    instant.parse::<Timestamp>().expect("an instant").as_millisecond()
}

#[test]
fn words_and_phrases() {
    assert_eq!(conditions("  Harbour  LANE "), [plain("harbour"), plain("lane")]);
    assert_eq!(conditions("\"Harbour Lane\" x"), [plain("harbour lane"), plain("x")]);
    assert_eq!(conditions("har\"bour la\"ne"), [plain("harbour lane")]);
    assert_eq!(conditions("\"is:red\""), [plain("is:red")], "what is quoted is no filter");
    assert_eq!(conditions("10:30"), [plain("10:30")], "nor is what does not begin with letters");
    assert_eq!(conditions(""), []);
    assert_eq!(conditions("\"\" \"  \""), []);
}

#[test]
fn nothing_is_a_wildcard() {
    assert_eq!(
        conditions("100% a_b * ? \\"),
        [plain("100%"), plain("a_b"), plain("*"), plain("?"), plain("\\")]
    );
}

#[test]
fn a_minus_turns_around() {
    let search = parse("-foo -is:red -\"a b\" - x-y");
    let negated: Vec<_> = search.terms.iter().map(|term| term.negated).collect();
    assert_eq!(negated, [true, true, true, false, false]);
    assert_eq!(search.terms[2].condition, plain("a b"));
    assert_eq!(search.terms[3].condition, plain("-"), "alone it is a word");
}

#[test]
fn filters_have_values_in_any_case() {
    assert_eq!(conditions("IS:Red is:broken"), [Condition::Is(1), Condition::Is(1)]);
    assert_eq!(conditions("is:attention"), [Condition::Is(3)]);
    assert_eq!(conditions("has:none"), [Condition::Has(ColorSet(16))]);
    assert_eq!(
        conditions("platform:\"QuickBooks Online\""),
        [Condition::Platform("quickbooks online".to_owned())]
    );
    assert_eq!(
        conditions("by:Ãnn name:LTD product:Lending"),
        [
            Condition::By("ann".to_owned()),
            Condition::Name("ltd".to_owned()),
            Condition::Product("lending".to_owned())
        ]
    );
    let tag = |key: &str, value: Option<&str>| Condition::Tag {
        key: key.to_owned(),
        value: value.map(str::to_owned),
    };
    assert_eq!(
        conditions("tag:Region tag:region=ÜK tag:\"a b=c d\" tag:region="),
        [tag("region", None), tag("region", Some("uk")), tag("a b", Some("c d")), tag("region", None)]
    );
}

#[test]
fn lengths_of_time() {
    let day_ago = ms("2026-11-22T12:00:00Z");
    assert_eq!(times("stale:>1d"), (i64::MIN + 1, day_ago, true), "older, or never");
    assert_eq!(times("stale:1d"), times("stale:>1d"));
    assert_eq!(times("stale:>=1d"), (i64::MIN + 1, day_ago + 1, true));
    assert_eq!(times("stale:<1d"), (day_ago + 1, i64::MAX, false), "never is not recent");
    assert_eq!(times("stale:>24h"), times("stale:>1440m"));
    assert_eq!(times("stale:>2w"), times("stale:>14d"));
    assert_eq!(times("created:>1d"), (i64::MIN + 1, day_ago, false));
    assert_eq!(times("created:<1d"), (day_ago + 1, i64::MAX, false));
    assert_eq!(times("created:1d"), times("created:<1d"));
    let tomorrow = ms("2026-11-24T12:00:00Z");
    assert_eq!(times("expires:<1d"), (i64::MIN + 1, tomorrow, false), "what is past may have expired");
    assert_eq!(times("expires:>1d"), (tomorrow + 1, i64::MAX, false));
}

#[test]
fn days_months_and_years() {
    let (first, second) = (ms("2026-10-01T00:00:00Z"), ms("2026-11-01T00:00:00Z"));
    assert_eq!(times("created:2026-10"), (first, second, false));
    assert_eq!(times("created:<2026-10"), (i64::MIN + 1, first, false));
    assert_eq!(times("created:<=2026-10"), (i64::MIN + 1, second, false));
    assert_eq!(times("created:>2026-10"), (second, i64::MAX, false));
    assert_eq!(times("created:>=2026-10"), (first, i64::MAX, false));
    assert_eq!(times("created:2026-12-31"), (ms("2026-12-31T00:00:00Z"), ms("2027-01-01T00:00:00Z"), false));
    assert_eq!(times("created:2024"), (ms("2024-01-01T00:00:00Z"), ms("2025-01-01T00:00:00Z"), false));
    assert_eq!(times("expires:<2026-12-01").1, ms("2026-12-01T00:00:00Z"));
}

#[test]
fn what_could_be_an_id_is_looked_up_as_one() {
    assert_eq!(prefix("C0FFEE"), Some("c0ffee".to_owned()));
    assert_eq!(prefix("c0ffee00-12"), Some("c0ffee00-12".to_owned()));
    assert_eq!(prefix("c0ffee00-"), Some("c0ffee00".to_owned()));
    assert_eq!(prefix("c0ffee001234"), Some("c0ffee00-1234".to_owned()), "hyphens may be left out");
    assert_eq!(
        prefix("c0ffee0012345678123456781234567 8".replace(' ', "").as_str()),
        Some("c0ffee00-1234-5678-1234-567812345678".to_owned())
    );
    for no_id in ["ab", "a-b", "bakery", "c0f-fee", "c0ffee00--12", "0123456789abcdef0123456789abcdef0"] {
        assert_eq!(prefix(no_id), None, "{no_id}");
    }
}

#[test]
fn an_unknown_filter_is_named_and_searched_as_text() {
    let search = parse("x staus:red");
    assert_eq!(search.terms[1].condition, plain("staus:red"));
    let (start, end, message) = problem("x staus:red");
    assert_eq!((start, end), (2, 11));
    assert!(message.contains("staus:") && message.contains("Did you mean"), "{message}");
    for (typed, meant) in
        [("plattform", "platform:"), ("expire", "expires:"), ("tags", "tag:"), ("nam", "name:")]
    {
        let (_, _, message) = problem(&format!("{typed}:x"));
        assert!(message.contains(&format!("Did you mean {meant}?")), "{message}");
    }
}

#[test]
fn a_wrong_value_is_told_and_left_out() {
    for wrong in [
        "is:rde",
        "has:blue",
        "is:",
        "tag:=x",
        "tag:",
        "stale:soon",
        "stale:>d",
        "stale:>7",
        "stale:>7y",
        "stale:2026-01-01",
        "created:yesterday",
        "created:2026-13",
        "created:2026-02-30",
        "created:26-01-01",
        "created:<",
        "created:2026-1-1-1",
        "expires:>",
        "stale:>99999999999999999999d",
        "created:>9999999w",
        "created:9999-12-31",
        "platform:\"\"",
    ] {
        let search = parse(&format!("kept {wrong}"));
        assert_eq!(search.terms.len(), 1, "{wrong}");
        let (start, end, message) = problem(&format!("kept {wrong}"));
        assert_eq!((start, end), (5, 5 + utf16_len(wrong)));
        assert!(message.ends_with('.') || message.ends_with('?'), "{message}");
    }
    assert!(problem("is:rde").2.contains("Did you mean is:red?"));
}

#[test]
fn an_open_quote_goes_on_to_the_end() {
    let search = parse("a \"b c is:red");
    assert_eq!(search.terms[1].condition, plain("b c is:red"));
    assert_eq!((problem("a \"b c is:red").0, problem("a \"b c is:red").1), (2, 13));
}

#[test]
fn places_are_in_utf16_units() {
    let (start, end, _) = problem("😀é wat:1");
    assert_eq!((start, end), (4, 9));
}

#[test]
fn the_same_filter_twice_means_either_for_colors_and_integrations() {
    let search = parse("is:red is:grey platform:a platform:b tag:a tag:b -is:none word");
    let sizes: Vec<_> = search.groups().iter().map(Vec::len).collect();
    assert_eq!(sizes, [1, 1, 1, 1, 2, 2], "tags, the negated one and the word stand alone");
}

#[test]
fn a_search_without_end_is_cut_and_told() {
    let long = "a ".repeat(5_000);
    let search = parse(&long);
    assert_eq!(search.terms.len(), MAX_TERMS);
    assert_eq!(search.problems.len(), 1);
    assert_eq!(parse(&"x".repeat(100_000)).terms.len(), 1);
}

proptest! {
    #[test]
    fn any_text_is_understood_somehow(text in any::<String>()) {
        let search = parse(&text);
        for problem in &search.problems {
            prop_assert!(problem.start < problem.end && problem.end <= utf16_len(&text));
        }
    }

    #[test]
    fn any_filter_is_understood_somehow(
        text in "(-?(is|has|platform|tag|stale|created|expires|by|product|name|foo):[<>=]{0,2}[0-9a-zé\"= -]{0,12} ?){0,6}"
    ) {
        let search = parse(&text);
        for problem in &search.problems {
            prop_assert!(problem.start < problem.end && problem.end <= utf16_len(&text));
        }
        prop_assert!(search.groups().iter().map(Vec::len).sum::<usize>() == search.terms.len());
    }
}
