//! The client's profile (§2.14).

use crate::{
    change::{Change, ProfileRecord},
    context::{Context, HandlerResult, ok, ok_with_changes},
    response::ApiError,
};

pub(super) fn profile(cx: &Context<'_>, method: &str) -> HandlerResult {
    match method {
        "GET" => ok(&cx.state.profile),
        "PUT" => replace(cx),
        _ => Err(ApiError::method_not_allowed("GET, PUT")),
    }
}

fn replace(cx: &Context<'_>) -> HandlerResult {
    let mut body = cx.request.object()?;
    // Null is the same as missing.
    body.retain(|_, value| !value.is_null());
    let refuse = |error: serde_json::Error| ApiError::invalid_body("body", &error.to_string());
    let profile: ProfileRecord = serde_json::from_value(body.into()).map_err(refuse)?;
    if profile.name.trim().is_empty() {
        return Err(ApiError::invalid_body("name", "The profile needs a name."));
    }
    ok_with_changes(&profile.clone(), vec![Change::Profile(profile)])
}
