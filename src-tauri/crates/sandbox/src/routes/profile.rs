//! The client's profile (§2.14).

use crate::{
    answer::Problem,
    change::{Change, ProfileRecord},
    context::{Context, Outcome, changed, ok},
};

pub(super) fn profile(cx: &Context<'_>, method: &str) -> Outcome {
    match method {
        "GET" => ok(&cx.state.profile),
        "PUT" => replace(cx),
        _ => Err(Problem::wrong_method("GET, PUT")),
    }
}

fn replace(cx: &Context<'_>) -> Outcome {
    let mut body = cx.request.object()?;
    // Null is the same as missing.
    body.retain(|_, value| !value.is_null());
    let refuse = |error: serde_json::Error| Problem::invalid_body("body", &error.to_string());
    let profile: ProfileRecord = serde_json::from_value(body.into()).map_err(refuse)?;
    if profile.name.trim().is_empty() {
        return Err(Problem::invalid_body("name", "The profile needs a name."));
    }
    changed(&profile.clone(), vec![Change::Profile(profile)])
}
