//! Access tokens and allowed origins of embedded Link (§2.9), and their removed legacy routes.

use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    change::Change,
    context::{Context, HandlerResult, ok, ok_with_changes},
    document_store::DocumentKind,
    response::ApiError,
    seed,
};

const TOKEN_LIFETIME_SECONDS: u32 = 86_400;
/// The routes under `connectionManagement` are removed on this day.
const LEGACY_REMOVED_AT: &str = "2026-10-13T00:00:00Z";

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
struct LegacyTokenWire {
    access_token: String,
}

pub(super) fn token(cx: &Context<'_>, method: &str) -> HandlerResult {
    match method {
        "GET" => ok(&TokenWire {
            expires_in: TOKEN_LIFETIME_SECONDS,
            access_token: made(cx)?,
            token_type: "Bearer",
        }),
        _ => Err(ApiError::method_not_allowed("GET")),
    }
}

pub(super) fn legacy_token(cx: &Context<'_>, method: &str) -> HandlerResult {
    check_legacy_is_available(cx)?;
    match method {
        "GET" => ok(&LegacyTokenWire { access_token: made(cx)? }),
        _ => Err(ApiError::method_not_allowed("GET")),
    }
}

pub(super) fn cors(cx: &Context<'_>, method: &str) -> HandlerResult {
    match method {
        "GET" => ok(&cx.state.documents.get::<Cors>(DocumentKind::Cors, "").unwrap_or_default()),
        "POST" => {
            let given = Cors { allowed_origins: origins(cx)? };
            ok_with_changes(&given, vec![Change::put_document(DocumentKind::Cors, "", &given)?])
        }
        _ => Err(ApiError::method_not_allowed("GET, POST")),
    }
}

pub(super) fn legacy_cors(cx: &Context<'_>, method: &str) -> HandlerResult {
    check_legacy_is_available(cx)?;
    cors(cx, method)
}

/// 404 with the text of a removed endpoint.
fn check_legacy_is_available(cx: &Context<'_>) -> Result<(), ApiError> {
    let gone: Option<Timestamp> = LEGACY_REMOVED_AT.parse().ok();
    if gone.is_none_or(|gone| cx.now < gone) {
        Ok(())
    } else {
        Err(ApiError::from_status(StatusCode::NOT_FOUND))
    }
}

/// A token of one company for one day. It stays the same during the day and contains no data.
fn made(cx: &Context<'_>) -> Result<String, ApiError> {
    let (_, company) = cx.company()?;
    let day = u64::try_from(cx.now.as_second().div_euclid(i64::from(TOKEN_LIFETIME_SECONDS))).unwrap_or(0);
    let part = |n: u64| {
        seed::derive_id(company.id, "token", day.wrapping_mul(3).wrapping_add(n)).simple().to_string()
    };
    Ok(format!("{}.{}.{}", part(0), part(1), part(2)))
}

fn origins(cx: &Context<'_>) -> Result<Vec<String>, ApiError> {
    let refuse = |message: &str| ApiError::invalid_body("allowedOrigins", message);
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
