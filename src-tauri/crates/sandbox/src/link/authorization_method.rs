//! How a customer authorizes a platform (§5.3).

use crate::{
    data_type::SourceKind,
    integration::{Availability, Platform},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AuthorizationMethod {
    /// On the provider's page.
    Provider,
    /// With credentials that are entered on Link's page.
    Credentials(&'static [Credential]),
    /// With a connector on the customer's computer.
    Connector,
    /// At a bank that the customer chooses first.
    Bank,
    Upload,
    /// Without any input.
    Sandbox,
}

/// A credential field.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Credential {
    pub(super) name: &'static str,
    /// The visible name.
    pub(super) label: &'static str,
    /// Where the customer finds it.
    pub(super) hint: &'static str,
    /// Whether the input is hidden.
    pub(super) is_secret: bool,
}

const fn open(name: &'static str, label: &'static str, hint: &'static str) -> Credential {
    Credential { name, label, hint, is_secret: false }
}

const fn secret(name: &'static str, label: &'static str, hint: &'static str) -> Credential {
    Credential { name, label, hint, is_secret: true }
}

const NETSUITE: &[Credential] = &[
    open("accountId", "Account ID", "In NetSuite under Setup, Company, Company information"),
    open("tokenId", "Token ID", "Shown once, when you create the access token"),
    secret("tokenSecret", "Token secret", "Shown beside the token ID"),
];
const INTACCT: &[Credential] = &[
    open("companyId", "Company ID", "As you type it when you sign in"),
    open("userId", "User ID", "The user for web services"),
    secret("password", "Password", "The same user’s password"),
];
const BIGCOMMERCE: &[Credential] = &[
    open("apiPath", "API path", "Shown when you create the API account"),
    secret("accessToken", "Access token", "Shown beside the API path"),
];
const WOOCOMMERCE: &[Credential] = &[
    open("shopUrl", "Shop address", "Such as https://shop.example.com"),
    open("consumerKey", "Consumer key", "In WooCommerce under Settings, Advanced, REST API"),
    secret("consumerSecret", "Consumer secret", "Shown beside the consumer key"),
];

impl AuthorizationMethod {
    pub(super) fn for_platform(platform: &Platform) -> Self {
        match platform.key {
            "mqjo" | "qhnd" | "aiwb" => Self::Sandbox,
            "akxx" => Self::Credentials(NETSUITE),
            "knfz" => Self::Credentials(INTACCT),
            "vqzp" => Self::Credentials(BIGCOMMERCE),
            "ltpp" => Self::Credentials(WOOCOMMERCE),
            "zpqy" => Self::Upload,
            _ if platform.kind == SourceKind::Other => Self::Upload,
            _ if platform.offer == Availability::OnPremises => Self::Connector,
            _ if platform.kind == SourceKind::Banking => Self::Bank,
            _ => Self::Provider,
        }
    }
}
