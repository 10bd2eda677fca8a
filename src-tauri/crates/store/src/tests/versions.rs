//! A view that is held at a version equals a fresh one for as long as the version stands.

use codat::{
    ConnectionStatus, Item, Listed,
    expiry::{Clock, Rule},
};
use domain::Cause;
use proptest::prelude::*;
use serde_json::{json, value::RawValue};

use super::making::*;
use crate::{CompaniesPage, ExpiryFilter, ExpiryRow, Skyline, Sort, SortColumn, Store, View};

/// Something that is written.
#[derive(Debug, Clone)]
enum Write {
    /// A sweep reads this of a company: how it stands, when it was last read, and its name.
    Sweep {
        number: u128,
        status: usize,
        read: i64,
        name: usize,
    },
    Unreadable(u128),
    Remove(u128),
    RemoveConnection(u128),
    Clock(u16),
    Integrations {
        offline: bool,
    },
    Notes(u128),
    CloseWindow,
}

fn a_write() -> impl Strategy<Value = Write> {
    let number = 1..5_u128;
    prop_oneof![
        8 => (number.clone(), 0..4_usize, 0..4_i64, 0..2_usize)
            .prop_map(|(number, status, read, name)| Write::Sweep { number, status, read, name }),
        2 => number.clone().prop_map(Write::Unreadable),
        1 => number.clone().prop_map(Write::Remove),
        1 => number.clone().prop_map(Write::RemoveConnection),
        1 => (20..60_u16).prop_map(Write::Clock),
        1 => any::<bool>().prop_map(|offline| Write::Integrations { offline }),
        1 => number.prop_map(Write::Notes),
        1 => Just(Write::CloseWindow),
    ]
}

async fn write(store: &Store, write: &Write) {
    match *write {
        Write::Sweep { number, status, read, name } => {
            let status = ConnectionStatus::KNOWN[status].clone();
            let mut connection = connection(number, "pqsw", "QuickBooks Desktop", status);
            connection.last_sync = Some(days_ago(read));
            let mut company = connected(company(number, ["One", "Other"][name]), [connection]);
            company.last_sync = Some(days_ago(read));
            store.apply(&items(&[company]), Cause::Sweep, None, now()).await.expect("applied");
        }
        Write::Unreadable(number) => {
            let raw =
                RawValue::from_string(format!(r#"{{ "id": "{}" }}"#, company_id(number))).expect("JSON");
            let item = Item { value: Listed { id: company_id(number) }, raw };
            store.apply(&[item], Cause::Sweep, None, now()).await.expect("applied");
        }
        Write::Remove(number) => {
            store.remove_company(company_id(number), Cause::Read, now()).await.expect("removed");
        }
        Write::RemoveConnection(number) => {
            let (company, connection) = (company_id(number), connection_id(number));
            store.remove_connection(company, connection, Cause::Read, now()).await.expect("removed");
        }
        Write::Clock(days) => {
            let rule = Rule { clock: Some(Clock::Idle(days)), source: "test".to_owned(), estimate: false };
            store.set_clock("pqsw", Some(&rule)).await.expect("set");
        }
        Write::Integrations { offline } => {
            let json = json!({ "key": "pqsw", "name": "QuickBooks Desktop", "isOfflineConnector": offline });
            let integration: codat::Integration = serde_json::from_value(json.clone()).expect("one");
            let raw = RawValue::from_string(json.to_string()).expect("JSON");
            let integration = Item { value: integration, raw };
            let version = store.put_integrations(&[integration], now()).await.expect("kept");
            assert_eq!(version, store.version().await);
        }
        Write::Notes(number) => {
            store.write_notes(company_id(number), "", "a note", now()).await.expect("kept");
        }
        Write::CloseWindow => store.drop_columns(),
    }
}

/// All that a window shows: lists with their counts and order, and what the Expiry page and its badge count.
#[derive(Debug, PartialEq)]
struct Shown {
    lists: Vec<CompaniesPage>,
    expiring: Vec<ExpiryRow>,
    skyline: Skyline,
    attention: domain::Attention,
}

async fn shown(store: &Store) -> Shown {
    let mut lists = Vec::new();
    for (search, column) in [
        ("", SortColumn::LastRead),
        ("", SortColumn::Status),
        ("is:unreadable", SortColumn::Name),
        ("stale:>2d", SortColumn::Expires),
    ] {
        let view = View {
            search: search.to_owned(),
            sort: Sort { column, descending: true },
            expanded: Vec::new(),
            locate: None,
        };
        lists.push(store.companies(&view, now()).await.expect("a list"));
    }
    let edges: Vec<i64> = (0..8).map(|week| days_ago(-10 * week).as_millisecond()).collect();
    Shown {
        lists,
        expiring: store.expiring(&ExpiryFilter::default(), 0, 100).await.expect("a list"),
        skyline: store.skyline(&edges).await.expect("a skyline"),
        attention: store.attention(10).await.expect("attention"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn what_is_shown_differs_only_where_the_version_does(writes in prop::collection::vec(a_write(), 1..12)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let (_folder, store) = store().await;
            let mut held = (store.version().await, shown(&store).await);
            for one in &writes {
                write(&store, one).await;
                let fresh = (store.version().await, shown(&store).await);
                if fresh.0 == held.0 {
                    assert_eq!(fresh.1, held.1, "after {one:?}");
                }
                // The same from the database, without what is patched in memory.
                store.drop_columns();
                assert_eq!(shown(&store).await, fresh.1, "after {one:?}");
                held = fresh;
            }
        });
    }
}
