//! Lists: what they show and how they go on.

use codat::{Color, Company, ConnectionStatus};
use domain::Cause;
use uuid::Uuid;

use super::making::*;
use crate::{Counts, Sort, SortColumn, View};

/// A few companies that differ in everything that can be searched.
fn some() -> Vec<Company> {
    let mut osaka = connected(company(1, "Ōsaka Foods"), [xero(1, ConnectionStatus::Linked)]);
    osaka.created_by_user_name = Some("José Müller".to_owned());
    osaka.tags.insert("Region".to_owned(), "Japan East".to_owned());
    osaka.last_sync = Some(hours_ago(1));
    let mut strasse = connected(
        company(2, "Bäckerei Hauptstraße 100%"),
        [
            xero(2, ConnectionStatus::Unlinked),
            connection(3, "qhyg", "QuickBooks Online", ConnectionStatus::Linked),
        ],
    );
    strasse.tags.insert("region".to_owned(), "eu".to_owned());
    strasse.tags.insert("tier".to_owned(), "gold".to_owned());
    strasse.products.push("lending".to_owned());
    strasse.last_sync = Some(days_ago(10));
    strasse.created = days_ago(1);
    let broken = connected(
        company(3, "Łódź Steel"),
        [connection(4, "pqsw", "QuickBooks Desktop", ConnectionStatus::Deauthorized)],
    );
    vec![osaka, strasse, broken, company(4, "never_connected")]
}

const OSAKA: &str = "Ōsaka Foods";
const STRASSE: &str = "Bäckerei Hauptstraße 100%";
const STEEL: &str = "Łódź Steel";
const NEVER: &str = "never_connected";

#[tokio::test]
async fn each_kind_of_term_finds_what_it_says() {
    let (_folder, store) = store_of(&some()).await;
    let all = [STRASSE, STEEL, NEVER, OSAKA];
    for (search, expected) in [
        ("", &all[..]),
        ("osaka", &[OSAKA]),
        ("OSAKA foods", &[OSAKA]),
        ("\"foods osaka\"", &[]),
        ("hauptstrasse", &[STRASSE]),
        ("lodz", &[STEEL]),
        ("muller", &[OSAKA]),
        ("quickbooks", &[STRASSE, STEEL]),
        ("qhyg", &[STRASSE]),
        ("japan", &[OSAKA]),
        ("region=eu", &[STRASSE]),
        ("100%", &[STRASSE]),
        ("%", &[STRASSE]),
        ("_", &[NEVER]),
        ("*", &[]),
        ("c0000000-0000-0000-0000-000000000003", &[STEEL]),
        ("d000000000000000000000000000000", &[STRASSE, STEEL, OSAKA]),
        ("d0000000-0000-0000-0000-000000000003", &[STRASSE]),
        ("is:red", &[STEEL]),
        ("is:none", &[NEVER]),
        ("is:attention", &[STRASSE, STEEL]),
        ("is:red is:none", &[STEEL, NEVER]),
        ("-is:red -is:none", &[STRASSE, OSAKA]),
        ("has:green", &[STRASSE, OSAKA]),
        ("has:none", &[NEVER]),
        ("platform:xero", &[STRASSE, OSAKA]),
        ("platform:gbol", &[STRASSE, OSAKA]),
        ("platform:gbo", &[]),
        ("platform:desktop platform:online", &[STRASSE, STEEL]),
        ("-platform:xero", &[STEEL, NEVER]),
        ("tag:region", &[STRASSE, OSAKA]),
        ("tag:region=EU", &[STRASSE]),
        ("tag:region=e", &[]),
        ("tag:\"region=japan east\"", &[OSAKA]),
        ("tag:region tag:tier", &[STRASSE]),
        ("by:jose", &[OSAKA]),
        ("by:osaka", &[]),
        ("name:osaka", &[OSAKA]),
        ("name:xero", &[]),
        ("product:lending", &[STRASSE]),
        ("lending", &[]),
        ("stale:>7d", &[STRASSE, STEEL, NEVER]),
        ("stale:<7d", &[OSAKA]),
        ("created:<7d", &[STRASSE]),
        ("created:>7d", &[STEEL, NEVER, OSAKA]),
        ("expires:<200d", &[OSAKA, STRASSE]),
        ("wat:osaka", &[]),
        ("is:nonsense", &all),
    ] {
        let mut expected = expected.to_vec();
        expected.sort_by_key(|name| all.iter().position(|known| known == name));
        assert_eq!(found(&store, search).await, expected, "{search}");
    }
}

