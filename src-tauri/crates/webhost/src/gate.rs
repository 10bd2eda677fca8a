//! Access control: only the page that was opened with the printed address gets answers.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::token::Token;

/// The header with the token.
const TOKEN_HEADER: HeaderName = HeaderName::from_static("x-portal-token");

/// The header in which browsers send the relation between the requesting site and this server.
const FETCH_SITE_HEADER: HeaderName = HeaderName::from_static("sec-fetch-site");

const OTHER_SITE: &str = "Another site’s page sent this request.";

/// Allows only content of this server. As strict as the policy of the window, so that a violation is noticed
/// in a browser too.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Checks requests.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    token: Token,
    port: u16,
}

impl Gate {
    pub(crate) fn new(token: Token, port: u16) -> Self {
        Self { token, port }
    }

    /// The address of the page with the token.
    pub(crate) fn address(&self) -> String {
        format!("http://127.0.0.1:{}/?token={}", self.port, self.token.expose())
    }

    /// Cookies are shared by all ports of a host, so the name includes the port.
    fn cookie_name(&self) -> String {
        format!("portal-{}", self.port)
    }

    /// Detects DNS rebinding: a page of another site that resolves its own name to this computer.
    fn is_our_host(&self, headers: &HeaderMap) -> bool {
        let is_one = headers.get_all(header::HOST).iter().count() == 1;
        is_one && headers.get(header::HOST).is_some_and(|host| self.names().iter().any(|name| host == name))
    }

    /// A request without an origin is not made by a script of another page. A browser never sends two.
    fn is_our_origin(&self, headers: &HeaderMap) -> bool {
        let ours = |origin: &HeaderValue| self.names().iter().any(|name| *origin == format!("http://{name}"));
        let mut origins = headers.get_all(header::ORIGIN).iter();
        origins.next().is_none_or(ours) && origins.next().is_none()
    }

    fn names(&self) -> [String; 2] {
        [format!("127.0.0.1:{}", self.port), format!("localhost:{}", self.port)]
    }

    fn is_in_query(&self, request: &Request) -> bool {
        let query = request.uri().query().unwrap_or_default();
        query.split('&').filter_map(|pair| pair.strip_prefix("token=")).any(|token| self.token.is(token))
    }

    fn is_in_headers(&self, headers: &HeaderMap) -> bool {
        let header = headers.get(TOKEN_HEADER).and_then(|value| value.to_str().ok());
        let start = format!("{}=", self.cookie_name());
        let mut cookies = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|cookie| cookie.trim().strip_prefix(&start));
        header.is_some_and(|token| self.token.is(token)) || cookies.any(|token| self.token.is(token))
    }

    fn cookie(&self) -> Option<HeaderValue> {
        let cookie =
            format!("{}={}; Path=/; HttpOnly; SameSite=Strict", self.cookie_name(), self.token.expose());
        HeaderValue::from_str(&cookie).ok()
    }
}

/// Answers 403 to requests from pages of other sites, whatever cookie they carry. Cookies are shared by all ports of a
/// host, so a page of another program on this computer sends the cookie of this one, and its pictures and links carry no
/// `Origin`. All current browsers send `Sec-Fetch-Site`; other programs do not and need the token.
pub(crate) async fn own_page(request: Request, next: Next) -> Response {
    let site = request.headers().get(FETCH_SITE_HEADER).map(HeaderValue::as_bytes);
    if matches!(site, None | Some(b"same-origin" | b"none")) {
        return next.run(request).await;
    }
    forbidden(request.method(), OTHER_SITE)
}

/// Answers 403 to requests without access. A page that was opened with the token gets a cookie, because its
/// scripts and images are requested without the token.
pub(crate) async fn guard(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let in_query = gate.is_in_query(&request);
    let headers = request.headers();
    let refusal = if !gate.is_our_host(headers) {
        Some("This request used a different name for this address.")
    } else if !gate.is_our_origin(headers) {
        Some(OTHER_SITE)
    } else if !in_query && !gate.is_in_headers(headers) {
        Some("Open the whole address that the program printed at the start, with its token.")
    } else {
        None
    };
    let method = request.method().clone();
    let mut response = match refusal {
        Some(message) => forbidden(&method, message),
        None => next.run(request).await,
    };
    if let (None, true, Some(cookie)) = (refusal, in_query && method == Method::GET, gate.cookie()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    protect(response.headers_mut());
    response
}

fn forbidden(method: &Method, message: &'static str) -> Response {
    if method == Method::GET {
        return (StatusCode::FORBIDDEN, message).into_response();
    }
    let body = json!({ "code": "refused", "message": message, "detail": null });
    (StatusCode::FORBIDDEN, Json(body)).into_response()
}

fn protect(headers: &mut HeaderMap) {
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}
