//! Selected companies of the list.

use std::collections::HashSet;

use codat::CompanyId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Sort, Store};
use ts_rs::TS;

use super::company_id;
use crate::error::WireError;

/// Selected companies, or all that match a search.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "CompanySelection")]
pub(crate) struct Selection {
    /// Their IDs. Ignored if there is a search.
    pub companies: Vec<String>,
    /// All companies that match this search.
    pub search: Option<String>,
    /// Companies that are left out.
    pub except: Vec<String>,
}

impl Selection {
    /// The selected companies, each once: in the order of the request, or in no particular order for a search.
    pub(super) async fn companies(&self, store: &Store, now: Timestamp) -> Result<Vec<CompanyId>, WireError> {
        let matches = match &self.search {
            Some(search) => store.matching_companies(search, now).await?,
            None => ids(&self.companies)?,
        };
        let mut seen: HashSet<_> = ids(&self.except)?.into_iter().collect();
        Ok(matches.into_iter().filter(|id| seen.insert(*id)).collect())
    }

    /// The selected companies in this order. Companies that are no longer in the list are left out.
    pub(super) async fn sorted(
        &self,
        store: &Store,
        sort: Sort,
        now: Timestamp,
    ) -> Result<Vec<CompanyId>, WireError> {
        let selected: HashSet<_> = self.companies(store, now).await?.into_iter().collect();
        let mut all = store.company_ids(self.search.as_deref().unwrap_or_default(), sort, now).await?;
        all.retain(|company| selected.contains(company));
        Ok(all)
    }
}

fn ids(texts: &[String]) -> Result<Vec<CompanyId>, WireError> {
    texts.iter().map(|text| company_id(text)).collect()
}