#[tokio::test]
async fn counts_leave_the_color_filters_out() {
    let (_folder, store) = store_of(&some()).await;
    let page = store.companies(&by_name("is:red quickbooks"), now()).await.expect("a list");
    assert_eq!(page.counts, Counts { red: 1, grey: 1, ..Counts::default() }, "both with QuickBooks");
    assert_eq!((page.all, page.matching, page.row_count), (4, 1, 1));
    let page = store.companies(&by_name(""), now()).await.expect("a list");
    assert_eq!(page.counts, Counts { red: 1, grey: 1, purple: 0, green: 1, none: 1 }, "they add up to all");
}

#[tokio::test]
async fn what_is_missing_is_last_both_ways() {
    let (_folder, store) = store_of(&some()).await;
    for (descending, expected) in
        [(false, [STRASSE, OSAKA, STEEL, NEVER]), (true, [OSAKA, STRASSE, STEEL, NEVER])]
    {
        let sort = Sort { column: SortColumn::LastRead, descending };
        let page = store.companies(&View { sort, ..View::default() }, now()).await.expect("a list");
        assert_eq!(names(&page), expected, "and what is equal goes by name");
    }
}

#[tokio::test]
async fn a_row_has_what_the_list_shows() {
    let (_folder, store) = store_of(&some()).await;
    let row = store.company(company_id(2)).await.expect("a row").expect("there");
    assert_eq!((row.color, row.depth, row.subsidiaries, row.parent), (Color::Grey, 0, 0, None));
    let chips: Vec<_> = row.connections.iter().map(|chip| (chip.name.as_str(), chip.word.as_str())).collect();
    assert_eq!(chips, [("Xero", "Unlinked"), ("QuickBooks Online", "Linked")], "worst first");
    assert_eq!(row.tags, [("region".to_owned(), "eu".to_owned()), ("tier".to_owned(), "gold".to_owned())]);
    assert_eq!(row.expires, Some((days_ago(90) + jiff::SignedDuration::from_hours(2400)).as_millisecond()));
    assert_eq!(store.company(company_id(99)).await.expect("asked"), None);
}

#[tokio::test]
async fn subsidiaries_stand_under_their_open_parent_until_something_is_searched() {
    let companies = [
        company(1, "Parent"),
        under(company(2, "Zeta"), 1),
        under(company(3, "Alpha"), 1),
        under(company(4, "Orphan"), 9),
    ];
    let (_folder, store) = store_of(&companies).await;
    let closed = store.companies(&by_name(""), now()).await.expect("a list");
    assert_eq!(names(&closed), ["Orphan", "Parent"], "an unknown parent hides nobody");
    assert_eq!((closed.all, closed.matching, closed.row_count), (4, 4, 2));
    assert_eq!(closed.rows[1].subsidiaries, 2);
    let open = View { expanded: vec![company_id(1), company_id(3), company_id(77)], ..by_name("") };
    let opened = store.companies(&open, now()).await.expect("a list");
    assert_eq!(names(&opened), ["Orphan", "Parent", "Alpha", "Zeta"]);
    assert_eq!(opened.rows.iter().map(|row| row.depth).collect::<Vec<_>>(), [0, 0, 1, 1]);
    assert_eq!(opened.row_count, 4);
    assert_eq!(
        opened.rows[2].parent.as_ref().map(|parent| parent.name.as_str()),
        Some("Parent"),
        "as it is called now"
    );
    assert_eq!(
        opened.rows[0].parent.as_ref().map(|parent| parent.name.as_str()),
        Some("As the child says it")
    );
    let second = store.rows(&open, opened.version, 2, 1, now()).await.expect("rows");
    assert_eq!(second.rows[0].name, "Alpha");
    let searched = store.companies(&View { search: "a".to_owned(), ..open }, now()).await.expect("a list");
    assert_eq!(names(&searched), ["Alpha", "Orphan", "Parent", "Zeta"], "a search is flat");
    assert!(searched.rows.iter().all(|row| row.depth == 0));
}

