//! The categories among which a customer chooses (§5.3), and what each offers.

use super::{means::Means, visit::Visit};
use crate::{
    datatype::SourceKind,
    integration::{self, Platform},
    link_state::{CategorySettings, LinkSettings},
    record::Status,
};

/// A category.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Category {
    /// Books.
    Accounting,
    /// Bank accounts.
    Banking,
    /// Shops and payments.
    Commerce,
    /// Files.
    Documents,
}

/// All of them, in the order in which they are offered.
pub(super) const ALL: [Category; 4] =
    [Category::Accounting, Category::Banking, Category::Commerce, Category::Documents];

/// Codat's sandboxes and the providers' test modes (§6.1).
const SANDBOXES: [&str; 6] = ["mqjo", "qhnd", "aiwb", "ndsk", "xcwv", "yzth"];

impl Category {
    /// The category whose address this is.
    pub(super) fn named(slug: &str) -> Option<Self> {
        ALL.into_iter().find(|category| category.slug() == slug)
    }

    /// The category in which a platform is.
    pub(super) fn of(platform: &Platform) -> Option<Self> {
        if Means::of(platform) == Means::Upload {
            return Some(Self::Documents);
        }
        match platform.kind {
            SourceKind::Accounting => Some(Self::Accounting),
            SourceKind::Banking => Some(Self::Banking),
            SourceKind::Commerce => Some(Self::Commerce),
            SourceKind::BankFeed | SourceKind::Other => None,
        }
    }

    /// Its part of an address.
    pub(super) fn slug(self) -> &'static str {
        match self {
            Self::Accounting => "accounting",
            Self::Banking => "banking",
            Self::Commerce => "commerce",
            Self::Documents => "business-documents",
        }
    }

    /// Its name.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Accounting => "Accounting software",
            Self::Banking => "Bank accounts",
            Self::Commerce => "Shops and payments",
            Self::Documents => "Business documents",
        }
    }

    /// What is read there.
    pub(super) fn about(self) -> &'static str {
        match self {
            Self::Accounting => "Invoices, bills, statements and the ledgers behind them",
            Self::Banking => "Balances and transactions",
            Self::Commerce => "Orders, products and payouts",
            Self::Documents => "Upload statements and reports as files",
        }
    }

    /// How the client has it offered.
    pub(super) fn settings(self, settings: &LinkSettings) -> CategorySettings {
        match self {
            Self::Accounting => settings.categories.accounting,
            Self::Banking => settings.categories.banking,
            Self::Commerce => settings.categories.commerce,
            Self::Documents => settings.categories.business_documents,
        }
    }

    /// What can be chosen in it: sandboxes first, in the order of the catalogue.
    pub(super) fn platforms(self, visit: &Visit<'_>) -> Vec<&'static Platform> {
        let with_sandboxes =
            visit.trail.sandboxes().unwrap_or(visit.cx.state.link.settings.show_sandbox_integrations);
        let mut all: Vec<&Platform> = integration::all()
            .iter()
            .filter(|platform| platform.enabled() && Self::of(platform) == Some(self))
            .filter(|platform| with_sandboxes || !is_sandbox(platform))
            .collect();
        all.sort_by_key(|platform| !is_sandbox(platform));
        all
    }

    /// The names of what the company has linked in it.
    pub(super) fn linked(self, visit: &Visit<'_>) -> Vec<&'static str> {
        let linked = visit.company.connections.iter().filter(|it| it.status == Status::Linked);
        linked
            .filter_map(|it| it.platform())
            .filter(|it| Self::of(it) == Some(self))
            .map(|it| it.name)
            .collect()
    }
}

/// Whether a platform is for tries only.
pub(super) fn is_sandbox(platform: &Platform) -> bool {
    SANDBOXES.contains(&platform.key)
}
