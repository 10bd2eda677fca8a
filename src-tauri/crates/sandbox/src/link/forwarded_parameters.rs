//! Query parameters that are forwarded from page to page (§5.2): options of the Link URL and custom
//! parameters for the redirect. One-time passwords and parameters of one page are not forwarded.

use crate::request::{Parameter, Request};

pub(super) struct ForwardedParameters(Vec<Parameter>);

const SHOW_SANDBOXES: &str = "link.showSandboxIntegrations";

impl ForwardedParameters {
    pub(super) fn from_request(request: &Request) -> Self {
        let stays = |it: &&Parameter| it.name == SHOW_SANDBOXES || is_custom(&it.name);
        Self(request.parameters.iter().filter(stays).cloned().collect())
    }

    /// The URL with the parameters.
    pub(super) fn to(&self, path: &str) -> String {
        let parts: Vec<&str> = self.0.iter().map(|it| it.raw.as_str()).collect();
        match (parts.is_empty(), path.contains('?')) {
            (true, _) => path.to_owned(),
            (false, false) => format!("{path}?{}", parts.join("&")),
            (false, true) => format!("{path}&{}", parts.join("&")),
        }
    }

    /// As hidden fields for a GET form, whose URL cannot carry parameters.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|it| (it.name.as_str(), it.value.as_str()))
    }

    /// The first custom parameter with this name.
    pub(super) fn custom(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|it| is_custom(&it.name) && it.name == name).map(|it| it.value.as_str())
    }

    /// Whether to offer sandbox integrations. None if the Link URL does not say.
    pub(super) fn sandboxes(&self) -> Option<bool> {
        let parameter = self.0.iter().find(|it| it.name == SHOW_SANDBOXES)?;
        parameter.value.parse().ok()
    }
}

fn is_custom(name: &str) -> bool {
    !name.is_empty() && name != "otp" && !name.starts_with("link.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forwarded(target: &str) -> ForwardedParameters {
        let uri = target.parse().unwrap();
        ForwardedParameters::from_request(&Request::new(
            http::Method::GET,
            &uri,
            http::HeaderMap::new(),
            bytes::Bytes::new(),
        ))
    }

    #[test]
    fn options_and_custom_parameters_go_along_and_passwords_do_not() {
        let forwarded = forwarded(
            "/company/x?link.otp=1&otp=2&ref=a%26b&link.showSandboxIntegrations=false&link.search=q",
        );
        assert_eq!(forwarded.to("/x"), "/x?ref=a%26b&link.showSandboxIntegrations=false");
        assert_eq!(forwarded.to("/x?y=1"), "/x?y=1&ref=a%26b&link.showSandboxIntegrations=false");
        assert_eq!(forwarded.custom("ref"), Some("a&b"));
        assert_eq!(forwarded.custom("otp"), None);
        assert_eq!(forwarded.sandboxes(), Some(false));
    }
}
