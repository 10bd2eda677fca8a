//! What open runs do with the companies on screen.

use std::{cmp::Reverse, collections::BTreeMap};

use codat::CompanyId;
use serde::{Deserialize, Serialize};
use store::{CompanyItem, ItemState};
use ts_rs::TS;

use super::{
    company_id,
    runs::{RunActName, item_reason},
};
use crate::{app::App, error::WireError};

/// The companies on screen.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct CompaniesOnScreen {
    /// Their IDs, at most 1,000.
    pub companies: Vec<String>,
}

/// What an open run does with a company.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct CompanyProgress {
    #[ts(as = "String")]
    pub company: CompanyId,
    pub act: RunActName,
    pub state: ItemState,
    /// Why it failed or was skipped and what to do.
    pub reason: Option<String>,
}

impl App {
    pub(crate) async fn company_progress(
        &self,
        on_screen: CompaniesOnScreen,
    ) -> Result<Vec<CompanyProgress>, WireError> {
        let store = self.command_workspace().await.store()?;
        let ids = on_screen.companies.iter().map(|id| company_id(id)).collect::<Result<Vec<_>, _>>()?;
        let items = store.open_items_of(&ids).await?;
        Ok(one_per_company(items).into_values().map(CompanyProgress::from).collect())
    }
}

impl From<CompanyItem> for CompanyProgress {
    fn from(item: CompanyItem) -> Self {
        Self {
            company: item.company,
            act: RunActName::from(&item.act),
            state: item.state,
            reason: item_reason(item.state, item.why.as_deref(), item.skipped.as_deref(), item.types),
        }
    }
}

/// The item that says most about each company: what has not ended, then what failed, of the newest run first.
fn one_per_company(items: Vec<CompanyItem>) -> BTreeMap<CompanyId, CompanyItem> {
    let rank = |item: &CompanyItem| (place(item.state), Reverse(item.run));
    let mut found = BTreeMap::<CompanyId, CompanyItem>::new();
    for item in items {
        if found.get(&item.company).is_none_or(|best| rank(&item) < rank(best)) {
            found.insert(item.company, item);
        }
    }
    found
}

fn place(state: ItemState) -> u8 {
    match state {
        ItemState::Sent => 0,
        ItemState::Queued => 1,
        ItemState::Waiting => 2,
        ItemState::Failed => 3,
        ItemState::Unseen => 4,
        ItemState::Running => 5,
        ItemState::Read => 6,
        ItemState::Skipped => 7,
        ItemState::Cancelled => 8,
    }
}

#[cfg(test)]
mod tests {
    use domain::{RunAct, RunId};

    use super::*;

    fn item(company: u128, run: i64, state: ItemState) -> CompanyItem {
        CompanyItem {
            company: uuid::Uuid::from_u128(company).to_string().parse().unwrap(),
            run: RunId(run),
            act: RunAct::Read,
            state,
            skipped: None,
            why: None,
            types: None,
        }
    }

    #[test]
    fn what_goes_on_is_shown_before_what_ended_and_a_failure_before_success() {
        use ItemState::{Failed, Queued, Read, Waiting};
        let shown = |items: &[(i64, ItemState)]| {
            let items = items.iter().map(|(run, state)| item(1, *run, *state)).collect();
            let found = one_per_company(items).into_values().next().unwrap();
            (found.run.0, found.state)
        };
        assert_eq!(shown(&[(1, Read), (1, Failed), (1, Waiting), (1, Queued)]), (1, Queued));
        assert_eq!(shown(&[(1, Failed), (2, Read), (1, Waiting)]), (1, Waiting));
        assert_eq!(shown(&[(2, Read), (1, Failed)]), (1, Failed));
        assert_eq!(shown(&[(1, Read), (2, Read)]), (2, Read), "of the newest run");
    }
}
