//! `/_sandbox/link`: the Link settings (§1.9).

use serde_json::Value;

use crate::{
    answer::Problem,
    change::Change,
    context::{Context, Outcome, changed, ok},
    link_state::{LinkSettings, SETTINGS},
};

/// Fields that a `PUT` omits get their default.
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
