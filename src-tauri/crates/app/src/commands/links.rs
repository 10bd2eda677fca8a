//! Copies and opens Link URLs, fresh from the server or stored with their age.

use codat::{Company, ConnectionId, FailureKind};
use engine::{ActError, ReadAct};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Nothing, OpenedUrl, company_id};
use crate::{
    app::App,
    error::{Code, WireError},
    open_workspace::OpenWorkspace,
    wire::{Copied, millis},
};

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct LinkRequest {
    pub company: String,
    /// The ID of a connection. None: the Link URL of the company.
    #[serde(default)]
    #[ts(optional)]
    pub connection: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct CopyText {
    pub text: String,
    /// A description of the text.
    pub label: String,
}

/// The format of copied Link URLs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) enum LinksForm {
    /// One line per URL.
    Text,
    /// A table.
    Csv,
}

/// Copied Link URLs.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LinksCopied {
    pub copied: Copied,
    /// The number of copied URLs.
    pub links: u32,
    /// How many of the selected have no Link URL, or a one-time URL.
    pub left_out: u32,
}

impl App {
    pub(crate) async fn copy_link_url(&self, request: LinkRequest) -> Result<Copied, WireError> {
        let (url, label, stale) = self.link_url(request).await?;
        self.put_on_clipboard(url, label, stale)
    }

    /// Opens a Link URL in the browser, as the customer would see it.
    pub(crate) async fn open_link_url(&self, request: LinkRequest) -> Result<OpenedUrl, WireError> {
        let (url, ..) = self.link_url(request).await?;
        let opened = self.desktop.open_url(&url).map_err(|reason| {
            WireError::new(Code::Desktop, "Couldn’t open the browser. Copy the Link URL instead.")
                .with_detail(reason)
        })?;
        Ok(OpenedUrl { url, opened })
    }

    /// The Link URL of a company or a connection, and the name of the connection's integration.
    pub(super) async fn fresh_link(
        &self,
        request: LinkRequest,
    ) -> Result<(String, Option<String>), WireError> {
        let (url, ..) = self.link_url(request.clone()).await?;
        let record =
            self.command_workspace().await.store()?.company_record(company_id(&request.company)?).await?;
        let connections = record.into_iter().flat_map(|company| company.data_connections);
        let mut chosen = connections.filter(|it| request.connection.as_ref() == Some(&it.id.to_string()));
        Ok((url, chosen.next().map(|connection| connection.platform_name)))
    }

    /// The URL, its description, and its age if it could not be refreshed.
    async fn link_url(&self, request: LinkRequest) -> Result<(String, String, Option<Stale>), WireError> {
        let id = company_id(&request.company)?;
        let connection = request
            .connection
            .map(|text| text.parse::<ConnectionId>())
            .transpose()
            .map_err(|_| WireError::new(Code::BadArguments, "This isn’t a connection ID."))?;
        let workspace = self.command_workspace().await;
        let mut stale = refresh(&workspace, ReadAct::Company(id)).await?;
        if let (None, Some(connection)) = (&stale, connection)
            && workspace.store()?.is_unlisted(id, connection).await?
        {
            let refreshed = refresh(&workspace, ReadAct::Connection(id, connection)).await;
            stale = refreshed
                .map_err(|error| if error.code == Code::NotFound { connection_gone() } else { error })?;
        }
        let company = workspace.store()?.company_record(id).await?.ok_or_else(no_link_url)?;
        let (url, label) = link_url(&company, connection)?;
        if !is_link(&url) {
            return Err(WireError::new(
                Code::LinkUrlUnknown,
                "Codat sent a Link URL that isn’t a secure web address. We didn’t copy or open it.",
            )
            .with_detail(url));
        }
        if stale.is_some() && carries_one_time_password(&url) {
            return Err(WireError::new(
                Code::LinkUrlOneTime,
                "The last known Link URL works only once and may already be used. Copy it again when you’re \
                 back online.",
            ));
        }
        Ok((url, label, stale))
    }

    pub(crate) async fn copy_invite_url(&self, _: Nothing) -> Result<Copied, WireError> {
        let workspace = self.command_workspace().await;
        let url = self.invite_url(&workspace.record()).ok_or_else(|| {
            WireError::new(
                Code::LinkUrlUnknown,
                "We can’t get this workspace’s invite URL from Codat. Paste it once in Settings.",
            )
        })?;
        self.put_on_clipboard(url, "Invite URL".to_owned(), None)
    }

    #[expect(clippy::unused_async, reason = "every command has the same shape")]
    pub(crate) async fn copy_text(&self, copy: CopyText) -> Result<Copied, WireError> {
        self.put_on_clipboard(copy.text, copy.label, None)
    }

    /// Copies the Link URLs of `links` of the `selected`. They are as of the last check.
    pub(super) fn put_links_on_clipboard(
        &self,
        workspace: &OpenWorkspace,
        text: String,
        links: usize,
        selected: usize,
    ) -> Result<LinksCopied, WireError> {
        let label = if links == 1 { "1 Link URL".to_owned() } else { format!("{links} Link URLs") };
        let as_of = workspace.runner().ok().and_then(|runner| runner.snapshot().health.last_sweep);
        let copied = self.put_on_clipboard(text, label, as_of.map(|since| Stale { since, reason: None }))?;
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Ok(LinksCopied { copied, links: count(links), left_out: count(selected.saturating_sub(links)) })
    }

