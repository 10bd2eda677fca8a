//! Runs that change companies, in the store.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use codat::{Company, CompanyId};
use domain::{
    Cause, NewRun, OpenRun, ReadRequest, ReadSelection, RunAct, RunCause, RunCounts, TagChange, TakeRequest,
};
use jiff::SignedDuration;
use uuid::Uuid;

use super::making::*;
use crate::{ActivityKind, Happened, ItemResult, ItemState, Store, database::Database};

fn tags(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn tagged(number: u128, pairs: &[(&str, &str)]) -> Company {
    Company { tags: tags(pairs), ..company(number, &format!("Company {number}")) }
}

fn region() -> TagChange {
    TagChange { add: tags(&[("region", "uk")]), remove: BTreeSet::from(["old".to_owned()]) }
}

fn run(act: RunAct, companies: &[u128]) -> NewRun {
    let company = |n: &u128| ReadRequest { company: company_id(*n), data_type: None, connection: None };
    NewRun {
        cause: RunCause::Person,
        act,
        label: "Some".to_owned(),
        reads: ReadSelection::List(companies.iter().map(company).collect()),
        starts_at: now(),
        spread: SignedDuration::ZERO,
    }
}

fn take(most: u128) -> TakeRequest {
    TakeRequest { keys: (1..=most).map(Uuid::from_u128).collect(), reading: vec![company_id(1)] }
}

async fn taken(store: &Store, run: &OpenRun, most: u128) -> Vec<CompanyId> {
    let moved = store.advance_run(run.id, &[], Some(&take(most)), now()).await.unwrap();
    moved.taken.into_iter().map(|item| item.read.company).collect()
}

#[tokio::test]
async fn a_run_says_after_a_restart_what_it_does() {
    let (folder, store) = store_of(&[tagged(1, &[])]).await;
    for act in [RunAct::ChangeTags(region()), RunAct::DeleteCompany, RunAct::Read] {
        store.begin_run(&run(act.clone(), &[1]), now()).await.unwrap();
        assert_eq!(store.runs().await.unwrap()[0].act, act);
    }
    store.close().await;
    let store = Store::open(&folder.path().join("data/workspace.db"), now()).await.unwrap();
    let open: Vec<_> = store.open_runs().await.unwrap().into_iter().map(|run| run.act).collect();
    assert_eq!(open, [RunAct::ChangeTags(region()), RunAct::DeleteCompany, RunAct::Read]);
}

#[tokio::test]
async fn a_company_that_has_the_tags_is_skipped_and_none_needs_a_connection() {
    let companies = [
        tagged(1, &[("tier", "gold")]),
        tagged(2, &[("region", "uk")]),
        tagged(3, &[("region", "eu")]),
        tagged(4, &[("old", "x"), ("region", "uk")]),
    ];
    let (_folder, store) = store_of(&companies).await;
    let begun = store.begin_run(&run(RunAct::ChangeTags(region()), &[1, 2, 3, 4, 9]), now()).await.unwrap();
    assert_eq!(taken(&store, &begun, 10).await, [company_id(1), company_id(3), company_id(4)]);
    let skipped = store.run_items(begun.id, &[ItemState::Skipped], 0, 10).await.unwrap().rows;
    let why: Vec<_> = skipped.iter().map(|item| (item.company, item.skipped.as_deref())).collect();
    assert_eq!(why, [(company_id(2), Some("tagged")), (company_id(9), Some("gone"))]);
}

#[tokio::test]
async fn the_preview_says_who_changes_who_is_skipped_and_what_is_replaced() {
    let full: Vec<_> = (0..10).map(|n| n.to_string()).collect();
    let full: Vec<_> = full.iter().map(|key| (key.as_str(), "")).collect();
    let companies =
        [tagged(1, &[]), tagged(2, &[("region", "uk")]), tagged(3, &[("region", "eu")]), tagged(4, &full)];
    let (_folder, store) = store_of(&companies).await;
    let all: Vec<_> = (1..=4).map(company_id).collect();
    let preview = store.preview_tags(&all, &region()).await.unwrap();
    assert_eq!(preview.changing, [company_id(1), company_id(3)]);
    assert_eq!((preview.replaced, preview.unchanged, preview.too_many), (1, 1, 1));
    assert_eq!(preview.tags.get(&("region".to_owned(), "eu".to_owned())), Some(&1));
}

#[tokio::test]
async fn a_change_of_tags_and_a_refresh_of_the_same_company_do_not_block_each_other() {
    let linked = connected(tagged(1, &[]), [xero(1, codat::ConnectionStatus::Linked)]);
    let (_folder, store) = store_of(&[linked]).await;
    let tags = store.begin_run(&run(RunAct::ChangeTags(region()), &[1]), now()).await.unwrap();
    assert_eq!(taken(&store, &tags, 1).await, [company_id(1)], "although it is being read");
    assert_eq!(store.preview_run(&[company_id(1)], None, now()).await.unwrap().running, 0);
    let refresh = store.begin_run(&run(RunAct::Read, &[1]), now()).await.unwrap();
    let take = TakeRequest { reading: Vec::new(), ..take(1) };
    let moved = store.advance_run(refresh.id, &[], Some(&take), now()).await.unwrap();
    assert_eq!(moved.taken.len(), 1, "it is not running already");
}

#[tokio::test]
async fn a_delete_that_had_not_begun_when_the_app_stopped_is_cancelled_and_one_that_had_goes_on() {
    let (_folder, store) = store_of(&[tagged(1, &[]), tagged(2, &[]), tagged(3, &[])]).await;
    let begun = store.begin_run(&run(RunAct::DeleteCompany, &[1, 2]), now()).await.unwrap();
    assert_eq!(taken(&store, &begun, 1).await, [company_id(1)]);
    let waiting = store.begin_run(&run(RunAct::DeleteCompany, &[3]), now()).await.unwrap();
    let tags = store.begin_run(&run(RunAct::ChangeTags(region()), &[3]), now()).await.unwrap();
    assert!(store.cancel_unbegun_deletes(now()).await.unwrap());
    let counts: BTreeMap<_, RunCounts> =
        store.open_runs().await.unwrap().into_iter().map(|run| (run.id, run.counts)).collect();
    assert_eq!(counts[&begun.id], RunCounts { sent: 1, waiting: 1, ..RunCounts::default() });
    assert_eq!(counts[&waiting.id], RunCounts { cancelled: 1, ..RunCounts::default() });
    assert_eq!(counts[&tags.id], RunCounts { waiting: 1, ..RunCounts::default() });
    assert!(!store.cancel_unbegun_deletes(now()).await.unwrap());
}

#[tokio::test]
async fn a_deleted_company_keeps_its_name_in_the_run_and_says_so_in_its_timeline() {
    let (_folder, store) = store_of(&[tagged(1, &[])]).await;
    let begun = store.begin_run(&run(RunAct::DeleteCompany, &[1]), now()).await.unwrap();
    let moved = store.advance_run(begun.id, &[], Some(&take(1)), now()).await.unwrap();
    store.remove_company(company_id(1), Cause::Own, now()).await.unwrap();
    let done = ItemResult {
        id: moved.taken[0].id,
        state: ItemState::Read,
        tried: false,
        not_before: None,
        why: None,
        can_retry: false,
    };
    store.advance_run(begun.id, &[done], None, now()).await.unwrap();
    store.end_run(begun.id, now()).await.unwrap();
    let item = &store.run_items(begun.id, &[], 0, 10).await.unwrap().rows[0];
    assert_eq!((item.name.as_deref(), item.is_known), (Some("Company 1"), false));
    let own = store.activity(company_id(1), &[ActivityKind::Own], None, 5).await.unwrap();
    let Happened::Own { act, outcome, .. } = &own[0].what else { panic!("{own:?}") };
    assert_eq!((act.as_str(), outcome.as_deref()), ("deleteMany", Some("done")));
}

#[tokio::test]
async fn the_items_of_open_runs_are_found_by_company() {
    let (_folder, store) = store_of(&[tagged(1, &[]), tagged(2, &[]), tagged(3, &[])]).await;
    let begun = store.begin_run(&run(RunAct::DeleteCompany, &[1, 2]), now()).await.unwrap();
    store.begin_run(&run(RunAct::ChangeTags(region()), &[1]), now()).await.unwrap();
    assert_eq!(taken(&store, &begun, 1).await, [company_id(1)]);
    let found = async |of: &[u128]| {
        let of: Vec<_> = of.iter().map(|number| company_id(*number)).collect();
        let items = store.open_items_of(&of).await.unwrap();
        items.into_iter().map(|item| (item.company, item.act, item.state)).collect::<Vec<_>>()
    };
    assert_eq!(
        found(&[1, 3]).await,
        [
            (company_id(1), RunAct::DeleteCompany, ItemState::Sent),
            (company_id(1), RunAct::ChangeTags(region()), ItemState::Waiting),
        ]
    );
    assert_eq!(found(&[2]).await, [(company_id(2), RunAct::DeleteCompany, ItemState::Waiting)]);
    store.cancel_run(begun.id, now()).await.unwrap();
    store.end_run(begun.id, now()).await.unwrap();
    assert_eq!(found(&[2]).await, [], "an ended run says nothing in the list");
}

#[tokio::test]
async fn a_run_of_an_older_version_reads_and_what_it_sent_is_still_sent() {
    let folder = tempfile::tempdir().unwrap();
    let (path, older) = (folder.path().join("workspace.db"), folder.path().join("older"));
    fs::create_dir(&older).unwrap();
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/workspace");
    for migration in fs::read_dir(ours).unwrap().map(|entry| entry.unwrap().path()) {
        let name = migration.file_name().unwrap();
        if name.to_str().unwrap() < "0017" {
            fs::copy(&migration, older.join(name)).unwrap();
        }
    }
    let older = sqlx::migrate::Migrator::new(older.as_path()).await.unwrap();
    let database = Database::open(&path, &older, now()).await.unwrap();
    let mut writer = database.writer().await.unwrap();
    let items = format!(
        "INSERT INTO runs (id, cause, label, state, created_at, starts_at, spread)
         VALUES (1, 'person', 'Some', 0, 0, 0, 0);
         INSERT INTO run_items (run, company_id, state, key, sent_at) VALUES (1, '{0}', 1, '{1}', 0);
         INSERT INTO run_items (run, company_id, state) VALUES (1, '{0}', 0);",
        company_id(1),
        Uuid::from_u128(7)
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(items)).execute(&mut *writer).await.unwrap();
    drop(writer);
    database.close().await;
    let store = Store::open(&path, now()).await.unwrap();
    assert!(!store.cancel_unbegun_deletes(now()).await.unwrap(), "it is no delete");
    let open = &store.open_runs().await.unwrap()[0];
    assert_eq!((open.act.clone(), open.counts.waiting), (RunAct::Read, 1));
    assert_eq!(open.sent[0].key, Uuid::from_u128(7));
}