#[tokio::test]
async fn a_day_that_is_searched_for_is_the_day_where_the_person_is() {
    let mut evening = company(1, "Made in the evening");
    evening.created = "2026-11-20T23:30:00Z".parse().expect("an instant");
    let (_folder, store) = store_of(&[evening]).await;
    assert_eq!(found(&store, "created:2026-11-20").await, ["Made in the evening"]);
    store.set_time_zone(jiff::tz::TimeZone::fixed(jiff::tz::offset(13)));
    assert!(found(&store, "created:2026-11-20").await.is_empty());
    assert_eq!(found(&store, "created:2026-11-21").await, ["Made in the evening"], "as its row says");
    assert_eq!(found(&store, "created:>2026-11-20 created:<2026-11-22").await, ["Made in the evening"]);
    store.set_time_zone(jiff::tz::TimeZone::fixed(jiff::tz::offset(-5)));
    assert_eq!(found(&store, "created:2026-11-20").await, ["Made in the evening"]);
}

#[tokio::test]
async fn a_parent_says_of_what_color_its_subsidiaries_are_and_they_are_counted_and_found_like_all() {
    let linked = |number| xero(number, ConnectionStatus::Linked);
    let companies = [
        connected(company(1, "Parent"), [linked(1)]),
        under(connected(company(2, "Broken child"), [xero(2, ConnectionStatus::Deauthorized), linked(3)]), 1),
        under(connected(company(3, "Green child"), [linked(4)]), 1),
        under(company(4, "Bare child"), 1),
        connected(company(5, "Alone"), [linked(5)]),
    ];
    let (_folder, store) = store_of(&companies).await;
    for search in ["", "is:green is:red is:none"] {
        let page = store.companies(&by_name(search), now()).await.expect("a list");
        let parent = page.rows.iter().find(|row| row.name == "Parent").expect("the parent's row");
        assert_eq!((parent.color, parent.subsidiaries), (Color::Green, 3));
        assert_eq!(parent.subsidiary_counts, Counts { red: 1, green: 1, none: 1, ..Counts::default() });
        assert_eq!(page.counts, Counts { red: 1, green: 3, none: 1, ..Counts::default() });
        let alone = page.rows.iter().find(|row| row.name == "Alone").expect("a row");
        assert_eq!(alone.subsidiary_counts, Counts::default());
    }
    assert_eq!(found(&store, "is:red").await, ["Broken child"], "as many as the status counts");
}

#[tokio::test]
async fn the_row_of_a_company_is_found_wherever_it_has_gone() {
    let mut companies: Vec<_> =
        (0..450).map(|number| company(number, &format!("Company {number:03}"))).collect();
    companies.push(under(company(450, "Company 450"), 0));
    let (_folder, store) = store_of(&companies).await;
    let located = async |view: View, number: u128| {
        let view = View { locate: Some(company_id(number)), ..view };
        store.companies(&view, now()).await.expect("a list").located
    };
    assert_eq!(located(by_name(""), 321).await, Some(321), "beyond the rows that come with the answer");
    assert_eq!(located(by_name(""), 450).await, None, "under a closed parent");
    assert_eq!(located(View { expanded: vec![company_id(0)], ..by_name("") }, 450).await, Some(1));
    assert_eq!(located(by_name("\"company 4\""), 401).await, Some(1));
    assert_eq!(located(by_name("\"company 4\""), 321).await, None, "not among those that match");
    assert_eq!(located(by_name(""), 999).await, None, "not known");
    let renamed = company(321, "Aardvark");
    store.apply(&items(&[renamed]), Cause::Own, None, now()).await.expect("applied");
    assert_eq!(located(by_name(""), 321).await, Some(0));
    assert_eq!(store.companies(&by_name(""), now()).await.expect("a list").located, None, "not asked for");
}

#[tokio::test]
async fn every_company_has_a_row_whatever_its_parents_say() {
    let companies = [
        under(company(1, "Its own parent"), 1),
        under(company(2, "Two"), 3),
        under(company(3, "Three"), 2),
        company(4, "Top"),
        under(company(5, "Middle"), 4),
        under(company(6, "Low"), 5),
    ];
    let (_folder, store) = store_of(&companies).await;
    let open = View { expanded: (1..=6).map(company_id).collect(), ..by_name("") };
    let page = store.companies(&open, now()).await.expect("a list");
    assert_eq!(names(&page), ["Its own parent", "Low", "Three", "Top", "Middle", "Two"]);
    let promised: Vec<_> = page.rows.iter().map(|row| row.subsidiaries).collect();
    assert_eq!(promised, [0, 0, 0, 1, 0, 0], "a row promises as many as open under it");
}

