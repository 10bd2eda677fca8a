//! The inbox: what is open, snoozed, over and read.

use codat::ConnectionStatus;
use domain::Cause;
use jiff::SignedDuration;

use super::making::*;
use crate::{InboxEntry, InboxFilter, NewAlert, NewNotice, Snooze, Store};

/// Applies the company with a connection in this status, and records an alert for each change of its color.
async fn turn(store: &Store, number: u128, status: ConnectionStatus) -> Vec<i64> {
    let company = connected(company(number, &format!("Company {number}")), [xero(number, status)]);
    let applied = store.apply(&items(&[company]), Cause::Sweep, None, now()).await.unwrap();
    let lost = |change: &&crate::Change| change.kind.new_color().is_some_and(codat::Color::needs_attention);
    let alerts = applied.changes.iter().filter(lost).map(|change| alert(change.seq)).collect::<Vec<_>>();
    record(store, &alerts).await
}

fn alert(seq: i64) -> NewAlert {
    NewAlert { first_seq: seq, last_seq: seq, data: format!("{seq}"), is_muted: false, is_over: false }
}

async fn record(store: &Store, alerts: &[NewAlert]) -> Vec<i64> {
    let end = store.journal_end().await.unwrap();
    store.record_alerts(end, &[], alerts, now()).await.unwrap().into_iter().map(|alert| alert.id).collect()
}

async fn entries(store: &Store, filter: InboxFilter) -> Vec<InboxEntry> {
    store.inbox(filter, 0, 100, now()).await.unwrap()
}

async fn ids(store: &Store, filter: InboxFilter) -> Vec<i64> {
    entries(store, filter).await.iter().map(|entry| entry.alert.id).collect()
}

async fn counts(store: &Store) -> [u32; 5] {
    let counts = store.inbox_counts(now()).await.unwrap();
    [counts.open, counts.snoozed, counts.closed, counts.all, store.unread_alerts().await.unwrap()]
}

#[tokio::test]
async fn an_alert_is_open_and_unread_until_its_connection_recovers() {
    let (_folder, store) = store().await;
    let first = turn(&store, 1, ConnectionStatus::Deauthorized).await;
    let second = turn(&store, 2, ConnectionStatus::Unlinked).await;
    assert_eq!(
        ids(&store, InboxFilter::Open).await,
        [second.clone(), first.clone()].concat(),
        "newest first"
    );
    let entry = &entries(&store, InboxFilter::Open).await[1];
    assert_eq!((entry.company, entry.connection), (Some(company_id(1)), Some(connection_id(1))));
    assert!(!entry.is_read && !entry.is_over && entry.closed_at.is_none());
    assert_eq!(counts(&store).await, [2, 0, 0, 2, 2]);
    turn(&store, 1, ConnectionStatus::Linked).await;
    assert_eq!(counts(&store).await, [1, 0, 1, 2, 1], "what healed is no news");
    assert_eq!(entries(&store, InboxFilter::Closed).await[0].closed_at, Some(now()));
    store.remove_company(company_id(2), Cause::Sweep, now()).await.unwrap();
    assert_eq!(counts(&store).await, [0, 0, 2, 2, 0]);
}

#[tokio::test]
async fn a_newer_alert_about_the_connection_closes_the_earlier_one() {
    let (_folder, store) = store().await;
    let first = turn(&store, 1, ConnectionStatus::Deauthorized).await;
    let second = turn(&store, 1, ConnectionStatus::Unlinked).await;
    assert_eq!(ids(&store, InboxFilter::Open).await, second);
    assert_eq!(ids(&store, InboxFilter::Closed).await, first);
    assert_eq!(store.open_alert(connection_id(1)).await.unwrap(), second.last().copied());
}

#[tokio::test]
async fn entries_are_marked_read_one_by_one_or_all_at_once() {
    let (_folder, store) = store().await;
    let first = turn(&store, 1, ConnectionStatus::Deauthorized).await;
    turn(&store, 2, ConnectionStatus::Deauthorized).await;
    store.mark_alerts_read(Some(&first), true, now()).await.unwrap();
    assert_eq!(store.unread_alerts().await.unwrap(), 1);
    store.mark_alerts_read(Some(&first), false, now()).await.unwrap();
    assert_eq!(store.unread_alerts().await.unwrap(), 2);
    store.mark_alerts_read(None, true, now()).await.unwrap();
    assert_eq!(counts(&store).await, [2, 0, 0, 2, 0]);
}

