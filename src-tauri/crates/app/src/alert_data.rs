//! The JSON data of alerts in the store.

use std::collections::{BTreeMap, BTreeSet};

use codat::{Color, CompanyId, ConnectionId, status::Trouble};
use domain::EndingConsent;
use engine::{ConsentWarning, NewAlert, PastAlert};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Alert, AlertState, NewWarning, RecentAlert, Store, StoreError};

use crate::wire::millis;

/// The JSON data of an alert in the store.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    company: CompanyId,
    company_name: String,
    connection: ConnectionId,
    platform: String,
    #[serde(flatten)]
    content: AlertContent,
}

/// The content of an alert.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", untagged)]
enum AlertContent {
    /// The state of a connection changed. Earlier versions stored no `trouble` and only confirmed alerts.
    Turned {
        /// Recorded alerts have this spelling.
        #[serde(rename = "colour")]
        color: Color,
        #[serde(default)]
        trouble: Option<Trouble>,
        #[serde(default)]
        unconfirmed: bool,
        #[serde(default)]
        repeats: bool,
    },
    /// A consent ends; milliseconds since 1970, UTC.
    #[serde(rename_all = "camelCase")]
    Ends { consent_ends: i64 },
}

pub(crate) fn new_alert(is_muted: bool, alert: NewAlert) -> store::NewAlert {
    let is_over = alert.trouble == Some(Trouble::Deleted);
    let data = Data {
        company: alert.company,
        company_name: alert.company_name,
        connection: alert.connection,
        platform: alert.platform,
        content: AlertContent::Turned {
            color: alert.color,
            trouble: alert.trouble,
            unconfirmed: alert.trouble.is_none(),
            repeats: alert.repeats,
        },
    };
    store::NewAlert { first_seq: alert.seq, last_seq: alert.seq, data: text(&data), is_muted, is_over }
}

/// Replaces the causes of deauthorized connections by what their stored history says, such as the end of a consent.
///
/// # Errors
/// Database errors.
pub(crate) async fn refine_troubles(
    store: &Store,
    alerts: &mut [NewAlert],
) -> Result<BTreeMap<ConnectionId, Trouble>, StoreError> {
    let unclear = || Some(Trouble::Withdrawn);
    let companies: BTreeSet<_> =
        alerts.iter().filter(|it| it.trouble == unclear()).map(|it| it.company).collect();
    let companies: Vec<_> = companies.into_iter().collect();
    let mut troubles = store.troubles(&companies).await?;
    troubles.retain(|_, trouble| matches!(trouble, Trouble::ConsentEnded | Trouble::Idle));
    let unclear_ones: BTreeSet<_> =
        alerts.iter().filter(|it| it.trouble == unclear()).map(|it| it.connection).collect();
    troubles.retain(|connection, _| unclear_ones.contains(connection));
    for alert in alerts.iter_mut().filter(|it| it.trouble == unclear()) {
        alert.trouble = troubles.get(&alert.connection).copied().or(alert.trouble);
    }
    Ok(troubles)
}

pub(crate) fn new_warning(warning: ConsentWarning) -> NewWarning {
    let consent = warning.consent;
    let data = Data {
        company: consent.company,
        company_name: consent.company_name,
        connection: consent.connection,
        platform: consent.platform,
        content: AlertContent::Ends { consent_ends: millis(consent.expires) },
    };
    NewWarning {
        connection: consent.connection,
        expires: millis(consent.expires),
        next: warning.next.map(millis),
        data: warning.notify.then(|| text(&data)),
    }
}

/// A recorded alert in the engine's type.
pub(crate) fn past_alert(recent: &RecentAlert) -> PastAlert {
    let content = serde_json::from_str(&recent.alert.data).map(|data: Data| data.content);
    PastAlert {
        connection: recent.connection,
        at: recent.alert.at,
        trouble: if let Ok(AlertContent::Turned { trouble, .. }) = content { trouble } else { None },
        is_shown: recent.alert.state != AlertState::New,
        is_healed: recent.is_healed,
    }
}

/// Recorded alerts that were never shown. Unreadable ones are left out.
#[derive(Debug, Default)]
pub(crate) struct UndeliveredAlerts {
    pub(crate) status_changes: Vec<(i64, NewAlert)>,
    pub(crate) ending_consents: Vec<(i64, EndingConsent)>,
}

impl UndeliveredAlerts {
    pub(crate) fn parse(alerts: impl IntoIterator<Item = Alert>) -> Self {
        let mut undelivered = Self::default();
        for alert in alerts {
            match serde_json::from_str(&alert.data) {
                Ok(data) => undelivered.push(&alert, data),
                Err(error) => tracing::warn!(%error, alert.id, "an alert cannot be read, and is not shown"),
            }
        }
        undelivered
    }

    fn push(&mut self, alert: &Alert, data: Data) {
        let Data { company, company_name, connection, platform, content } = data;
        match content {
            AlertContent::Turned { color, trouble, unconfirmed, repeats } => {
                let usual = if color == Color::Grey { Trouble::Unlinked } else { Trouble::Withdrawn };
                let trouble = trouble.or((!unconfirmed).then_some(usual));
                let turned = NewAlert {
                    seq: alert.first_seq,
                    at: alert.at,
                    company,
                    company_name,
                    connection,
                    platform,
                    color,
                    trouble,
                    repeats,
                };
                self.status_changes.push((alert.id, turned));
            }
            AlertContent::Ends { consent_ends } => {
                let Ok(expires) = Timestamp::from_millisecond(consent_ends) else { return };
                let ending = EndingConsent { company, company_name, connection, platform, expires };
                self.ending_consents.push((alert.id, ending));
            }
        }
    }
}

fn text(data: &Data) -> String {
    serde_json::to_string(data).unwrap_or_default()
}
