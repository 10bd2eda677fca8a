//! The proxy in GNOME's settings, which many other Linux desktops use too. Read with `gsettings`, which these
//! desktops install.

use std::{collections::HashMap, process::Stdio, time::Duration};

use reqwest::{NoProxy, Proxy};

/// The schema of the settings. The schemas of the protocols have a suffix after a dot.
const SCHEMA: &str = "org.gnome.system.proxy";
/// The timeout of `gsettings`.
const DEADLINE: Duration = Duration::from_secs(2);

/// The manual proxies of the settings.
#[derive(Debug, PartialEq, Eq)]
struct DesktopProxies {
    http: Option<String>,
    https: Option<String>,
    /// Hosts without a proxy, in reqwest's format.
    except: String,
}

/// The proxies of GNOME's settings. `None` if there are no such settings or no HTTP proxy.
pub(super) async fn proxies() -> Option<Vec<Proxy>> {
    let desktop_proxies = read(&listing().await?)?;
    let except = NoProxy::from_string(&desktop_proxies.except);
    let http = desktop_proxies.http.map(Proxy::http);
    let https = desktop_proxies.https.map(Proxy::https);
    let proxies = http.into_iter().chain(https).map(|proxy| Ok(proxy?.no_proxy(except.clone())));
    proxies.collect::<Result<Vec<_>, reqwest::Error>>().map_or_else(
        |error| {
            tracing::warn!(%error, "the proxy in the desktop's settings cannot be used");
            None
        },
        Some,
    )
}

async fn listing() -> Option<String> {
    let mut command = tokio::process::Command::new("gsettings");
    command.args(["list-recursively", SCHEMA]);
    command.stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    match tokio::time::timeout(DEADLINE, command.output()).await {
        Ok(Ok(output)) if output.status.success() => String::from_utf8(output.stdout).ok(),
        // There are no such settings.
        Ok(_) => None,
        Err(_) => {
            tracing::warn!("gsettings does not answer, so the desktop's proxy is not used");
            None
        }
    }
}

/// Parses the output of `gsettings list-recursively`: a schema, a key and a value per line.
fn read(listing: &str) -> Option<DesktopProxies> {
    let mut values = HashMap::new();
    for line in listing.lines() {
        let mut parts = line.splitn(3, ' ');
        if let (Some(schema), Some(key), Some(value)) = (parts.next(), parts.next(), parts.next()) {
            values.insert((schema.strip_prefix(SCHEMA).unwrap_or(schema), key), value.trim());
        }
    }
    let value = |part: &'static str, key: &'static str| values.get(&(part, key)).copied().unwrap_or_default();
    if text(value("", "mode")) != "manual" {
        return None;
    }
    let address = |part| address(text(value(part, "host")), value(part, "port"));
    let http = address(".http");
    let is_for_all = value("", "use-same-proxy") == "true";
    let https = address(".https").or_else(|| http.clone().filter(|_| is_for_all));
    if http.is_none() && https.is_none() {
        return None;
    }
    let except = value("", "ignore-hosts").trim_start_matches("@as").trim();
    let except = except.trim_matches(['[', ']']).split(',');
    let except: Vec<&str> = except
        .map(|host| text(host.trim()).trim_start_matches("*."))
        .filter(|host| !host.is_empty())
        .collect();
    Some(DesktopProxies { http, https, except: except.join(",") })
}

/// A text without its quotes.
fn text(value: &str) -> &str {
    value.trim_matches(['\'', '"']).trim()
}

fn address(host: &str, port: &str) -> Option<String> {
    let port: u16 = port.parse().ok().filter(|port| *port > 0)?;
    match host {
        "" => None,
        host if host.contains(':') && !host.starts_with('[') => Some(format!("http://[{host}]:{port}")),
        host => Some(format!("http://{host}:{port}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The output for a desktop with these values in place of the defaults.
    fn desktop(changed: &[(&str, &str)]) -> String {
        let mut lines = vec![
            (" autoconfig-url", "''"),
            (" ignore-hosts", "['localhost', '127.0.0.0/8', '::1']"),
            (" mode", "'none'"),
            (" use-same-proxy", "true"),
            (".ftp host", "''"),
            (".http authentication-password", "''"),
            (".http enabled", "false"),
            (".http host", "''"),
            (".http port", "8080"),
            (".https host", "''"),
            (".https port", "0"),
            (".socks host", "''"),
            (".socks port", "0"),
        ];
        for line in &mut lines {
            if let Some((_, value)) = changed.iter().find(|(key, _)| *key == line.0) {
                line.1 = value;
            }
        }
        lines.into_iter().map(|(key, value)| format!("{SCHEMA}{key} {value}\n")).collect()
    }

    const MANUAL: (&str, &str) = (" mode", "'manual'");
    const DEFAULT: &str = "localhost,127.0.0.0/8,::1";

    fn desktop_proxies(http: Option<&str>, https: Option<&str>, except: &str) -> Option<DesktopProxies> {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Some(DesktopProxies { http: owned(http), https: owned(https), except: except.to_owned() })
    }

    #[test]
    fn the_settings_of_a_desktop_are_read_as_the_desktop_means_them() {
        let http = (".http host", "'proxy.corp'");
        let https = [(".https host", "'secure.corp'"), (".https port", "3129")];
        let apart = (" use-same-proxy", "false");
        let plain = Some("http://proxy.corp:8080");
        for (changed, meant) in [
            (vec![], None),
            (vec![http], None),
            (vec![(" mode", "'auto'"), http], None),
            (vec![MANUAL], None),
            (vec![MANUAL, (".socks host", "'socks.corp'")], None),
            (vec![MANUAL, http], desktop_proxies(plain, plain, DEFAULT)),
            (vec![MANUAL, http, apart], desktop_proxies(plain, None, DEFAULT)),
            (
                vec![MANUAL, http, https[0], https[1]],
                desktop_proxies(plain, Some("http://secure.corp:3129"), DEFAULT),
            ),
            (
                vec![MANUAL, https[0], https[1]],
                desktop_proxies(None, Some("http://secure.corp:3129"), DEFAULT),
            ),
            (vec![MANUAL, https[0]], None),
            (
                vec![MANUAL, http, (" ignore-hosts", "['*.corp', \"10.0.0.0/8\", 'example.com']")],
                desktop_proxies(plain, plain, "corp,10.0.0.0/8,example.com"),
            ),
            (vec![MANUAL, http, (" ignore-hosts", "@as []")], desktop_proxies(plain, plain, "")),
            (
                vec![MANUAL, (".http host", "'fd00::1'")],
                desktop_proxies(Some("http://[fd00::1]:8080"), Some("http://[fd00::1]:8080"), DEFAULT),
            ),
        ] {
            assert_eq!(read(&desktop(&changed)), meant, "{changed:?}");
        }
        assert_eq!(read(""), None);
        assert_eq!(read("No such schema"), None);
    }
}