    pub(super) fn put_on_clipboard(
        &self,
        text: String,
        label: String,
        stale: Option<Stale>,
    ) -> Result<Copied, WireError> {
        let copied = self.desktop.copy(&text).map_err(|reason| {
            WireError::new(Code::Clipboard, "Couldn’t copy. Your clipboard is unchanged.").with_detail(reason)
        })?;
        let as_of = stale.as_ref().map(|stale| millis(stale.since));
        let reason = stale.and_then(|stale| stale.reason);
        Ok(Copied { text, copied, as_of, reason, label })
    }
}

/// The age of a stored value.
pub(super) struct Stale {
    /// When it was last known to be valid.
    pub(super) since: Timestamp,
    /// Why it could not be refreshed. None if that was not tried.
    pub(super) reason: Option<String>,
}

/// Loads a company or a connection again. If Codat cannot be reached, returns the age of the stored data. A
/// quota limit that the user can lift is an error, as in every other act.
async fn refresh(workspace: &OpenWorkspace, act: ReadAct) -> Result<Option<Stale>, WireError> {
    let runner = match workspace.runner() {
        Ok(runner) => runner,
        Err(error) => return Ok(Some(Stale { since: Timestamp::UNIX_EPOCH, reason: Some(error.message) })),
    };
    match runner.act(act).await {
        Ok(_) => Ok(None),
        Err(error) if cannot_be_asked(&error) => {
            let since = runner.snapshot().health.last_sweep.unwrap_or(Timestamp::UNIX_EPOCH);
            Ok(Some(Stale { since, reason: Some(WireError::unread(error).message) }))
        }
        Err(error) => Err(WireError::unread(error)),
    }
}

fn connection_gone() -> WireError {
    WireError::new(
        Code::NotFound,
        "Codat no longer has this connection, so we copied nothing. Use the company’s Link URL.",
    )
}

/// Whether only waiting helps: no network, no response, or a server that accepts nothing at the moment.
fn cannot_be_asked(error: &ActError) -> bool {
    match error {
        ActError::Failed(failure) => {
            failure.kind.is_transient()
                || matches!(
                    failure.kind,
                    FailureKind::OtherStatus | FailureKind::RateLimited | FailureKind::Forbidden
                )
        }
        // The user cannot lift this limit, so stored data is used.
        ActError::QuotaExhausted { .. } => true,
        ActError::UserQuotaReached { .. }
        | ActError::Store(_)
        | ActError::NoSchedule
        | ActError::SafeMode => false,
    }
}

fn link_url(company: &Company, connection: Option<ConnectionId>) -> Result<(String, String), WireError> {
    let Some(id) = connection else {
        return Ok((company.redirect.clone(), format!("Link URL of {}", company.name)));
    };
    let connection = company.data_connections.iter().find(|known| known.id == id).ok_or_else(no_link_url)?;
    if connection.link_url.is_empty() {
        return Err(no_link_url());
    }
    Ok((connection.link_url.clone(), format!("Link URL of {} at {}", connection.platform_name, company.name)))
}

fn no_link_url() -> WireError {
    WireError::new(Code::LinkUrlUnknown, "There’s no Link URL for this. It may have been deleted elsewhere.")
}

/// Whether a customer can be sent to this URL.
///
/// On the internet it must use `https` and have no user name, because a user name can disguise the host. The
/// sandbox on this computer uses `http`.
pub(super) fn is_link(url: &str) -> bool {
    let Ok(address) = url.parse::<http::Uri>() else { return false };
    let (Some(scheme), Some(authority)) = (address.scheme_str(), address.authority()) else { return false };
    let host = authority.host();
    if host.is_empty() || authority.as_str().contains('@') {
        return false;
    }
    match scheme {
        "https" => true,
        "http" => matches!(host, "127.0.0.1" | "localhost" | "[::1]"),
        _ => false,
    }
}

/// Whether a customer can be sent to this URL more than once.
pub(super) fn is_lasting_link(url: &str) -> bool {
    is_link(url) && !carries_one_time_password(url)
}

/// Whether a Link URL is valid only once (§5.1).
fn carries_one_time_password(url: &str) -> bool {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    query.split('&').any(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        name.eq_ignore_ascii_case("otp") || name.eq_ignore_ascii_case("link.otp")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_that_a_customer_can_be_sent_to_is_a_link_url() {
        for good in [
            "https://link.codat.io/company/x",
            "HTTPS://link-api.codat.io/a/start?otp=1",
            "http://127.0.0.1:8787/link/start",
            "http://localhost:8787/invite",
            "http://[::1]:8787/invite",
        ] {
            assert!(is_link(good), "{good}");
        }
        for bad in [
            "",
            "javascript:alert(1)",
            "JavaScript://%0aalert(1)",
            "file:///etc/passwd",
            "data:text/html,x",
            "ftp://link.codat.io/",
            "http://link.codat.io/company/x",
            "http://127.0.0.1.evil.example/",
            "http://localhost.evil.example/",
            "https://link.codat.io@evil.example/",
            "https://user:pass@link.codat.io/",
            "https://",
            "https:///x",
            "//link.codat.io/x",
            "https://link.codat.io/a b",
            " https://link.codat.io/",
            "https://link.codat.io/\nx",
        ] {
            assert!(!is_link(bad), "{bad:?}");
        }
    }

    #[test]
    fn a_one_time_password_is_known_in_both_spellings_and_nowhere_else() {
        assert!(carries_one_time_password("https://link.codat.io/company/x?link.otp=1"));
        assert!(carries_one_time_password("https://link-api.codat.io/a/start?x=1&otp=2"));
        assert!(!carries_one_time_password("https://link.codat.io/company/otp=1"));
        assert!(!carries_one_time_password("https://link.codat.io/company/x?motp=1"));
    }
}
