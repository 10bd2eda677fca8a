//! Link URLs on the clipboard: fetched fresh, or the last known one with its age.

use codat::{Company, ConnectionId, FailureKind};
use engine::{Act, ActError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Nothing, OpenedUrl, company_id};
use crate::{
    app::App,
    convert::millis,
    desk::Desk,
    error::{Code, WireError},
    wire::Copied,
};

/// Whose Link URL.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct LinkRequest {
    /// The company.
    pub company: String,
    /// One of its connections; without it, the company's own.
    #[serde(default)]
    #[ts(optional)]
    pub connection: Option<String>,
}

/// Text for the clipboard.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct CopyText {
    /// The text.
    pub text: String,
    /// What it is.
    pub label: String,
}

impl App {
    pub(crate) async fn copy_link_url(&self, request: LinkRequest) -> Result<Copied, WireError> {
        let (url, label, stale) = self.link_url(request).await?;
        self.put_on_clipboard(url, label, stale)
    }

    /// Opens a Link URL in the browser, as whoever got it would see it.
    pub(crate) async fn open_link_url(&self, request: LinkRequest) -> Result<OpenedUrl, WireError> {
        let (url, ..) = self.link_url(request).await?;
        let opened = self.desktop().open_url(&url).map_err(|reason| {
            WireError::new(Code::Desktop, "The browser could not be opened. The Link URL can be copied.")
                .with_detail(reason)
        })?;
        Ok(OpenedUrl { url, opened })
    }

    /// The URL, what it is, and how it may be out of date where it could not be fetched fresh.
    async fn link_url(&self, request: LinkRequest) -> Result<(String, String, Option<Stale>), WireError> {
        let id = company_id(&request.company)?;
        let connection = request
            .connection
            .map(|text| text.parse::<ConnectionId>())
            .transpose()
            .map_err(|_| WireError::new(Code::BadArguments, "That is not the ID of a connection."))?;
        let desk = self.desk().await;
        let mut stale = look(&desk, Act::Look(id)).await?;
        if let (None, Some(connection)) = (&stale, connection)
            && desk.store()?.is_unlisted(id, connection).await?
        {
            let looked = look(&desk, Act::LookAtConnection(id, connection)).await;
            stale = looked.map_err(|error| if error.code == Code::NotFound { gone() } else { error })?;
        }
        let company = desk.store()?.company_record(id).await?.ok_or_else(unknown)?;
        let (url, label) = link_url(&company, connection)?;
        if !is_link(&url) {
            return Err(WireError::new(
                Code::LinkUrlUnknown,
                "Codat sent a Link URL that is not a secure web address. We didn't copy or open it.",
            )
            .with_detail(url));
        }
        if stale.is_some() && carries_one_time_password(&url) {
            return Err(WireError::new(
                Code::LinkUrlOneTime,
                "The last known Link URL works only once and may have been used. Copy it again when Codat can be \
                 reached.",
            ));
        }
        Ok((url, label, stale))
    }

    pub(crate) async fn copy_invite_url(&self, _: Nothing) -> Result<Copied, WireError> {
        let desk = self.desk().await;
        let url = self.invite_url(&desk.workspace()).ok_or_else(|| {
            WireError::new(
                Code::LinkUrlUnknown,
                "Codat does not tell this workspace's invite URL. Paste it once in Settings.",
            )
        })?;
        self.put_on_clipboard(url, "Invite URL".to_owned(), None)
    }

    #[expect(clippy::unused_async, reason = "every command has the same shape")]
    pub(crate) async fn copy_text(&self, copy: CopyText) -> Result<Copied, WireError> {
        self.put_on_clipboard(copy.text, copy.label, None)
    }

    pub(super) fn put_on_clipboard(
        &self,
        text: String,
        label: String,
        stale: Option<Stale>,
    ) -> Result<Copied, WireError> {
        let copied = self.desktop().copy(&text).map_err(|reason| {
            WireError::new(Code::Clipboard, "The clipboard did not take it. Nothing was copied.")
                .with_detail(reason)
        })?;
        let as_of = stale.as_ref().map(|stale| millis(stale.since));
        let reason = stale.and_then(|stale| stale.reason);
        Ok(Copied { text, copied, as_of, reason, label })
    }
}

/// What is known may be out of date.
pub(super) struct Stale {
    /// Since then.
    pub(super) since: Timestamp,
    /// Why it could not be asked for; nothing where it was not.
    pub(super) reason: Option<String>,
}

/// Looks afresh. Where Codat cannot be asked, says how what is known may be out of date; where it is the person's
/// own stop that is in the way, the person is asked, as by every other act.
async fn look(desk: &Desk, look: Act) -> Result<Option<Stale>, WireError> {
    let runner = match desk.runner() {
        Ok(runner) => runner,
        Err(error) => return Ok(Some(Stale { since: Timestamp::UNIX_EPOCH, reason: Some(error.message) })),
    };
    match runner.act(look).await {
        Ok(_) => Ok(None),
        Err(error) if cannot_be_asked(&error) => {
            let since = runner.shown().health.last_sweep.unwrap_or(Timestamp::UNIX_EPOCH);
            Ok(Some(Stale { since, reason: Some(WireError::unread(error).message) }))
        }
        Err(error) => Err(WireError::unread(error)),
    }
}

fn gone() -> WireError {
    WireError::new(
        Code::NotFound,
        "Codat no longer has this connection. We copied nothing. Use the company's Link URL.",
    )
}

/// Whether nothing but waiting helps: no network, no answer, or a server that takes nothing now.
fn cannot_be_asked(error: &ActError) -> bool {
    match error {
        ActError::Failed(failure) => match failure.kind {
            FailureKind::Unreachable
            | FailureKind::NoAnswer
            | FailureKind::Server
            | FailureKind::Unreadable
            | FailureKind::Intercepted
            | FailureKind::OtherStatus
            | FailureKind::RateLimited
            | FailureKind::Unauthorized
            | FailureKind::Forbidden => true,
            FailureKind::Invalid
            | FailureKind::PaymentRequired
            | FailureKind::NotFound
            | FailureKind::Conflict
            | FailureKind::Unprocessable => false,
        },
        // Of a day that is over everybody knows: what is known stays usable.
        ActError::QuotaSpent { .. } => true,
        ActError::QuotaAsks { .. } | ActError::Store(_) | ActError::NoSchedule | ActError::SafeMode => false,
    }
}

fn link_url(company: &Company, connection: Option<ConnectionId>) -> Result<(String, String), WireError> {
    let Some(id) = connection else {
        return Ok((company.redirect.clone(), format!("Link URL of {}", company.name)));
    };
    let connection = company.data_connections.iter().find(|known| known.id == id).ok_or_else(unknown)?;
    if connection.link_url.is_empty() {
        return Err(unknown());
    }
    Ok((connection.link_url.clone(), format!("Link URL of {} at {}", connection.platform_name, company.name)))
}

fn unknown() -> WireError {
    WireError::new(Code::LinkUrlUnknown, "There is no Link URL for this. It may have been deleted elsewhere.")
}

/// Whether this is an address that a customer can be sent to.
///
/// Over the internet only `https`, and never with a user's name, which is how one host is passed off as another; the
/// sandbox on this computer speaks `http`.
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

/// Whether a Link URL works only once (§5.1).
pub(super) fn carries_one_time_password(url: &str) -> bool {
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
