//! Alerts between the engine's words and what the store keeps of them.

use codat::{Colour, CompanyId, ConnectionId, status::Trouble};
use engine::{ConsentWarning, EndingConsent, NewAlert, PastAlert};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Alert, AlertState, NewWarning, RecentAlert};

use super::millis;

/// What the store keeps of an alert.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    company: CompanyId,
    company_name: String,
    connection: ConnectionId,
    platform: String,
    #[serde(flatten)]
    news: News,
}

/// What it tells.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", untagged)]
enum News {
    /// A connection turned. An earlier version did not say why, and recorded only what was confirmed.
    Turned {
        colour: Colour,
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

pub(crate) fn new(alert: NewAlert) -> store::NewAlert {
    let data = Data {
        company: alert.company,
        company_name: alert.company_name,
        connection: alert.connection,
        platform: alert.platform,
        news: News::Turned {
            colour: alert.colour,
            trouble: alert.trouble,
            unconfirmed: alert.trouble.is_none(),
            repeats: alert.repeats,
        },
    };
    store::NewAlert { first_seq: alert.seq, last_seq: alert.seq, data: text(&data) }
}

pub(crate) fn new_warning(warning: ConsentWarning) -> NewWarning {
    let consent = warning.consent;
    let data = Data {
        company: consent.company,
        company_name: consent.company_name,
        connection: consent.connection,
        platform: consent.platform,
        news: News::Ends { consent_ends: millis(consent.expires) },
    };
    NewWarning {
        connection: consent.connection,
        expires: millis(consent.expires),
        next: warning.next.map(millis),
        data: warning.told.then(|| text(&data)),
    }
}

/// What is remembered of an alert that was recorded before.
pub(crate) fn past(recent: &RecentAlert) -> PastAlert {
    let news = serde_json::from_str(&recent.alert.data).map(|data: Data| data.news);
    PastAlert {
        connection: recent.connection,
        at: recent.alert.at,
        trouble: if let Ok(News::Turned { trouble, .. }) = news { trouble } else { None },
        is_shown: recent.alert.state != AlertState::New,
        is_healed: recent.is_healed,
    }
}

/// Alerts that were recorded and not shown, of those that can be read, as the engine has them.
#[derive(Debug, Default)]
pub(crate) struct Untold {
    pub(crate) turned: Vec<(i64, NewAlert)>,
    pub(crate) ending: Vec<(i64, EndingConsent)>,
}

impl Untold {
    pub(crate) fn of(alerts: impl IntoIterator<Item = Alert>) -> Self {
        let mut untold = Self::default();
        for alert in alerts {
            match serde_json::from_str(&alert.data) {
                Ok(data) => untold.take(&alert, data),
                Err(error) => tracing::warn!(%error, alert.id, "an alert cannot be read, and is not shown"),
            }
        }
        untold
    }

    fn take(&mut self, alert: &Alert, data: Data) {
        let Data { company, company_name, connection, platform, news } = data;
        match news {
            News::Turned { colour, trouble, unconfirmed, repeats } => {
                let usual = if colour == Colour::Grey { Trouble::Unlinked } else { Trouble::Access };
                let trouble = trouble.or((!unconfirmed).then_some(usual));
                let turned = NewAlert {
                    seq: alert.first_seq,
                    at: alert.at,
                    company,
                    company_name,
                    connection,
                    platform,
                    colour,
                    trouble,
                    repeats,
                };
                self.turned.push((alert.id, turned));
            }
            News::Ends { consent_ends } => {
                let Ok(expires) = Timestamp::from_millisecond(consent_ends) else { return };
                let ending = EndingConsent { company, company_name, connection, platform, expires };
                self.ending.push((alert.id, ending));
            }
        }
    }
}

fn text(data: &Data) -> String {
    serde_json::to_string(data).unwrap_or_default()
}
