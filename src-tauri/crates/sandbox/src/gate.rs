//! Who is let in: requests to this host alone, with a key of the client (§2.1).

use http::StatusCode;

use crate::{
    answer::{Part, Problem},
    request::Request,
    state::State,
};

/// The names under which a sandbox on `port` may be addressed.
pub(crate) fn hosts(port: u16) -> Vec<String> {
    let names = ["127.0.0.1", "localhost", "[::1]"];
    let with_port = names.iter().map(|name| format!("{name}:{port}"));
    // A browser leaves out the port that is the scheme's own.
    let bare = names.iter().filter(|_| port == 80).map(|name| (*name).to_owned());
    with_port.chain(bare).collect()
}

/// Refuses a request that was addressed to another host: a page elsewhere whose name resolves to loopback
/// must not reach the sandbox.
pub(crate) fn host(hosts: &[String], request: &Request) -> Result<(), Problem> {
    let header = request.headers.get_all(http::header::HOST);
    let named = header.iter().map(|value| value.to_str().unwrap_or_default());
    let mut addressed = named.chain(request.authority.as_deref()).peekable();
    let known = |name: &str| hosts.iter().any(|host| host.eq_ignore_ascii_case(name));
    if addressed.peek().is_some() && addressed.all(known) {
        return Ok(());
    }
    let text = "The sandbox answers to 127.0.0.1 and localhost, on its own port, alone.";
    Err(Problem::new(StatusCode::FORBIDDEN, Part::Public, text))
}

/// Refuses a form that a page elsewhere sends: a browser says where it comes from.
pub(crate) fn origin(hosts: &[String], request: &Request) -> Result<(), Problem> {
    let own = |origin: &str| {
        let host = origin.strip_prefix("http://");
        host.is_some_and(|name| hosts.iter().any(|host| host.eq_ignore_ascii_case(name)))
    };
    let reads = request.method == http::Method::GET || request.method == http::Method::HEAD;
    let elsewhere = |value: &http::HeaderValue| !value.to_str().is_ok_and(own);
    if reads || !request.headers.get_all(http::header::ORIGIN).iter().any(elsewhere) {
        return Ok(());
    }
    let text = "A form of this sandbox is sent from its own pages alone.";
    Err(Problem::new(StatusCode::FORBIDDEN, Part::Public, text))
}

/// Refuses a request without a key of the client: `Basic` and the raw key in Base64.
pub(crate) fn key(state: &State, request: &Request) -> Result<(), Problem> {
    let key = request.header("authorization").and_then(|value| {
        let (scheme, encoded) = value.trim().split_once(' ')?;
        let basic = scheme.eq_ignore_ascii_case("basic");
        basic.then(|| base64(encoded.trim())).flatten()
    });
    match key.and_then(|bytes| String::from_utf8(bytes).ok()) {
        Some(key) if state.knows_key(&key) => Ok(()),
        Some(_) | None => Err(Problem::of_status(StatusCode::UNAUTHORIZED)),
    }
}

/// Decodes Base64 in the standard alphabet, with padding or without.
fn base64(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=');
    let (mut bytes, mut held, mut bits) = (Vec::with_capacity(text.len()), 0_u32, 0_u32);
    for letter in text.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        held = (held << 6) | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 0xff).unwrap_or(0));
            held &= (1 << bits) - 1;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_with_padding_and_without() {
        assert_eq!(base64("c2FuZGJveA=="), Some(b"sandbox".to_vec()));
        assert_eq!(base64("c2FuZGJveA"), Some(b"sandbox".to_vec()));
        assert_eq!(base64("+/8="), Some(vec![0xfb, 0xff]));
        assert_eq!(base64("no!"), None);
    }

    #[test]
    fn the_port_may_be_left_out_only_where_it_is_the_scheme_s_own() {
        assert!(hosts(80).contains(&"localhost".to_owned()));
        assert!(!hosts(8787).contains(&"localhost".to_owned()));
    }
}
