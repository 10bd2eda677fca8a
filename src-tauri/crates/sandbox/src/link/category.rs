//! The categories a customer can choose from (§5.3).

use super::{authorization_method::AuthorizationMethod, visit::Visit};
use crate::{
    data_type::SourceKind,
    integration::{self, Platform},
    link_state::{CategorySettings, LinkSettings},
    record::Status,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Category {
    Accounting,
    Banking,
    Commerce,
    Documents,
}

/// In the order of the page.
pub(super) const ALL: [Category; 4] =
    [Category::Accounting, Category::Banking, Category::Commerce, Category::Documents];

/// Codat's sandboxes and the test modes of providers (§6.1).
const SANDBOXES: [&str; 6] = ["mqjo", "qhnd", "aiwb", "ndsk", "xcwv", "yzth"];

impl Category {
    /// The category with this path segment.
    pub(super) fn named(slug: &str) -> Option<Self> {
        ALL.into_iter().find(|category| category.slug() == slug)
    }

    /// None for platforms that Link does not offer.
    pub(super) fn for_platform(platform: &Platform) -> Option<Self> {
        if AuthorizationMethod::for_platform(platform) == AuthorizationMethod::Upload {
            return Some(Self::Documents);
        }
        match platform.kind {
            SourceKind::Accounting => Some(Self::Accounting),
            SourceKind::Banking => Some(Self::Banking),
            SourceKind::Commerce => Some(Self::Commerce),
            SourceKind::BankFeed | SourceKind::Other => None,
        }
    }

    /// Its path segment.
    pub(super) fn slug(self) -> &'static str {
        match self {
            Self::Accounting => "accounting",
            Self::Banking => "banking",
            Self::Commerce => "commerce",
            Self::Documents => "business-documents",
        }
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Accounting => "Accounting software",
            Self::Banking => "Bank accounts",
            Self::Commerce => "Shops and payments",
            Self::Documents => "Business documents",
        }
    }

    /// A short description.
    pub(super) fn about(self) -> &'static str {
        match self {
            Self::Accounting => "Invoices, bills, statements and the ledgers behind them",
            Self::Banking => "Balances and transactions",
            Self::Commerce => "Orders, products and payouts",
            Self::Documents => "Upload statements and reports as files",
        }
    }

    /// The client's settings for the category.
    pub(super) fn settings(self, settings: &LinkSettings) -> CategorySettings {
        match self {
            Self::Accounting => settings.categories.accounting,
            Self::Banking => settings.categories.banking,
            Self::Commerce => settings.categories.commerce,
            Self::Documents => settings.categories.business_documents,
        }
    }

    /// The platforms to choose from: sandboxes first, then in the order of the catalog.
    pub(super) fn platforms(self, visit: &Visit<'_>) -> Vec<&'static Platform> {
        let with_sandboxes =
            visit.forwarded.sandboxes().unwrap_or(visit.cx.state.link.settings.show_sandbox_integrations);
        let mut all: Vec<&Platform> = integration::all()
            .iter()
            .filter(|platform| platform.enabled() && Self::for_platform(platform) == Some(self))
            .filter(|platform| with_sandboxes || !is_sandbox(platform))
            .collect();
        all.sort_by_key(|platform| !is_sandbox(platform));
        all
    }

    /// The names of the company's linked platforms.
    pub(super) fn linked(self, visit: &Visit<'_>) -> Vec<&'static str> {
        let linked = visit.company.connections.iter().filter(|it| it.status == Status::Linked);
        linked
            .filter_map(|it| it.platform())
            .filter(|it| Self::for_platform(it) == Some(self))
            .map(|it| it.name)
            .collect()
    }
}

/// Whether the platform is for tests only.
pub(super) fn is_sandbox(platform: &Platform) -> bool {
    SANDBOXES.contains(&platform.key)
}