#[tokio::test]
async fn rows_of_an_old_version_say_the_current_one() {
    let companies: Vec<_> = (0..450).map(|number| company(number, &format!("Company {number:03}"))).collect();
    let (_folder, store) = store_of(&companies).await;
    let view = by_name("");
    let first = store.companies(&view, now()).await.expect("a list");
    assert_eq!((first.rows.len(), first.row_count), (200, 450));
    let next = store.rows(&view, first.version, 200, 200, now()).await.expect("rows");
    assert_eq!((next.version, next.offset, next.rows[0].name.as_str()), (first.version, 200, "Company 200"));
    let applied =
        store.apply(&items(&[company(999, "Aardvark")]), Cause::Own, None, now()).await.expect("applied");
    let later = store.rows(&view, first.version, 200, 200, now()).await.expect("rows");
    assert_eq!(later.version, applied.version, "the asker sees that the list moved");
    assert!(later.version > first.version);
    assert_eq!(later.rows[0].name, "Company 199", "and these are the rows of the list as it is");
    let end = store.rows(&view, later.version, 450, 200, now()).await.expect("rows");
    assert_eq!(end.rows.len(), 1);
    assert_eq!(store.rows(&view, later.version, 9_999, 200, now()).await.expect("rows").rows, []);
}

#[tokio::test]
async fn a_window_that_closes_frees_the_columns_and_one_that_opens_finds_the_same() {
    let (_folder, store) = store_of(&some()).await;
    let before = store.companies(&by_name("is:attention"), now()).await.expect("a list");
    store.drop_columns();
    assert!(!store.has_columns());
    let mut changed = some();
    changed[2].name = "Renamed meanwhile".to_owned();
    store.apply(&items(&changed), Cause::Sweep, None, now()).await.expect("applied");
    assert!(!store.has_columns(), "a write alone loads nothing");
    let after = store.companies(&by_name("is:attention"), now()).await.expect("a list");
    assert_eq!(names(&after), [STRASSE, "Renamed meanwhile"]);
    assert!(after.version > before.version);
}

#[tokio::test]
async fn the_first_page_is_the_same_with_columns_and_without() {
    let mut companies = some();
    companies.extend([
        company(10, "Parent"),
        under(company(11, "Child"), 10),
        under(company(12, "Grandchild"), 11),
        under(company(13, "Its own parent"), 13),
        under(company(14, "One of two"), 15),
        under(company(15, "Two of two"), 14),
        under(company(16, "Orphan"), 99),
    ]);
    let (_folder, store) = store_of(&companies).await;
    for (column, descending) in
        [(SortColumn::Name, false), (SortColumn::LastRead, true), (SortColumn::Created, true)]
    {
        let view = View { sort: Sort { column, descending }, ..View::default() };
        store.drop_columns();
        let from_an_index = store.companies(&view, now()).await.expect("a list");
        assert!(!store.has_columns(), "the first page needs no columns");
        store.load_columns().await.expect("columns");
        let from_columns = store.companies(&view, now()).await.expect("a list");
        assert_eq!(from_an_index, from_columns);
    }
}

#[tokio::test]
async fn a_write_that_is_dropped_in_the_middle_leaves_lists_true() {
    let (_folder, store) = store_of(&some()).await;
    found(&store, "").await;
    let (mut polls, page) = (0, items(&[company(50, "Half")]));
    let mut write = Box::pin(store.apply(&page, Cause::Sweep, None, now()));
    // Poll it a few times only, then let go of it.
    let cut = std::future::poll_fn(|context| {
        polls += 1;
        match write.as_mut().poll(context) {
            std::task::Poll::Ready(_) => std::task::Poll::Ready(true),
            std::task::Poll::Pending if polls >= 3 => std::task::Poll::Ready(false),
            std::task::Poll::Pending => std::task::Poll::Pending,
        }
    });
    let _finished = cut.await;
    drop(write);
    // What was sent to the database before goes on without its future: the writer is free once that has ended.
    let mut writer = store.database.writer().await.expect("a writer");
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM companies WHERE name = 'Half'")
        .fetch_one(&mut *writer)
        .await
        .expect("a count");
    drop(writer);
    let listed = found(&store, "half").await.len();
    assert_eq!(listed as i64, kept, "the list shows what the database has");
}