#[tokio::test]
async fn a_snooze_until_a_time_ends_then_and_the_alert_may_be_shown_again() {
    let (_folder, store) = store().await;
    let alert = turn(&store, 1, ConnectionStatus::Deauthorized).await;
    store.claim_alerts(&alert, Some(alert[0]), now()).await.unwrap();
    let end = now() + SignedDuration::from_hours(2);
    store.snooze_alerts(&alert, Some(Snooze::Until(end)), now()).await.unwrap();
    assert_eq!(counts(&store).await, [0, 1, 0, 1, 0]);
    assert_eq!(entries(&store, InboxFilter::Snoozed).await[0].snooze, Some(Snooze::Until(end)));
    assert_eq!(store.next_snooze_end(now()).await.unwrap(), Some(end));
    assert_eq!(store.end_snoozes(now()).await.unwrap(), []);
    let ended = store.end_snoozes(end).await.unwrap();
    assert_eq!(ended.iter().map(|alert| alert.id).collect::<Vec<_>>(), alert);
    assert_eq!(counts(&store).await, [1, 0, 0, 1, 1], "it is unread again");
    assert_eq!(
        store.claim_alerts(&alert, Some(alert[0]), end).await.unwrap(),
        1,
        "it can be shown once more"
    );
    assert_eq!(store.next_snooze_end(now()).await.unwrap(), None);
}

#[tokio::test]
async fn a_change_ends_a_snooze_until_the_next_change_but_not_one_until_a_time() {
    let (_folder, store) = store().await;
    let end = now() + SignedDuration::from_hours(2);
    let first = turn(&store, 1, ConnectionStatus::Deauthorized).await;
    let second = turn(&store, 2, ConnectionStatus::Deauthorized).await;
    store.snooze_alerts(&first, Some(Snooze::UntilChange), now()).await.unwrap();
    store.snooze_alerts(&second, Some(Snooze::Until(end)), now()).await.unwrap();
    assert_eq!(counts(&store).await, [0, 2, 0, 2, 0]);
    let first = turn(&store, 1, ConnectionStatus::Unlinked).await;
    let second = turn(&store, 2, ConnectionStatus::Unlinked).await;
    assert_eq!(ids(&store, InboxFilter::Open).await, first);
    assert_eq!(ids(&store, InboxFilter::Snoozed).await, second);
    let waiting: Vec<_> = store.unclaimed_alerts().await.unwrap().iter().map(|alert| alert.id).collect();
    assert!(!waiting.contains(&second[0]), "a snoozed connection notifies nobody");
    turn(&store, 2, ConnectionStatus::Linked).await;
    assert_eq!(store.end_snoozes(end).await.unwrap(), [], "what healed meanwhile is not shown again");
}

#[tokio::test]
async fn what_a_rule_mutes_is_in_the_inbox_but_read_and_never_shown() {
    let (_folder, store) = store().await;
    turn(&store, 1, ConnectionStatus::Deauthorized).await;
    let muted = record(&store, &[NewAlert { is_muted: true, ..alert(100) }]).await;
    let entry = entries(&store, InboxFilter::Open).await.remove(0);
    assert_eq!((entry.alert.id, entry.is_muted, entry.is_read), (muted[0], true, true));
    assert_eq!(store.claim_alerts(&muted, Some(muted[0]), now()).await.unwrap(), 0);
    let end = now() + SignedDuration::from_hours(2);
    store.snooze_alerts(&muted, Some(Snooze::Until(end)), now()).await.unwrap();
    store.end_snoozes(end).await.unwrap();
    assert_eq!(
        store.claim_alerts(&muted, Some(muted[0]), end).await.unwrap(),
        0,
        "not after a snooze either"
    );
}

