//! One-time URLs (§5.1). Opening the page does not use the password, because link previews open it too;
//! submitting its form does. A cookie gives access for one day.

use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use maud::html;

use super::{
    view,
    visit::{Visit, field},
};
use crate::{
    context::{HandlerOutput, HandlerResult},
    link_state,
    response::Response,
};

/// The response to a customer without access. None if access is granted.
pub(super) fn without_access(visit: &Visit<'_>) -> Option<HandlerResult> {
    let settings = &visit.cx.state.link.settings;
    if !settings.one_time_urls || has_access(visit) {
        return None;
    }
    match (visit.page.as_slice(), visit.is_post()) {
        ([], false) => Some(confirmation_page(visit)),
        ([], true) => Some(redeem(visit)),
        _ => Some(refused(visit)),
    }
}

fn confirmation_page(visit: &Visit<'_>) -> HandlerResult {
    let parameter = if visit.connection.is_some() { "otp" } else { "link.otp" };
    let otp = visit.cx.request.parameter(parameter).unwrap_or_default();
    if !is_valid_password(visit, otp) {
        return refused(visit);
    }
    let name = &visit.company.name;
    let body = html! {
        h1 dir="auto" { "Connect " (name) }
        p { "This is a one-time link. It opens once, on this device, and stays open here for a day." }
        form method="post" action=(landing_page(visit)) {
            (view::token(&visit.token()))
            input type="hidden" name="otp" value=(otp);
            button.primary type="submit" { "Open the link" }
        }
    };
    visit.show(StatusCode::OK, &format!("Connect {name}"), &body)
}

fn redeem(visit: &Visit<'_>) -> HandlerResult {
    let Some(fields) = visit.form() else { return visit.expired_form() };
    let otp = field(&fields, "otp").unwrap_or_default();
    if !is_valid_password(visit, otp) {
        return refused(visit);
    }
    let cx = visit.cx;
    let issued = cx.now.as_second();
    let session_token = format!("{issued:x}-{}", cx.state.seal("link session", &session(visit, issued)));
    let cookie = format!("{}={session_token}; Path=/; HttpOnly; SameSite=Lax", cookie(visit));
    let answer = Response::see_other(&landing_page(visit)).with_header("set-cookie", &cookie);
    Ok(HandlerOutput { answer, changes: cx.state.link.mark_used(otp, cx.now) })
}

fn refused(visit: &Visit<'_>) -> HandlerResult {
    let body = html! {
        h1 { "This link is used or has expired" }
        p { "A one-time link opens once, within a day. Ask the person who sent it to you for a new one." }
    };
    visit.show(StatusCode::FORBIDDEN, "This link is used or has expired", &body)
}

/// The first page's URL without the one-time password.
fn landing_page(visit: &Visit<'_>) -> String {
    match visit.connection {
        Some(connection) => visit.connection_page(connection, ""),
        None => visit.company_page(""),
    }
}

fn is_valid_password(visit: &Visit<'_>, otp: &str) -> bool {
    let cx = visit.cx;
    let subject = visit.connection.unwrap_or(visit.company.id).to_string();
    let is_feed = visit.connection().is_some_and(|connection| connection.key == "hcws");
    let life = if is_feed { link_state::BANK_FEED_OTP_LIFETIME } else { link_state::OTP_LIFETIME };
    cx.state.link.accepts(&|purpose, text| cx.state.seal(purpose, text), &subject, otp, cx.now, life)
}

fn has_access(visit: &Visit<'_>) -> bool {
    let Some((issued, seal)) =
        visit.cx.request.cookie(&cookie(visit)).and_then(|session_token| session_token.split_once('-'))
    else {
        return false;
    };
    let Ok(issued) = i64::from_str_radix(issued, 16) else { return false };
    let is_authentic = seal == visit.cx.state.seal("link session", &session(visit, issued));
    let begun = Timestamp::from_second(issued).unwrap_or(Timestamp::MIN);
    is_authentic && visit.cx.now.duration_since(begun) < SignedDuration::from_hours(24)
}

fn cookie(visit: &Visit<'_>) -> String {
    format!("link-{}", visit.company.id)
}

fn session(visit: &Visit<'_>, issued: i64) -> String {
    format!("{} {issued}", visit.company.id)
}
