//! A hundred thousand companies: by counts, not by time.

use codat::{Company, ConnectionStatus};
use domain::Cause;

use super::making::*;
use crate::{Sort, SortColumn, View};

const COMPANIES: u128 = 100_000;
const PAGE: usize = 5_000;

fn one(number: u128) -> Company {
    let status =
        if number.is_multiple_of(10) { ConnectionStatus::Deauthorized } else { ConnectionStatus::Linked };
    let mut one = connected(company(number, &format!("Company {number:06}")), [xero(number, status)]);
    one.last_sync = (!number.is_multiple_of(3)).then(|| hours_ago(number as i64 % 5_000));
    one
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_companies_are_all_reachable() {
    let (_folder, store) = store().await;
    let companies: Vec<_> = (0..COMPANIES).map(one).collect();
    let companies = items(&companies);
    for page in companies.chunks(PAGE) {
        let applied = store.apply(page, Cause::Sweep, None, now()).await.expect("applied");
        assert_eq!(applied.changes.len(), 2 * PAGE, "each company and its connection appeared");
    }
    let written = rows_written(&store).await;
    let again = store.apply(&companies[..PAGE], Cause::Sweep, None, now()).await.expect("applied");
    assert_eq!(
        (again.changes.len(), rows_written(&store).await),
        (0, written),
        "the same page writes nothing"
    );

    let view = View::default();
    let page = store.companies(&view, now()).await.expect("a list");
    assert_eq!((page.all, page.row_count, page.rows.len()), (100_000, 100_000, 200));
    assert_eq!((page.counts.red, page.counts.green), (10_000, 90_000));
    let last = store.rows(&view, page.version, 99_999, 200, now()).await.expect("rows");
    assert_eq!((last.rows.len(), last.rows[0].last_read), (1, None), "never read is last");

    let red = store
        .companies(&View { search: "is:red 0001".to_owned(), ..view.clone() }, now())
        .await
        .expect("a list");
    let expected =
        (0..COMPANIES).filter(|number| number % 10 == 0 && format!("{number:06}").contains("0001")).count();
    assert_eq!(red.matching as usize, expected);

    let mut changed = one(4_321);
    changed.name = "Aaa first of all".to_owned();
    store.apply(&items(&[changed]), Cause::Read, None, now()).await.expect("applied");
    assert_eq!(rows_written(&store).await - written, 3, "the company, its record, its entry in the journal");
    let sort = Sort { column: SortColumn::Name, descending: false };
    let first = store.companies(&View { sort, ..view }, now()).await.expect("a list");
    assert_eq!(names(&first)[0], "Aaa first of all");
}
