//! `/_sandbox/link`: the Link settings (§1.9).

use serde_json::Value;

use crate::{
    change::Change,
    context::{Context, HandlerResult, ok, ok_with_changes},
    link_state::{LinkSettings, SETTINGS_NAME},
    response::ApiError,
};

/// Fields that a `PUT` omits get their default.
pub(crate) fn control(cx: &Context<'_>, method: &str) -> HandlerResult {
    match method {
        "GET" => ok(&cx.state.link.settings),
        "PUT" => replace(cx),
        _ => Err(ApiError::method_not_allowed("GET, PUT")),
    }
}

fn replace(cx: &Context<'_>) -> HandlerResult {
    let mut body = cx.request.object()?;
    body.retain(|_, value| !value.is_null());
    let refuse = |error: serde_json::Error| ApiError::invalid_body("body", &error.to_string());
    let mut settings: LinkSettings = serde_json::from_value(Value::from(body)).map_err(refuse)?;
    settings.redirect_url = settings.redirect_url.filter(|url| !url.trim().is_empty());
    if settings.redirect_url.as_deref().is_some_and(|url| !super::redirect::is_web(url)) {
        let text = "A redirect must start with http:// or https://.";
        return Err(ApiError::invalid_body("redirectUrl", text));
    }
    let value = serde_json::to_value(&settings).map_err(|error| ApiError::internal(&error))?;
    ok_with_changes(&settings, vec![Change::Link(SETTINGS_NAME.to_owned(), Some(value))])
}
