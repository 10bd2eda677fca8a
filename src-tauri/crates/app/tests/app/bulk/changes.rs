//! Changes of many companies, with a process that is killed midway.

use codat::Company;
use domain::TagChange;

use super::*;

/// The time in which a delete can be undone.
const UNDO_TIME: SignedDuration = SignedDuration::from_secs(10);

impl World {
    async fn companies_at_server(&self) -> BTreeMap<CompanyId, Company> {
        self.step(SignedDuration::from_mins(1));
        let page = PageRequest { page: 1, page_size: 5_000, query: None, order_by: None };
        let all = self.client().list_companies::<Company>(&page).await.unwrap().value.results;
        all.into_iter().map(|item| (item.value.id, item.value)).collect()
    }
}

impl Core {
    async fn companies(&mut self, many: usize) -> Vec<CompanyId> {
        let mut companies = self.linked().await;
        companies.truncate(many);
        companies
    }

    /// Advances until the run has ended.
    async fn end(&mut self) -> RunCounts {
        while self.store.runs().await.unwrap()[0].ended_at.is_none() {
            self.step().await;
        }
        self.counts().await
    }
}

/// Kills the process twice, the second time for longer than idempotency keys live.
async fn killed_twice(world: &World, mut core: Core) -> Core {
    for (sent, away) in [(80, 1), (60, 120)] {
        while core.steps.sent.len() < sent {
            core.step().await;
        }
        core.killed().await;
        world.step(SignedDuration::from_mins(away));
        core = world.core(u64::from(away.unsigned_abs() as u32) + 7).await;
    }
    core
}

#[tokio::test]
async fn tags_of_many_are_changed_once_each_although_the_process_is_killed() {
    let world = World::new().await;
    let mut core = world.core(1).await;
    let companies = core.companies(300).await;
    let before = world.companies_at_server().await;
    let change = TagChange {
        add: BTreeMap::from([("reviewed".to_owned(), "2026".to_owned())]),
        ..TagChange::default()
    };
    core.begin_act(RunAct::ChangeTags(change.clone()), &companies, world.clock.now()).await;
    let mut core = killed_twice(&world, core).await;
    let counts = core.end().await;
    assert_eq!(counts, RunCounts { read: 300, ..RunCounts::default() });
    let stored = core.store.matching_companies("tag:reviewed=2026", world.clock.now()).await.unwrap();
    assert_eq!(stored.len(), 300, "the list shows it without another check");
    let after = world.companies_at_server().await;
    for (company, was) in &before {
        let mut expected = was.tags.clone();
        if companies.contains(company) {
            expected.extend(change.add.clone());
        }
        assert_eq!(after[company].tags, expected, "{company}");
    }

    // Again: all have the tags, so nothing is sent.
    let sent = core.steps.sent.len();
    core.begin_act(RunAct::ChangeTags(change), &companies, world.clock.now()).await;
    assert_eq!(core.end().await, RunCounts { skipped: 300, ..RunCounts::default() });
    assert_eq!(core.steps.sent.len(), sent);
    core.killed().await;
}

#[tokio::test]
async fn many_are_deleted_and_no_others_although_the_process_is_killed() {
    let world = World::new().await;
    let mut core = world.core(1).await;
    let companies = core.companies(300).await;
    let before = world.companies_at_server().await;
    let began = core.begin_act(RunAct::DeleteCompany, &companies, world.clock.now() + UNDO_TIME).await;
    while core.steps.sent.is_empty() {
        core.step().await;
    }
    assert!(core.steps.sent[0] >= began + UNDO_TIME, "{:?}", core.steps.sent);
    let mut core = killed_twice(&world, core).await;
    assert_eq!(core.end().await, RunCounts { read: 300, ..RunCounts::default() });
    let after = world.companies_at_server().await;
    for company in before.values() {
        // Subsidiaries are deleted with their parent.
        let parent = company.reference_parent_company.as_ref().map(|parent| parent.id);
        let is_deleted = companies.contains(&company.id) || parent.is_some_and(|id| !after.contains_key(&id));
        assert_eq!(after.contains_key(&company.id), !is_deleted, "{}", company.id);
    }
    let stored = core.store.matching_companies("", world.clock.now()).await.unwrap();
    assert!(!stored.iter().any(|company| companies.contains(company)), "the list lacks them without a check");
    core.killed().await;
}

#[tokio::test]
async fn killed_before_the_first_delete_nothing_is_deleted() {
    let world = World::new().await;
    let mut core = world.core(1).await;
    let companies = core.companies(20).await;
    core.begin_act(RunAct::DeleteCompany, &companies, world.clock.now() + UNDO_TIME).await;
    world.step(UNDO_TIME - SignedDuration::from_secs(1));
    core.give(Event::Timeout).await;
    core.killed().await;
    world.step(SignedDuration::from_mins(1));
    let mut core = world.core(2).await;
    assert_eq!(core.end().await, RunCounts { cancelled: 20, ..RunCounts::default() });
    let after = world.companies_at_server().await;
    assert!(companies.iter().all(|company| after.contains_key(company)));
    core.killed().await;
}
