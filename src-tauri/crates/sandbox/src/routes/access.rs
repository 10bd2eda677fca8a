//! Access tokens and allowed origins of embedded Link (§2.9), and their removed legacy routes.

use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    answer::Problem,
    change::Change,
    context::{Context, Outcome, changed, ok},
    seed,
    shelf::Shelf,
};

const SECONDS: u32 = 86_400;
/// The routes under `connectionManagement` are removed on this day.
const GONE: &str = "2026-10-13T00:00:00Z";

/// The origins that may embed Link.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cors {
    allowed_origins: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TokenWire {
    expires_in: u32,
    access_token: String,
    token_type: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OldTokenWire {
    access_token: String,
}

pub(super) fn token(cx: &Context<'_>, method: &str) -> Outcome {
    match method {
        "GET" => ok(&TokenWire { expires_in: SECONDS, access_token: made(cx)?, token_type: "Bearer" }),
        _ => Err(Problem::wrong_method("GET")),
    }
}

pub(super) fn old_token(cx: &Context<'_>, method: &str) -> Outcome {
    still_there(cx)?;
    match method {
        "GET" => ok(&OldTokenWire { access_token: made(cx)? }),
        _ => Err(Problem::wrong_method("GET")),
    }
}

pub(super) fn cors(cx: &Context<'_>, method: &str) -> Outcome {
    match method {
        "GET" => ok(&cx.state.shelves.get::<Cors>(Shelf::Cors, "").unwrap_or_default()),
        "POST" => {
            let given = Cors { allowed_origins: origins(cx)? };
            changed(&given, vec![Change::keep(Shelf::Cors, "", &given)?])
        }
        _ => Err(Problem::wrong_method("GET, POST")),
    }
}

pub(super) fn old_cors(cx: &Context<'_>, method: &str) -> Outcome {
    still_there(cx)?;
    cors(cx, method)
}

/// 404 with the text of a removed endpoint.
fn still_there(cx: &Context<'_>) -> Result<(), Problem> {
    let gone: Option<Timestamp> = GONE.parse().ok();
    if gone.is_none_or(|gone| cx.now < gone) {
        Ok(())
    } else {
        Err(Problem::of_status(StatusCode::NOT_FOUND))
    }
}

/// A token of one company for one day. It stays the same during the day and contains no data.
fn made(cx: &Context<'_>) -> Result<String, Problem> {
    let (_, company) = cx.company()?;
    let day = u64::try_from(cx.now.as_second().div_euclid(i64::from(SECONDS))).unwrap_or(0);
    let part =
        |n: u64| seed::named(company.id, "token", day.wrapping_mul(3).wrapping_add(n)).simple().to_string();
    Ok(format!("{}.{}.{}", part(0), part(1), part(2)))
}

fn origins(cx: &Context<'_>) -> Result<Vec<String>, Problem> {
    let refuse = |message: &str| Problem::invalid_body("allowedOrigins", message);
    let body = cx.request.object()?;
    let Some(Value::Array(given)) = body.get("allowedOrigins") else {
        return Err(refuse("'allowedOrigins' must be a list of origins."));
    };
    given
        .iter()
        .map(|origin| {
            let text = origin.as_str().unwrap_or_default();
            let uri: Option<http::Uri> = text.parse().ok();
            let fits = uri.is_some_and(|uri| {
                matches!(uri.scheme_str(), Some("http" | "https"))
                    && uri.host().is_some()
                    && uri.query().is_none()
            });
            if fits { Ok(text.to_owned()) } else { Err(refuse(&format!("'{text}' is not an origin."))) }
        })
        .collect()
}