#[tokio::test]
async fn names_may_be_anything() {
    let odd = [
        "",
        "<b>x</b>",
        "\u{202e}rtl",
        "😀",
        &"long ".repeat(2_000),
        "NUL\0here",
        "\"quoted\"",
        "tab\tnewline\n",
        "\u{1e}\u{1}\u{5}k=v",
    ];
    let companies: Vec<_> =
        odd.iter().enumerate().map(|(number, name)| company(number as u128, name)).collect();
    let (_folder, store) = store_of(&companies).await;
    let page = store.companies(&by_name(""), now()).await.expect("a list");
    let mut listed = names(&page);
    let mut odd = odd.to_vec();
    listed.sort_unstable();
    odd.sort_unstable();
    assert_eq!(listed, odd, "each as it was said");
    for (search, hits) in [("😀", 1), ("here", 1), ("<b>", 1), ("tag:k=v", 0), ("\"tab newline\"", 1)] {
        assert_eq!(found(&store, search).await.len(), hits, "{search}");
    }
}

#[tokio::test]
async fn what_needs_attention_is_red_then_grey_then_by_name() {
    let companies = [
        connected(
            company(1, "b"),
            [xero(1, ConnectionStatus::Deauthorized), xero(2, ConnectionStatus::Linked)],
        ),
        connected(company(2, "Ä"), [xero(3, ConnectionStatus::Deauthorized)]),
        connected(company(3, "a grey one"), [xero(4, ConnectionStatus::Unlinked)]),
        connected(company(4, "fine"), [xero(5, ConnectionStatus::Linked)]),
        company(5, "none"),
    ];
    let (_folder, store) = store_of(&companies).await;
    let attention = store.attention(10).await.expect("attention");
    assert_eq!((attention.red, attention.grey, attention.purple), (2, 1, 0));
    assert_eq!(store.company_count().await.expect("asked"), 5);
    let named: Vec<_> = attention.companies.iter().map(|company| company.name.as_str()).collect();
    assert_eq!(named, ["Ä", "b", "a grey one"]);
    assert_eq!(attention.companies[1].connections.len(), 1, "only what is red or grey");
    assert_eq!((attention.companies[1].id, attention.companies[2].id), (company_id(1), company_id(3)));
    assert_eq!(store.attention(1).await.expect("attention").companies.len(), 1);
}

#[tokio::test]
async fn what_was_lost_last_needs_attention_first_however_connections_come_and_go() {
    use ConnectionStatus::{Deauthorized, Linked};
    let (_folder, store) = store().await;
    let of = |number, status| connected(company(number, &format!("{number}")), [xero(number, status)]);
    let at = |hours| now() + jiff::SignedDuration::from_hours(hours);
    let lost = async |companies: &[codat::Company], hours: i64| {
        store.apply(&items(companies), domain::Cause::Sweep, None, at(hours)).await.expect("applied");
        let attention = store.attention(10).await.expect("attention");
        attention.companies.into_iter().map(|company| company.name).collect::<Vec<_>>()
    };
    assert!(lost(&[of(1, Linked), of(2, Linked), of(3, Deauthorized)], 0).await == ["3"]);
    assert_eq!(lost(&[of(1, Deauthorized)], 1).await, ["1", "3"]);
    assert_eq!(lost(&[of(2, Deauthorized)], 2).await, ["2", "1", "3"]);
    assert_eq!(lost(&[of(1, Linked)], 3).await, ["2", "3"]);
    assert_eq!(lost(&[of(1, Deauthorized)], 4).await, ["1", "2", "3"]);
    // Its connection is with another company now.
    let moved = connected(company(4, "4"), [xero(1, Deauthorized)]);
    assert_eq!(lost(&[company(1, "1"), moved], 5).await[0], "4");
    store
        .remove_connection(company_id(2), connection_id(2), domain::Cause::Read, at(6))
        .await
        .expect("removed");
    let mut writer = store.database.writer().await.expect("a writer");
    let wrong: Vec<i64> = sqlx::query_scalar(
        "SELECT number FROM companies
         WHERE lost IS NOT (SELECT max(own.deauthorized) FROM connections AS own WHERE own.company = number)",
    )
    .fetch_all(&mut *writer)
    .await
    .expect("asked");
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[tokio::test]
async fn ids_sort_as_they_read() {
    let mut companies = vec![company(1, "last"), company(2, "first")];
    companies[1].id = codat::CompanyId(Uuid::from_u128(7));
    let (_folder, store) = store_of(&companies).await;
    let sort = Sort { column: SortColumn::Id, descending: false };
    let page = store.companies(&View { sort, ..View::default() }, now()).await.expect("a list");
    assert_eq!(names(&page), ["first", "last"]);
}
