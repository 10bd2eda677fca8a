//! The client's redirect URL with its placeholders (§5.5).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The characters that are not encoded in a value.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Whether a browser can be redirected to the URL.
pub(super) fn is_web(url: &str) -> bool {
    let after = |scheme: &str| {
        let start = url.get(..scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then(|| url.get(scheme.len()..)).flatten()
    };
    let clean = !url.chars().any(|letter| letter.is_control() || letter.is_whitespace());
    clean && after("https://").or_else(|| after("http://")).is_some_and(|rest| !rest.is_empty())
}

/// The URL with each `{name}` replaced by its encoded value. Unknown names become empty. None if the result
/// is not a web URL, or if its host comes from a placeholder and is not in `allowed`.
pub(super) fn filled(template: &str, value: impl Fn(&str) -> String, allowed: &[String]) -> Option<String> {
    let mut url = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        url.push_str(before);
        let Some((name, beyond)) = after.split_once('}') else {
            url.push('{');
            rest = after;
            continue;
        };
        url.extend(utf8_percent_encode(&value(name), VALUE));
        rest = beyond;
    }
    url.push_str(rest);
    let is_dynamic = authority(template).contains('{');
    let host = host(authority(&url));
    let is_allowed = allowed.iter().any(|it| it.eq_ignore_ascii_case(host));
    (is_web(&url) && !host.is_empty() && (!is_dynamic || is_allowed)).then_some(url)
}

/// The part between the scheme and the path.
fn authority(url: &str) -> &str {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    rest.split(['/', '?', '#', '\\']).next().unwrap_or_default()
}

/// The host of a URL, or of a text that is a host already.
pub(super) fn host_of(url: &str) -> &str {
    host(if url.contains("://") { authority(url) } else { url })
}

/// Without the user and the port.
fn host(authority: &str) -> &str {
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => name,
        Some(_) | None => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(template: &str, allowed: &[&str]) -> Option<String> {
        let allowed: Vec<String> = allowed.iter().map(|it| (*it).to_owned()).collect();
        let value = |name: &str| match name {
            "statusCode" => "403",
            "errorMessage" => "User cancelled.",
            "host" => "app.example.com",
            "evil" => "evil.test/?",
            _ => "",
        };
        filled(template, |name| value(name).to_owned(), &allowed)
    }

    #[test]
    fn placeholders_are_filled_in_and_encoded() {
        assert_eq!(
            fill("https://x.test/done?s={statusCode}&m={errorMessage}&c={mine}#{a", &[]).as_deref(),
            Some("https://x.test/done?s=403&m=User%20cancelled.&c=#{a")
        );
        assert_eq!(fill("https://x.test/{StatusCode}", &[]).as_deref(), Some("https://x.test/"), "by case");
    }

    #[test]
    fn a_host_from_a_placeholder_must_be_allowed() {
        assert_eq!(fill("https://{host}/", &[]), None);
        assert_eq!(
            fill("https://{host}:8443/", &["APP.example.com"]).as_deref(),
            Some("https://app.example.com:8443/")
        );
        assert_eq!(fill("https://{evil}.example.com/", &["example.com"]), None);
        assert_eq!(fill("https://app.example.com@{evil}/", &["app.example.com"]), None);
        assert_eq!(fill("https://{missing}/", &[""]), None);
    }

    #[test]
    fn only_web_addresses_are_redirects() {
        for url in ["javascript:alert(1)", "https://", "", "ftp://x", "https://a b", "https://x\r\ny"] {
            assert_eq!(fill(url, &[]), None, "{url}");
        }
        assert_eq!(fill("HTTP://x", &[]).as_deref(), Some("HTTP://x"));
    }
}
