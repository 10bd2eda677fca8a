//! Items of runs that change companies: what follows when one was done, and what a company shows of one.

use codat::{Company, Failure, FailureKind, Item};
use domain::{Cause, ChangedTags, ItemId, RunAct, RunId};
use jiff::Timestamp;

use super::Engine;
use crate::{
    acts::Success,
    call::Reply,
    effect::{Effect, StoreTask},
    ids::Ticket,
    runs::{FailureReason, ItemOutcome},
};

impl Engine {
    /// The server completed the request of an item: the response is stored like that of a single act.
    pub(super) fn on_item_done(&mut self, run: RunId, item: ItemId, reply: Reply) -> ItemOutcome {
        let started = self.runs.get_mut(run).and_then(|active| active.started.get(&item));
        let Some(act) = started.and_then(|started| started.pending_act.act.write()) else {
            return ItemOutcome::Queued;
        };
        match act.on_success(reply) {
            Success::ReadsQueued { .. } => return ItemOutcome::Queued,
            Success::Created(company) | Success::Changed(company) => {
                self.apply(Ticket::ItemChange, vec![(*company).into()], Cause::Own);
            }
            Success::CompanyRemoved(company) => {
                self.drop_company_alerts(company);
                let remove = StoreTask::RemoveCompany(company, Cause::Own);
                self.effects.push(Effect::Store(Ticket::ItemChange, remove));
            }
            Success::Done | Success::ReadBack { .. } => {}
        }
        ItemOutcome::Read
    }

    /// The company of an item was read, before its change or to check whether it was done. None: the change is
    /// sent now.
    pub(super) fn on_item_company(
        &mut self,
        run: RunId,
        item: ItemId,
        company: Item<Company>,
        now: Timestamp,
    ) -> Option<ItemOutcome> {
        let active = self.runs.get_mut(run)?;
        let started = active.started.get_mut(&item)?;
        let cause = if started.may_have_arrived { Cause::Own } else { Cause::Read };
        let changed = match &active.run.act {
            RunAct::ChangeTags(change) => change.apply(&company.value.tags),
            // It still exists.
            RunAct::Read | RunAct::DeleteCompany => return Some(self.retry_item(run, item, now)),
        };
        match changed {
            ChangedTags::Changed(tags) if !started.may_have_arrived => {
                started.send_tags(tags, now);
                None
            }
            ChangedTags::Changed(_) => Some(self.retry_item(run, item, now)),
            ChangedTags::TooMany => Some(ItemOutcome::Failed(FailureReason::TooManyTags)),
            ChangedTags::Unchanged => {
                self.apply(Ticket::ItemChange, vec![company.into()], cause);
                Some(ItemOutcome::Read)
            }
        }
    }

    /// Why an item failed. Whether a delete was done is unknown if neither its response nor a check shows it.
    pub(super) fn item_failure(&mut self, run: RunId, item: ItemId, failure: Failure) -> FailureReason {
        let active = self.runs.get_mut(run);
        let is_delete_sent = active.is_some_and(|active| {
            active.run.act == RunAct::DeleteCompany
                && active.started.get(&item).is_some_and(|started| started.may_have_arrived)
        });
        let is_unknown = matches!(
            failure.kind,
            FailureKind::NoAnswer | FailureKind::Server | FailureKind::Unreadable | FailureKind::Intercepted
        );
        if is_delete_sent && is_unknown {
            FailureReason::Unconfirmed(Box::new(failure))
        } else {
            FailureReason::Refused(Box::new(failure))
        }
    }
}
