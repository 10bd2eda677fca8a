//! The inbox of alerts, its rules, and what the user does with its entries.

use jiff::{Timestamp, ToSpan as _};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use store::{InboxCounts, InboxFilter, Snooze, setting_keys::ALERT_RULES};
use ts_rs::TS;

use super::{LinkRequest, Nothing, OpenedUrl};
use crate::{
    alert_rules::{self, AlertRules},
    app::App,
    clock,
    error::{Code, WireError},
    inbox_entry::{self, InboxRow},
    open_workspace::OpenWorkspace,
    wire::Event,
};

/// The maximum number of entries in one answer.
const MAX_ROWS: u32 = 200;
/// The maximum number of entries in one action.
const MAX_ENTRIES: usize = 1_000;
/// The longest snooze, in days.
const MAX_SNOOZE_DAYS: i64 = 31;

/// A part of the inbox.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
pub(crate) struct InboxRequest {
    pub filter: InboxFilter,
    /// The index of the first entry.
    pub offset: u32,
    /// The number of entries, at most 200.
    pub limit: u32,
}

/// A part of the inbox, newest first.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct InboxPage {
    /// The number of entries that match the filter.
    pub total: u32,
    /// The number of entries of each filter.
    pub counts: InboxCounts,
    pub rows: Vec<InboxRow>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct MarkAlertsRead {
    /// At most 1,000 entries. None: all are marked as read.
    pub ids: Option<Vec<i64>>,
    /// False to mark them as unread.
    pub read: bool,
}

/// Hides entries until a time or until the connection changes. With neither, they are shown again.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SnoozeAlerts {
    /// At most 1,000 entries.
    pub ids: Vec<i64>,
    /// Milliseconds since 1970, UTC; within a month.
    pub until: Option<i64>,
    pub until_change: bool,
}

impl App {
    pub(crate) async fn inbox(&self, request: InboxRequest) -> Result<InboxPage, WireError> {
        let workspace = self.command_workspace().await;
        let (store, now, zone) = (workspace.store()?, workspace.now(), clock::zone());
        let counts = store.inbox_counts(now).await?;
        let entries = store.inbox(request.filter, request.offset, request.limit.min(MAX_ROWS), now).await?;
        let total = match request.filter {
            InboxFilter::Open => counts.open,
            InboxFilter::Snoozed => counts.snoozed,
            InboxFilter::Closed => counts.closed,
            InboxFilter::All => counts.all,
        };
        let rows = entries.into_iter().map(|entry| inbox_entry::row(entry, &zone)).collect();
        Ok(InboxPage { total, counts, rows })
    }

    pub(crate) async fn unread_alerts(&self, _: Nothing) -> Result<u32, WireError> {
        Ok(self.command_workspace().await.store()?.unread_alerts().await?)
    }

    pub(crate) async fn mark_alerts_read(&self, mark: MarkAlertsRead) -> Result<Nothing, WireError> {
        let workspace = self.command_workspace().await;
        check_count(mark.ids.as_deref().unwrap_or_default())?;
        let store = workspace.store()?;
        store.mark_alerts_read(mark.ids.as_deref(), mark.read, workspace.now()).await?;
        self.emit(Event::Inbox);
        Ok(Nothing {})
    }

    pub(crate) async fn snooze_alerts(&self, request: SnoozeAlerts) -> Result<Nothing, WireError> {
        check_count(&request.ids)?;
        let workspace = self.command_workspace().await;
        let snooze = match request.until {
            Some(until) => Some(Snooze::Until(snooze_end(until, workspace.now())?)),
            None => request.until_change.then_some(Snooze::UntilChange),
        };
        self.snooze(&workspace, &request.ids, snooze).await?;
        Ok(Nothing {})
    }

    /// Snoozes the open alert of a connection until tomorrow morning. Same checks and log as the command
    /// `snoozeAlerts`.
    ///
    /// # Errors
    /// As [`execute_in_workspace`](Self::execute_in_workspace).
    pub async fn snooze_connection(
        &self,
        workspace: Option<&str>,
        connection: codat::ConnectionId,
    ) -> Result<(), WireError> {
        let snooze = Box::pin(async {
            let workspace = self.command_workspace().await;
            let Some(id) = workspace.store()?.open_alert(connection).await? else { return Ok(()) };
            let until = clock::tomorrow_morning(workspace.now())?;
            self.snooze(&workspace, &[id], Some(Snooze::Until(until))).await
        });
        self.run_named(workspace, "snoozeAlerts", snooze).await
    }

    async fn snooze(
        &self,
        workspace: &OpenWorkspace,
        ids: &[i64],
        snooze: Option<Snooze>,
    ) -> Result<(), WireError> {
        workspace.store()?.snooze_alerts(ids, snooze, workspace.now()).await?;
        workspace.update_snooze_end().await;
        self.emit(Event::Inbox);
        Ok(())
    }

    /// Opens an e-mail to the customer with the Link URL, in the user's mail program.
    pub(crate) async fn draft_email(&self, request: LinkRequest) -> Result<OpenedUrl, WireError> {
        let (link, platform) = self.fresh_link(request).await?;
        let subject = match &platform {
            Some(platform) => format!("Please reconnect {platform}"),
            None => "Please connect your accounting software".to_owned(),
        };
        let what = platform.unwrap_or_else(|| "your accounting software".to_owned());
        let body = format!(
            "Hello,\r\n\r\nWe no longer receive data from {what}. Please open this link and sign in to reconnect \
             it:\r\n\r\n{link}\r\n\r\nThank you"
        );
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let url = format!("mailto:?subject={}&body={}", encoded(&subject), encoded(&body));
        let opened = self.desktop.open_url(&url).map_err(|reason| {
            WireError::new(Code::Desktop, "Couldn’t open your mail program. Copy the Link URL instead.")
                .with_detail(reason)
        })?;
        Ok(OpenedUrl { url, opened })
    }

    pub(crate) async fn alert_rules(&self, _: Nothing) -> Result<AlertRules, WireError> {
        Ok(alert_rules::load(&*self.command_workspace().await.store()?).await?)
    }

    pub(crate) async fn set_alert_rules(&self, rules: AlertRules) -> Result<AlertRules, WireError> {
        let workspace = self.command_workspace().await;
        rules.times()?;
        let text =
            serde_json::to_string(&rules).map_err(std::io::Error::from).map_err(store::StoreError::from)?;
        workspace.store()?.save(ALERT_RULES, &text).await?;
        workspace.update_alert_times().await;
        self.emit(Event::Inbox);
        Ok(rules)
    }
}

fn check_count(ids: &[i64]) -> Result<(), WireError> {
    if ids.len() <= MAX_ENTRIES {
        return Ok(());
    }
    let message = format!("You can change up to {MAX_ENTRIES} alerts at once. Nothing was changed.");
    Err(WireError::new(Code::BadArguments, message))
}

fn snooze_end(until: i64, now: Timestamp) -> Result<Timestamp, WireError> {
    let end = Timestamp::from_millisecond(until).ok();
    let latest = now.checked_add((MAX_SNOOZE_DAYS * 24).hours()).unwrap_or(now);
    end.filter(|end| *end > now && *end <= latest).ok_or_else(|| {
        let message = format!("Choose a time within the next {MAX_SNOOZE_DAYS} days. Nothing was changed.");
        WireError::new(Code::BadArguments, message)
    })
}
