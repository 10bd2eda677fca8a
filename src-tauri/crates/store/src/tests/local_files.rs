//! Files of local data: out, in again, and the same.

use codat::{
    ConnectionStatus,
    expiry::{Clock, Rule},
};
use domain::Cause;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::making::*;
use crate::{
    ImportedKind, LocalKind, SavedView, ScheduleDecision, ScheduleOutcome, Sort, Store,
    local_file::{FileProblem, Header, LocalFile},
    setting_keys,
};

async fn export(store: &Store) -> String {
    let header = Header::new("1.0.0", "Demo", now());
    let mut export = store.export_local(header).await.expect("begun");
    let mut text = String::new();
    while let Some(piece) = export.next().await.expect("a piece") {
        text.push_str(&piece);
    }
    text
}

fn read(text: &str) -> LocalFile {
    LocalFile::read(text.as_bytes()).unwrap_or_else(|problem| panic!("{problem}: {text}"))
}

fn of(kinds: &[ImportedKind], kind: LocalKind) -> (u32, u32, u32) {
    let found = kinds.iter().find(|found| found.kind == kind).expect("the kind");
    (found.added, found.same, found.kept)
}

/// Something that a person or the app does in a workspace.
#[derive(Debug, Clone)]
enum Doing {
    Note(u128, String),
    Schedule { name: String, on: bool, outcomes: u32 },
    RemoveSchedule,
    Rule { key: &'static str, clock: Option<Clock>, source: String },
    KeepAlive(&'static str),
    Sweep { number: u128, name: String, status: usize },
    Act { company: Option<u128>, detail: String, is_done: bool },
}

fn a_doing() -> impl Strategy<Value = Doing> {
    let text = || "[^\\x00]{0,12}";
    prop_oneof![
        (0..4_u128, any::<String>()).prop_map(|(number, text)| Doing::Note(number, text)),
        ("[a-c]{1}", any::<bool>(), 0..3_u32).prop_map(|(name, on, outcomes)| Doing::Schedule {
            name,
            on,
            outcomes
        }),
        Just(Doing::RemoveSchedule),
        (
            prop::sample::select(vec!["gbol", "mqjo", "zzzz"]),
            prop_oneof![
                Just(None),
                (1..900_u16).prop_map(|days| Some(Clock::Idle(days))),
                (1..900_u16).prop_map(|days| Some(Clock::Consent(days)))
            ],
            text()
        )
            .prop_map(|(key, clock, source)| Doing::Rule { key, clock, source }),
        prop::sample::select(vec![r#""off""#, r#""ask""#, r#""on""#]).prop_map(Doing::KeepAlive),
        (0..4_u128, text(), 0..3_usize).prop_map(|(number, name, status)| Doing::Sweep {
            number,
            name,
            status
        }),
        (prop::option::of(0..4_u128), text(), any::<bool>())
            .prop_map(|(company, detail, is_done)| Doing::Act { company, detail, is_done }),
    ]
}

async fn act(store: &Store, doing: &Doing) {
    match doing {
        Doing::Note(number, text) => {
            let was = store.notes(company_id(*number)).await.expect("a note");
            store.write_notes(company_id(*number), &was, text, now()).await.expect("a note");
        }
        Doing::Schedule { name, on, outcomes } => {
            let plan = json!({ "b": [1, name], "a": null }).to_string();
            let made = store.put_schedule(None, name, *on, &plan, Some("2026-11-22T09:00:00")).await;
            let schedule = made.expect("kept").expect("a number");
            for earlier in 0..*outcomes {
                let outcome = ScheduleOutcome {
                    schedule,
                    due: (earlier > 0).then(|| hours_ago(2)),
                    at: hours_ago(1),
                    earlier,
                    reason: on.then(|| "offline".to_owned()),
                    queued: 1,
                    done: 2,
                    unreadable: 3,
                    run: None,
                };
                let decision =
                    ScheduleDecision { schedule, outcome: Some(outcome), ..ScheduleDecision::default() };
                store.record_decision(&decision, None, now()).await.expect("decided");
            }
        }
        Doing::RemoveSchedule => {
            if let Some(first) = store.schedules().await.expect("schedules").first() {
                store.mark_schedule_removed(first.id, true).await.expect("removed");
            }
        }
        Doing::Rule { key, clock, source } => {
            let rule = Rule { clock: *clock, source: source.clone(), estimate: clock.is_none() };
            store.set_clock(key, Some(&rule)).await.expect("a rule");
        }
        Doing::KeepAlive(mode) => store.save(setting_keys::KEEP_ALIVE, mode).await.expect("saved"),
        Doing::Sweep { number, name, status } => {
            let statuses =
                [ConnectionStatus::Linked, ConnectionStatus::Unlinked, ConnectionStatus::PendingAuth];
            let company = connected(company(*number, name), [xero(*number, statuses[*status].clone())]);
            store.apply(&items(&[company]), Cause::Sweep, None, now()).await.expect("applied");
        }
        Doing::Act { company, detail, is_done } => {
            let company = company.map(company_id);
            let intent = store.write_intent("rename", company, detail, now()).await.expect("an act");
            if *is_done {
                store.write_outcome(intent, "done", now()).await.expect("an outcome");
            }
        }
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(future)
}

/// A file with an entry of each kind.
async fn example() -> String {
    let (_folder, store) = store().await;
    let doings = [
        Doing::Note(1, "Call on “Monday”\n\u{0}".to_owned()),
        Doing::Schedule { name: "Nightly".to_owned(), on: true, outcomes: 2 },
        Doing::Rule { key: "gbol", clock: Some(Clock::Idle(30)), source: "seen".to_owned() },
        Doing::KeepAlive(r#""ask""#),
        Doing::Sweep { number: 1, name: "One".to_owned(), status: 0 },
        Doing::Sweep { number: 1, name: "One".to_owned(), status: 1 },
        Doing::Act { company: Some(1), detail: "x".to_owned(), is_done: true },
    ];
    for doing in &doings {
        act(&store, doing).await;
    }
    export(&store).await
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn an_export_that_is_imported_elsewhere_is_exported_the_same(doings in prop::collection::vec(a_doing(), 0..14)) {
        block_on(async {
            let (_folder, here) = store().await;
            for doing in &doings {
                act(&here, doing).await;
            }
            let file = export(&here).await;
            let (_folder, there) = store().await;
            there.import_local(&read(&file)).await.expect("imported");
            assert_eq!(export(&there).await, file);
            let again = there.import_local(&read(&file)).await.expect("imported");
            assert!(again.kinds.iter().all(|kind| kind.added == 0 && kind.kept == 0), "{again:?}");
            assert_eq!(export(&there).await, file, "the second time changes nothing");
            assert_eq!(there.alert_cursor().await.expect("a cursor"), 0);
            assert_eq!(there.journal_after(0, 9).await.expect("nothing"), [], "nothing is left to decide about");
        });
    }

    #[test]
    fn whatever_is_imported_what_was_here_stays(
        ours in prop::collection::vec(a_doing(), 0..8), theirs in prop::collection::vec(a_doing(), 0..8),
    ) {
        block_on(async {
            let (_folder, here) = store().await;
            for doing in &ours {
                act(&here, doing).await;
            }
            let (_folder, there) = store().await;
            for doing in &theirs {
                act(&there, doing).await;
            }
            let file = read(&export(&there).await);
            let before: Value = serde_json::from_str(&export(&here).await).expect("JSON");
            let preview = here.preview_import(&file).await.expect("a preview");
            let done = here.import_local(&file).await.expect("imported").kinds;
            assert_eq!(preview, done, "the preview says what happens");
            let after: Value = serde_json::from_str(&export(&here).await).expect("JSON");
            let kinds = ["notes", "schedules", "rules", "settings", "views", "journal", "acts"];
            for (kind, found) in kinds.into_iter().zip(&done) {
                let (before, after) = (before[kind].as_array().expect("entries"), after[kind].as_array().expect("entries"));
                for entry in before {
                    assert!(after.contains(entry), "{entry} was lost");
                }
                assert_eq!(after.len(), before.len() + found.added as usize, "{kind}");
            }
        });
    }

    #[test]
    fn a_changed_file_is_refused_or_is_one_that_can_be_imported(
        at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>(), is_cut in any::<bool>(),
    ) {
        block_on(async {
            let mut bytes = example().await.into_bytes();
            if is_cut {
                bytes.truncate(cut.index(bytes.len().saturating_sub(2)));
            } else {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            let (_folder, store) = store().await;
            let empty = export(&store).await;
            match LocalFile::read(&bytes) {
                Err(_) => assert_eq!(export(&store).await, empty),
                Ok(file) => {
                    assert!(!is_cut, "a file that ends too early was taken for a whole one");
                    store.import_local(&file).await.expect("what was checked can be imported");
                    store.journal_after(i64::MIN, 100).await.expect("the journal can be read");
                    let file = export(&store).await;
                    LocalFile::read(file.as_bytes()).expect("and exported");
                }
            }
        });
    }
}

#[tokio::test]
async fn a_file_is_readable_and_says_what_it_is() {
    let text = example().await;
    let file: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((&file["format"], &file["version"]), (&json!("portal-desktop-local-data"), &json!(1)));
    assert_eq!((&file["workspace"], &file["createdAt"]), (&json!("Demo"), &json!("2026-11-23T12:00:00Z")));
    assert_eq!(file["notes"][0]["text"], "Call on “Monday”\n\u{0}");
    assert_eq!(file["schedules"][0]["outcomes"].as_array().expect("outcomes").len(), 2);
    assert_eq!(file["rules"][0]["clock"], json!({ "kind": "idle", "days": 30 }));
    assert_eq!(file["settings"], json!([{ "name": "keepAlive", "value": "ask" }]));
    assert_eq!(file["acts"][0]["act"], "rename");
    assert!(text.lines().count() > 15, "an entry has a line of its own");
}

#[tokio::test]
async fn ours_stays_where_both_have_something_else() {
    let file = read(&example().await);
    let (_folder, store) = store().await;
    act(&store, &Doing::Note(1, "Mine".to_owned())).await;
    act(&store, &Doing::Schedule { name: "Nightly".to_owned(), on: false, outcomes: 0 }).await;
    act(&store, &Doing::KeepAlive(r#""off""#)).await;
    let kinds = store.import_local(&file).await.expect("imported").kinds;
    assert_eq!(of(&kinds, LocalKind::Notes), (0, 0, 1));
    assert_eq!(of(&kinds, LocalKind::Schedules), (0, 0, 1));
    assert_eq!(of(&kinds, LocalKind::Settings), (0, 0, 1));
    assert_eq!(of(&kinds, LocalKind::Rules), (1, 0, 0));
    assert_eq!(store.notes(company_id(1)).await.expect("a note"), "Mine");
    assert!(!store.schedules().await.expect("one")[0].is_on);
    let rule = store.clocks().rule("gbol").cloned().expect("a rule");
    assert_eq!(rule.clock, Some(Clock::Idle(30)), "it is in effect at once");
}

#[tokio::test]
async fn views_are_exported_and_those_of_a_new_name_are_imported() {
    let view = |id: &str, name: &str, search: &str| SavedView {
        id: id.to_owned(),
        name: name.to_owned(),
        search: search.to_owned(),
        sort: Sort::default(),
        columns: None,
    };
    let (_folder, one) = store().await;
    one.write_views(&[view("a", "Bakeries", "bakery"), view("b", "Broken", "is:red")]).await.expect("saved");
    let file = read(&export(&one).await);
    let (_folder, other) = store().await;
    let mine = view("c", "Broken", "is:red is:grey");
    other.write_views(std::slice::from_ref(&mine)).await.expect("saved");
    let kinds = other.import_local(&file).await.expect("imported").kinds;
    assert_eq!(of(&kinds, LocalKind::Views), (1, 0, 1));
    let views = other.saved_views().await.expect("views");
    assert_eq!(views, Some(vec![mine, view("a", "Bakeries", "bakery")]));
    let again = other.import_local(&file).await.expect("imported").kinds;
    assert_eq!(of(&again, LocalKind::Views), (0, 1, 1));
}

#[tokio::test]
async fn what_is_imported_into_a_journal_lies_before_it_and_is_not_announced() {
    let file = read(&example().await);
    let (_folder, store) = store().await;
    act(&store, &Doing::Sweep { number: 2, name: "Two".to_owned(), status: 0 }).await;
    let own = store.journal_after(0, 100).await.expect("a journal");
    store.import_local(&file).await.expect("imported");
    assert_eq!(store.journal_after(0, 100).await.expect("a journal"), own, "the engine sees its own alone");
    let all = store.journal_after(i64::MIN, 100).await.expect("a journal");
    assert!(all.len() > own.len() && all[0].seq < 1);
    assert!(all.is_sorted_by_key(|change| change.seq) && all.ends_with(&own));
}

#[tokio::test]
async fn a_newer_a_foreign_and_a_huge_file_are_told_apart() {
    let text = example().await;
    let newer = text
        .replacen("\"version\": 1", "\"version\": 2", 1)
        .replace("\"notes\": [", "\"notes\": 7, \"x\": [");
    assert_eq!(LocalFile::read(newer.as_bytes()), Err(FileProblem::Newer { app: "1.0.0".to_owned() }));
    for foreign in ["{}", "[]", "7", r#"{"format":"other","version":1}"#] {
        assert_eq!(LocalFile::read(foreign.as_bytes()), Err(FileProblem::Foreign), "{foreign}");
    }
    let deep = "[".repeat(100_000);
    assert!(LocalFile::read(deep.as_bytes()).is_err(), "deep nesting ends nothing");
    let huge = vec![b' '; usize::try_from(crate::local_file::MAX_BYTES).expect("a size") + 1];
    assert_eq!(LocalFile::read(&huge), Err(FileProblem::TooLarge));
    let wrong = text.replacen("connectionAppeared", "connectionVanished", 1);
    assert!(matches!(LocalFile::read(wrong.as_bytes()), Err(FileProblem::Damaged(_))));
}

#[tokio::test]
async fn fields_of_tomorrow_are_left_out_and_counted() {
    let text = example().await;
    let more = text.replacen("\"notes\": [", "\"colors\": [1, 2], \"notes\": [", 1).replacen(
        "{\"company\":",
        "{\"pinned\":{\"a\":1},\"company\":",
        1,
    );
    let (known, file) = (read(&text), read(&more));
    assert_eq!((known.unknown, file.unknown), (0, 2));
    assert_eq!(LocalFile { unknown: 0, ..file }, known);
}
