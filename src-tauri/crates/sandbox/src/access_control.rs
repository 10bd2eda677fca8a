//! Access checks: the host, the origin of forms, and the API key (§2.1).

use base64::{Engine as _, prelude::BASE64_STANDARD_NO_PAD};
use http::StatusCode;

use crate::{
    request::Request,
    response::{ApiError, Service},
    state::State,
};

/// The host names of a sandbox on `port`, with their ports. The `additional` ones come first; those without a port have
/// that of the sandbox.
pub(crate) fn hosts(port: u16, additional: &[String]) -> Vec<String> {
    let names: Vec<&str> =
        additional.iter().map(String::as_str).chain(["127.0.0.1", "localhost", "[::1]"]).collect();
    let has_port = |name: &str| name.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let with_port =
        names.iter().map(|name| if has_port(name) { (*name).to_owned() } else { format!("{name}:{port}") });
    // Browsers omit the default port.
    let bare = names.iter().filter(|_| port == 80).map(|name| (*name).to_owned());
    with_port.chain(bare).collect()
}

/// Rejects requests for another host name. This blocks DNS rebinding, where a foreign page's name resolves to
/// loopback.
pub(crate) fn host(hosts: &[String], request: &Request) -> Result<(), ApiError> {
    let header = request.headers.get_all(http::header::HOST);
    let named = header.iter().map(|value| value.to_str().unwrap_or_default());
    let mut addressed = named.chain(request.authority.as_deref()).peekable();
    let known = |name: &str| hosts.iter().any(|host| host.eq_ignore_ascii_case(name));
    if addressed.peek().is_some() && addressed.all(known) {
        return Ok(());
    }
    let text = "The sandbox answers only at 127.0.0.1 and localhost, on its own port, and at the names of --host-name.";
    Err(ApiError::new(StatusCode::FORBIDDEN, Service::Public, text))
}

/// Rejects forms sent by foreign pages.
pub(crate) fn origin(hosts: &[String], request: &Request) -> Result<(), ApiError> {
    let own = |origin: &str| {
        let host = origin.strip_prefix("http://");
        host.is_some_and(|name| hosts.iter().any(|host| host.eq_ignore_ascii_case(name)))
    };
    let reads = request.method == http::Method::GET || request.method == http::Method::HEAD;
    let elsewhere = |value: &http::HeaderValue| !value.to_str().is_ok_and(own);
    if reads || !request.headers.get_all(http::header::ORIGIN).iter().any(elsewhere) {
        return Ok(());
    }
    let text = "You can send this sandbox’s forms only from its own pages.";
    Err(ApiError::new(StatusCode::FORBIDDEN, Service::Public, text))
}

/// Rejects requests without a valid key. The `Authorization` header is `Basic` and the plain key in Base64.
pub(crate) fn key(state: &State, request: &Request) -> Result<(), ApiError> {
    let key = request.header("authorization").and_then(|value| {
        let (scheme, encoded) = value.trim().split_once(' ')?;
        let basic = scheme.eq_ignore_ascii_case("basic");
        basic.then(|| decoded(encoded.trim())).flatten()
    });
    match key.and_then(|bytes| String::from_utf8(bytes).ok()) {
        Some(key) if state.has_api_key(&key) => Ok(()),
        Some(_) | None => Err(ApiError::from_status(StatusCode::UNAUTHORIZED)),
    }
}

/// Standard alphabet. The padding is optional.
fn decoded(text: &str) -> Option<Vec<u8>> {
    BASE64_STANDARD_NO_PAD.decode(text.trim_end_matches('=')).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_with_padding_and_without() {
        assert_eq!(decoded("c2FuZGJveA=="), Some(b"sandbox".to_vec()));
        assert_eq!(decoded("c2FuZGJveA"), Some(b"sandbox".to_vec()));
        assert_eq!(decoded("+/8="), Some(vec![0xfb, 0xff]));
        assert_eq!(decoded("no!"), None);
    }

    #[test]
    fn the_port_may_be_left_out_only_where_it_is_the_scheme_s_own() {
        assert!(hosts(80, &[]).contains(&"localhost".to_owned()));
        assert!(!hosts(8787, &[]).contains(&"localhost".to_owned()));
        let additional = ["sandbox", "localhost:9000", "[fd00::1]"].map(str::to_owned);
        assert_eq!(hosts(8787, &additional)[..3], ["sandbox:8787", "localhost:9000", "[fd00::1]:8787"]);
    }
}