#[tokio::test]
async fn an_outage_is_one_entry_that_is_updated_and_ends() {
    let (_folder, store) = store().await;
    let first = turn(&store, 1, ConnectionStatus::Deauthorized).await;
    let second = turn(&store, 2, ConnectionStatus::Deauthorized).await;
    let notice = |data, parts, is_end| NewNotice { topic: "outage:Xero", data, is_end, parts };
    store.record_notice(&notice("one", &first, false), now()).await.unwrap();
    store.mark_alerts_read(None, true, now()).await.unwrap();
    store.record_notice(&notice("two", &second, false), now()).await.unwrap();
    let open = entries(&store, InboxFilter::Open).await;
    assert_eq!(open.iter().map(|entry| entry.alert.data.as_str()).collect::<Vec<_>>(), ["two"]);
    assert!(open[0].is_read, "an update is no news");
    store.record_notice(&notice("over", &[], true), now()).await.unwrap();
    assert_eq!(counts(&store).await, [0, 0, 1, 1, 1], "its end is");
    store.record_notice(&notice("again", &[], false), now()).await.unwrap();
    assert!(store.close_notice("outage:Xero", now()).await.unwrap());
    assert!(!store.close_notice("outage:Xero", now()).await.unwrap());
    assert_eq!(counts(&store).await, [0, 0, 2, 2, 1]);
}

#[tokio::test]
async fn a_search_finds_those_of_some_companies() {
    let (_folder, store) = store().await;
    turn(&store, 1, ConnectionStatus::Deauthorized).await;
    turn(&store, 2, ConnectionStatus::Linked).await;
    turn(&store, 3, ConnectionStatus::Deauthorized).await;
    let asked = [1, 2, 9].map(company_id).into();
    let found = store.companies_among("is:red", asked, now()).await.unwrap();
    assert_eq!(found, [company_id(1)].into());
}

#[tokio::test]
async fn an_alert_that_is_recorded_after_its_connection_recovered_is_closed() {
    let (_folder, store) = store().await;
    let statuses = [ConnectionStatus::Deauthorized, ConnectionStatus::Linked];
    let mut seqs = Vec::new();
    for status in statuses {
        let company = connected(company(1, "One"), [xero(1, status)]);
        let applied = store.apply(&items(&[company]), Cause::Sweep, None, now()).await.unwrap();
        let colored = applied.changes.iter().filter(|change| change.kind.new_color().is_some());
        seqs.extend(colored.map(|change| change.seq));
    }
    record(&store, &[alert(seqs[0])]).await;
    assert_eq!(counts(&store).await, [0, 0, 1, 1, 1]);
}

#[tokio::test]
async fn a_deleted_connection_is_news_but_nothing_to_act_on() {
    let (_folder, store) = store().await;
    turn(&store, 1, ConnectionStatus::Linked).await;
    record(&store, &[NewAlert { is_over: true, ..alert(50) }]).await;
    assert_eq!(counts(&store).await, [0, 0, 1, 1, 1]);
}

#[tokio::test]
async fn an_alert_that_is_snoozed_before_it_is_shown_waits_for_the_end() {
    let (_folder, store) = store().await;
    let alert = turn(&store, 1, ConnectionStatus::Deauthorized).await;
    let end = now() + SignedDuration::from_hours(2);
    store.snooze_alerts(&alert, Some(Snooze::Until(end)), now()).await.unwrap();
    assert_eq!(store.claim_alerts(&alert, None, now()).await.unwrap(), 0);
    assert_eq!(store.end_snoozes(end).await.unwrap().len(), 1);
    assert_eq!(store.claim_alerts(&alert, None, end).await.unwrap(), 1);
}

#[tokio::test]
async fn a_snoozed_notice_is_unread_again_when_the_snooze_ends_and_a_closed_one_stays_read() {
    let (_folder, store) = store().await;
    let notice = |topic| NewNotice { topic, data: "{}", is_end: false, parts: &[] };
    store.record_notice(&notice("key"), now()).await.unwrap();
    store.record_notice(&notice("quota"), now()).await.unwrap();
    let all = ids(&store, InboxFilter::Open).await;
    let end = now() + SignedDuration::from_hours(2);
    store.snooze_alerts(&all, Some(Snooze::Until(end)), now()).await.unwrap();
    store.close_notice("quota", now()).await.unwrap();
    assert_eq!(store.unread_alerts().await.unwrap(), 0);
    assert_eq!(store.end_snoozes(end).await.unwrap(), []);
    assert_eq!(store.unread_alerts().await.unwrap(), 1);
}
