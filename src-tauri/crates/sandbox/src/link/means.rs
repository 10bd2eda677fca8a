//! By which means a customer authorizes a platform (§5.3).

use crate::{
    datatype::SourceKind,
    integration::{Offer, Platform},
};

/// By which means a customer authorizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Means {
    /// On the provider's own page.
    Provider,
    /// By credentials that are typed here.
    Credentials(&'static [Credential]),
    /// By a connector that runs on the customer's computer.
    Connector,
    /// At the customer's bank, which is chosen first.
    Bank,
    /// By files.
    Upload,
    /// Nothing is asked.
    Sandbox,
}

/// One thing to be typed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Credential {
    /// The field's name.
    pub(super) name: &'static str,
    /// What it is called.
    pub(super) label: &'static str,
    /// Where it is found.
    pub(super) hint: &'static str,
    /// Whether it is not to be shown.
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
    open("tokenId", "Token ID", "Shown once, when the access token is made"),
    secret("tokenSecret", "Token secret", "Shown beside the token ID"),
];
const INTACCT: &[Credential] = &[
    open("companyId", "Company ID", "As you type it when you sign in"),
    open("userId", "User ID", "Of the user for web services"),
    secret("password", "Password", "Of the same user"),
];
const BIGCOMMERCE: &[Credential] = &[
    open("apiPath", "API path", "Shown when the API account is made"),
    secret("accessToken", "Access token", "Shown beside the API path"),
];
const WOOCOMMERCE: &[Credential] = &[
    open("shopUrl", "Address of the shop", "Such as https://shop.example.com"),
    open("consumerKey", "Consumer key", "In WooCommerce under Settings, Advanced, REST API"),
    secret("consumerSecret", "Consumer secret", "Shown beside the consumer key"),
];

impl Means {
    /// The means of a platform.
    pub(super) fn of(platform: &Platform) -> Self {
        match platform.key {
            "mqjo" | "qhnd" | "aiwb" => Self::Sandbox,
            "akxx" => Self::Credentials(NETSUITE),
            "knfz" => Self::Credentials(INTACCT),
            "vqzp" => Self::Credentials(BIGCOMMERCE),
            "ltpp" => Self::Credentials(WOOCOMMERCE),
            "zpqy" => Self::Upload,
            _ if platform.kind == SourceKind::Other => Self::Upload,
            _ if platform.offer == Offer::OnPremises => Self::Connector,
            _ if platform.kind == SourceKind::Banking => Self::Bank,
            _ => Self::Provider,
        }
    }
}
