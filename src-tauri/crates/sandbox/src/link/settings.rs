//! How Link behaves (§1.9): what the Portal's settings pages hold, at `/_sandbox/link`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::state::SETTINGS;
use crate::{
    answer::Problem,
    routes::{Context, Outcome, changed, ok},
    state::Change,
};

/// How Link behaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct LinkSettings {
    /// Whether a landing page comes first.
    pub(super) landing_page: bool,
    /// Whether sandbox integrations are offered, where the Link URL does not say.
    pub(super) show_sandbox_integrations: bool,
    /// Whether Link URLs carry a one-time password, without which they do not open.
    pub(super) one_time_urls: bool,
    /// Where the customer goes in the end, with placeholders (§5.5). None: the profile's, or the built-in
    /// page where that was not changed either.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) redirect_url: Option<String>,
    /// The hosts that a redirect may lead to whose host is a placeholder.
    pub(super) allowed_redirect_hosts: Vec<String>,
    /// Which categories are offered.
    pub(super) categories: Categories,
}

/// Which categories are offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Categories {
    pub(super) accounting: CategorySettings,
    pub(super) banking: CategorySettings,
    pub(super) commerce: CategorySettings,
    pub(super) business_documents: CategorySettings,
}

/// How one category is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct CategorySettings {
    /// Whether it is offered.
    pub(super) enabled: bool,
    /// Whether the customer may finish without it.
    pub(super) optional: bool,
}

impl Default for CategorySettings {
    fn default() -> Self {
        Self { enabled: true, optional: true }
    }
}

impl Default for LinkSettings {
    fn default() -> Self {
        Self {
            landing_page: false,
            show_sandbox_integrations: true,
            one_time_urls: false,
            redirect_url: None,
            allowed_redirect_hosts: vec![],
            categories: Categories::default(),
        }
    }
}

/// `GET` and `PUT /_sandbox/link`. What a `PUT` leaves out is as it was in the beginning.
pub(crate) fn control(cx: &Context<'_>, method: &str) -> Outcome {
    match method {
        "GET" => ok(&cx.state.link.settings),
        "PUT" => replace(cx),
        _ => Err(Problem::wrong_method("GET, PUT")),
    }
}

fn replace(cx: &Context<'_>) -> Outcome {
    let mut body = cx.request.object()?;
    body.retain(|_, value| !value.is_null());
    let refuse = |error: serde_json::Error| Problem::invalid_body("body", &error.to_string());
    let mut settings: LinkSettings = serde_json::from_value(Value::from(body)).map_err(refuse)?;
    settings.redirect_url = settings.redirect_url.filter(|url| !url.trim().is_empty());
    if settings.redirect_url.as_deref().is_some_and(|url| !super::redirect::is_web(url)) {
        let text = "A redirect begins with http:// or https://.";
        return Err(Problem::invalid_body("redirectUrl", text));
    }
    let kept = serde_json::to_value(&settings).map_err(|error| Problem::broken(&error))?;
    changed(&settings, vec![Change::Link(SETTINGS.to_owned(), Some(kept))])
}
