//! Which alerts of a workspace notify, and when. What is held back is in the inbox anyway.

use std::collections::BTreeSet;

use codat::status::Trouble;
use engine::{AlertTimes, NewAlert};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Store, StoreError, setting_keys::ALERT_RULES};
use ts_rs::TS;

use crate::{
    error::{Code, WireError},
    saved_views,
    weekly_time::{ScheduleBlackout, blackout, time},
};

/// The greatest number of weekly quiet times.
const MAX_QUIET_TIMES: usize = 21;

/// Which alerts of a workspace notify, and when.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct AlertRules {
    /// The kinds of causes that never notify.
    #[ts(as = "Vec<String>")]
    pub muted: BTreeSet<Trouble>,
    /// The ID of a saved view: only its companies notify. None: all companies.
    pub view: Option<String>,
    /// Weekly times without notifications. What happens within one is shown when it ends.
    pub quiet: Vec<ScheduleBlackout>,
    /// Whether nothing notifies until the user changes it.
    pub do_not_disturb: bool,
    /// The local time of a daily reminder of what is still open, `HH:MM`.
    pub reminder: Option<String>,
}

impl AlertRules {
    /// The times in the engine's type.
    ///
    /// # Errors
    /// If a text is not a time of day, or there are too many quiet times.
    pub(crate) fn times(&self) -> Result<AlertTimes, WireError> {
        if self.quiet.len() > MAX_QUIET_TIMES {
            let message = format!("You can set up to {MAX_QUIET_TIMES} quiet times.");
            return Err(WireError::new(Code::BadArguments, message));
        }
        if self.quiet.iter().any(|quiet| quiet.days == 0) {
            return Err(WireError::new(Code::BadArguments, "Choose at least one day for each quiet time."));
        }
        Ok(AlertTimes {
            quiet_hours: self.quiet.iter().map(blackout).collect::<Result<_, _>>()?,
            do_not_disturb: self.do_not_disturb,
            reminder: self.reminder.as_deref().map(time).transpose()?,
        })
    }
}

/// The rules of a workspace. The default notifies of everything at any time.
pub(crate) async fn load(store: &Store) -> Result<AlertRules, StoreError> {
    let stored = store.load(ALERT_RULES).await?;
    Ok(stored.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

/// The times of the rules. If they cannot be read, notifications are always shown.
pub(crate) async fn times(store: &Store) -> AlertTimes {
    let rules = load(store).await.map_err(WireError::from);
    rules.and_then(|rules| rules.times()).unwrap_or_else(|error| {
        tracing::warn!(%error, "when to show notifications is not known");
        AlertTimes::default()
    })
}

/// The journal positions of the alerts that must not notify. If the rules cannot be applied, all alerts notify.
pub(crate) async fn muted(store: &Store, alerts: &[NewAlert], now: Timestamp) -> BTreeSet<i64> {
    match muted_by_rules(store, alerts, now).await {
        Ok(muted) => muted,
        Err(error) => {
            tracing::warn!(%error, "the rules of alerts cannot be applied, so all of them notify");
            BTreeSet::new()
        }
    }
}

async fn muted_by_rules(
    store: &Store,
    alerts: &[NewAlert],
    now: Timestamp,
) -> Result<BTreeSet<i64>, StoreError> {
    let rules = load(store).await?;
    let search = match &rules.view {
        // A deleted view holds nothing back.
        Some(id) => saved_views::load(store).await?.into_iter().find(|view| view.id == *id),
        None => None,
    };
    let companies = match search {
        Some(view) => {
            let companies = alerts.iter().map(|alert| alert.company).collect();
            Some(store.companies_among(&view.search, companies, now).await?)
        }
        None => None,
    };
    let is_muted = |alert: &&NewAlert| {
        alert.trouble.is_some_and(|trouble| rules.muted.contains(&trouble.kind()))
            || companies.as_ref().is_some_and(|companies| !companies.contains(&alert.company))
    };
    Ok(alerts.iter().filter(is_muted).map(|alert| alert.seq).collect())
}
