//! What goes along from page to page: the Link URL's own options, and the custom parameters that the
//! redirect is given at the end (§5.2). One-time passwords and what belongs to one page stay behind.

use crate::request::{Parameter, Request};

/// The parameters that go along.
pub(super) struct Trail(Vec<Parameter>);

const SANDBOXES: &str = "link.showSandboxIntegrations";

impl Trail {
    /// Those of a request.
    pub(super) fn of(request: &Request) -> Self {
        let stays = |it: &&Parameter| it.name == SANDBOXES || is_custom(&it.name);
        Self(request.parameters.iter().filter(stays).cloned().collect())
    }

    /// An address with them.
    pub(super) fn to(&self, path: &str) -> String {
        let parts: Vec<&str> = self.0.iter().map(|it| it.raw.as_str()).collect();
        match (parts.is_empty(), path.contains('?')) {
            (true, _) => path.to_owned(),
            (false, false) => format!("{path}?{}", parts.join("&")),
            (false, true) => format!("{path}&{}", parts.join("&")),
        }
    }

    /// Those that are to be sent along as fields of a form that asks, where an address cannot carry them.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|it| (it.name.as_str(), it.value.as_str()))
    }

    /// The first custom parameter of this name.
    pub(super) fn custom(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|it| is_custom(&it.name) && it.name == name).map(|it| it.value.as_str())
    }

    /// Whether sandbox integrations are to be shown, where the Link URL says.
    pub(super) fn sandboxes(&self) -> Option<bool> {
        let said = self.0.iter().find(|it| it.name == SANDBOXES)?;
        said.value.parse().ok()
    }
}

fn is_custom(name: &str) -> bool {
    !name.is_empty() && name != "otp" && !name.starts_with("link.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trail(target: &str) -> Trail {
        let uri = target.parse().unwrap();
        Trail::of(&Request::new(http::Method::GET, &uri, http::HeaderMap::new(), bytes::Bytes::new()))
    }

    #[test]
    fn options_and_custom_parameters_go_along_and_passwords_do_not() {
        let trail =
            trail("/company/x?link.otp=1&otp=2&ref=a%26b&link.showSandboxIntegrations=false&link.search=q");
        assert_eq!(trail.to("/x"), "/x?ref=a%26b&link.showSandboxIntegrations=false");
        assert_eq!(trail.to("/x?y=1"), "/x?y=1&ref=a%26b&link.showSandboxIntegrations=false");
        assert_eq!(trail.custom("ref"), Some("a&b"));
        assert_eq!(trail.custom("otp"), None);
        assert_eq!(trail.sandboxes(), Some(false));
    }
}
