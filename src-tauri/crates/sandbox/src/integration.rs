//! The catalog of integrations (§6.2) and their JSON (§2.10).

use serde::Serialize;
use uuid::Uuid;

use crate::{
    data_type::{self, SourceKind},
    seed,
};

/// A platform that companies can connect.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Platform {
    /// Four letters.
    pub(crate) key: &'static str,
    pub(crate) name: &'static str,
    pub(crate) kind: SourceKind,
    /// The integration ID and the source ID, if Codat published them.
    published: Option<(&'static str, &'static str)>,
    /// The file name of the official square logo, if it is known.
    logo: Option<&'static str>,
    pub(crate) offer: Availability,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Availability {
    Everyone,
    Beta,
    /// It runs on the customer's computer and reads only while that is on.
    OnPremises,
    /// Still listed, but disabled.
    Retired,
}

impl Platform {
    /// The published ID, or one derived from the key.
    pub(crate) fn integration_id(&self) -> Uuid {
        self.id(|published| published.0, "integration")
    }

    /// The published ID, or one derived from the key.
    pub(crate) fn source_id(&self) -> Uuid {
        self.id(|published| published.1, "source")
    }

    fn id(&self, which: fn(&(&'static str, &'static str)) -> &'static str, kind: &str) -> Uuid {
        let published = self.published.as_ref().and_then(|ids| Uuid::parse_str(which(ids)).ok());
        published.unwrap_or_else(|| seed::fixed_id(&format!("{kind}:{}", self.key)))
    }

    /// Whether a customer can choose it.
    pub(crate) fn enabled(&self) -> bool {
        self.offer != Availability::Retired
    }

    /// Whether its connections are for uploaded files (§1.7).
    pub(crate) fn accepts_files(&self) -> bool {
        self.kind == SourceKind::Other || self.key == "zpqy"
    }

    /// Whether a company can have only one such source (§2.8).
    pub(crate) fn is_exclusive(&self) -> bool {
        matches!(self.kind, SourceKind::Accounting | SourceKind::BankFeed)
    }

    fn logo(&self) -> &'static str {
        self.logo.or(self.published.map(|ids| ids.1)).unwrap_or(self.key)
    }
}

/// In the order of the API's list.
pub(crate) fn all() -> &'static [Platform] {
    CATALOGUE
}

/// The position in the catalog, ignoring case.
pub(crate) fn position(key: &str) -> Option<usize> {
    CATALOGUE.iter().position(|platform| platform.key.eq_ignore_ascii_case(key))
}

pub(crate) fn find(key: &str) -> Option<&'static Platform> {
    position(key).and_then(|at| CATALOGUE.get(at))
}

/// An integration as the API sends it, with the additional fields of real responses.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IntegrationWire {
    key: &'static str,
    logo_url: String,
    name: &'static str,
    enabled: bool,
    source_id: Uuid,
    source_type: SourceKind,
    integration_id: Uuid,
    is_offline_connector: bool,
    is_beta: bool,
    data_provided_by: &'static str,
    supported_environments: &'static str,
    linked_connections_count: u32,
    total_connections_count: u32,
    datatype_features: Vec<FeatureWire>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct FeatureWire {
    /// The spelling of real responses.
    datatype: &'static str,
    /// The spelling of the reference.
    data_type: &'static str,
    supported_features: Vec<SupportedWire>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SupportedWire {
    feature_type: &'static str,
    feature_state: &'static str,
}

/// The JSON of a platform with its number of linked and of all connections.
pub(crate) fn wire(platform: &'static Platform, linked: u32, total: u32) -> IntegrationWire {
    IntegrationWire {
        key: platform.key,
        logo_url: format!("https://static.codat.io/public/platforms/{}.png", platform.key),
        name: platform.name,
        enabled: platform.enabled(),
        source_id: platform.source_id(),
        source_type: platform.kind,
        integration_id: platform.integration_id(),
        is_offline_connector: platform.offer == Availability::OnPremises,
        is_beta: platform.offer == Availability::Beta,
        data_provided_by: "Codat",
        supported_environments: "LiveAndSandbox",
        linked_connections_count: linked,
        total_connections_count: total,
        datatype_features: data_type::supported(platform.kind).iter().copied().map(feature).collect(),
    }
}

fn feature(data_type: &'static str) -> FeatureWire {
    let get = SupportedWire { feature_type: "Get", feature_state: "Release" };
    FeatureWire { datatype: data_type, data_type, supported_features: vec![get] }
}

/// Branding images (§2.10).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BrandingWire {
    logo: LogoWire,
    /// Always empty. Not every integration has published buttons.
    button: serde_json::Map<String, serde_json::Value>,
    source_id: Uuid,
}

#[derive(Debug, Serialize)]
struct LogoWire {
    full: PictureWire,
    square: PictureWire,
}

#[derive(Debug, Serialize)]
struct PictureWire {
    image: ImageWire,
}

#[derive(Debug, Serialize)]
struct ImageWire {
    src: String,
    alt: String,
}

/// The images at their documented URLs.
pub(crate) fn branding(platform: &Platform) -> BrandingWire {
    let picture = |shape: &str, what: &str| PictureWire {
        image: ImageWire {
            src: format!("https://static.codat.io/public/officialLogos/{shape}/{}.png", platform.logo()),
            alt: format!("{} {what}", platform.name),
        },
    };
    BrandingWire {
        logo: LogoWire { full: picture("Full", "full logo"), square: picture("Square", "square logo") },
        button: serde_json::Map::new(),
        source_id: platform.source_id(),
    }
}

use Availability::{Everyone, OnPremises, Retired};
use SourceKind::{Accounting, BankFeed, Banking, Commerce, Other};

const fn row(key: &'static str, name: &'static str, kind: SourceKind, offer: Availability) -> Platform {
    Platform { key, name, kind, published: None, logo: None, offer }
}

impl Platform {
    const fn ids(mut self, integration: &'static str, source: &'static str) -> Self {
        self.published = Some((integration, source));
        self
    }

    const fn logo_file(mut self, file: &'static str) -> Self {
        self.logo = Some(file);
        self
    }
}

const INTUIT: &str = "19EEFA32-58A8-4097-B95A-EF150BF24FA0";
const SAGE: &str = "177D08A5-97F1-4442-80D7-D62E400A28DB";
const MICROSOFT: &str = "6B579544-0E46-4F02-B343-578CE5C3C6CC";
const EXACT: &str = "B0FF8466-1421-415B-A551-1DC3B73006F4";

const CATALOGUE: &[Platform] = &[
    row("mqjo", "Sandbox", Accounting, Everyone)
        .ids("9e0cc03b-3868-4543-98c0-568f0f1b12a3", "aff0f057-255f-42c4-8d4a-ae23b43e1615"),
    row("gbol", "Xero", Accounting, Everyone)
        .ids("0f20c943-12d0-4800-9f6c-d218f62d494c", "8a156a5a-39cb-4f9d-856e-76ef9b9a9607"),
    row("qhyg", "QuickBooks Online", Accounting, Everyone)
        .ids("adeb7fe9-4c64-4848-9e0d-175317876b6f", "afe268b1-289e-4496-b890-3d65e9ce1acb")
        .logo_file(INTUIT),
    row("ndsk", "QuickBooks Online Sandbox", Accounting, Everyone).logo_file(INTUIT),
    row("pqsw", "QuickBooks Desktop", Accounting, OnPremises).logo_file(INTUIT),
    row("akxx", "Oracle NetSuite", Accounting, Everyone)
        .ids("cc750323-5a47-4f28-8d8e-30fbbf2ce137", "9815b998-024d-4415-a40b-89903b2cad6f"),
    row("knfz", "Sage Intacct", Accounting, Everyone).logo_file(SAGE),
    row("tgff", "Sage Accounting", Accounting, Everyone).logo_file(SAGE),
    row("hbql", "Sage 50 (UK & Ireland)", Accounting, OnPremises)
        .ids("18cb53c4-3807-4a5a-8da9-303053a40002", "58e1d32f-a092-438a-bffb-3bf6af9ba8ec")
        .logo_file(SAGE),
    row("jcrp", "Sage 200 Standard", Accounting, Everyone).logo_file(SAGE),
    row("fbrh", "FreeAgent", Accounting, Everyone).logo_file("3DA57C23-A4FA-4BC8-8C02-A7A686ED8B36"),
    row("vxvy", "FreshBooks", Accounting, Everyone).logo_file("C08D614F-CBA9-4D30-ADF8-DCCE4F6AE25D"),
    row("pdvj", "MYOB Business", Accounting, Everyone).logo_file("00812DF4-8A0F-4F06-9566-16E5CA1346AE"),
    row("trji", "Dynamics 365 Business Central", Accounting, Everyone).logo_file(MICROSOFT),
    row("rqwd", "Dynamics 365 Finance & Operations", Accounting, Availability::Beta).logo_file(MICROSOFT),
    row("qudb", "Exact (Netherlands)", Accounting, Everyone).logo_file(EXACT),
    row("pbbf", "Exact (UK)", Accounting, Everyone).logo_file(EXACT),
    row("pbtz", "Wave", Accounting, Everyone).logo_file("A28BD05E-21F0-4CD8-A907-1E0464CF8EC5"),
    row("rvam", "Workday", Accounting, Availability::Beta).logo_file("285ABF36-49C5-437B-B210-23270FA87F55"),
    row("rwuv", "Zoho Books", Accounting, Everyone).logo_file("42C00468-A250-4355-9723-42E2DF730D77"),
    row("jhch", "Clear Books", Accounting, Retired),
    row("wvzu", "KashFlow", Accounting, Retired),
    row("vjms", "Pandle", Accounting, Retired)
        .ids("1c312d69-e638-46d4-ad31-72e6c3ba8390", "396c3158-5dd7-481b-a7c4-a795ca31792b"),
    row("qhnd", "Banking Sandbox", Banking, Everyone),
    row("suuo", "Plaid", Banking, Everyone)
        .ids("580146ed-7556-4f92-8bf9-7344667763ec", "46ee0089-dc88-405a-9667-9fb3d9976f19"),
    row("upvr", "TrueLayer", Banking, Everyone),
    row("dfxm", "Basiq", Banking, Retired)
        .ids("bf083d72-62c7-493e-aec9-81b4dbba7e2c", "bdd831ce-eebd-4896-89a7-20e5ee8989ee"),
    row("zpqy", "Banking data upload", Banking, Everyone),
    // Codat does not publish the keys of the three file integrations. These are the sandbox's own.
    row("acfu", "Accounting file upload", Other, Everyone),
    row("bkfu", "Banking file upload", Other, Everyone),
    row("bdfu", "Business documents file upload", Other, Everyone),
    row("aiwb", "Commerce Sandbox", Commerce, Everyone),
    row("qkdj", "Amazon Seller Central", Commerce, Everyone)
        .logo_file("53E2D8F7-CF70-4AFC-B1F2-CFBE093993F4"),
    row("vqzp", "BigCommerce", Commerce, Everyone).logo_file("DD243090-2039-42FC-8A37-8877988909FF"),
    row("fqly", "Clover", Commerce, Everyone).logo_file("83A4EF46-A57D-4D2A-ACE7-39FE279F43F8"),
    row("ldgh", "Lightspeed Restaurant (K Series)", Commerce, Everyone)
        .logo_file("E221662A-DDA4-45E0-8F73-5563183A875A"),
    row("fztf", "Shopify", Commerce, Everyone).logo_file("853B004F-3A02-4A73-A13F-3EDED3D2F361"),
    row("zsth", "Square", Commerce, Everyone).logo_file("8200A401-B700-4800-83EE-F9164EEAFBE8"),
    row("xcwv", "Square Sandbox", Commerce, Everyone).logo_file("8200A401-B700-4800-83EE-F9164EEAFBE8"),
    row("exgd", "Stripe", Commerce, Everyone)
        .ids("43b64770-a953-46d6-ab30-46c21094a276", "9a96f326-226a-4e0f-923a-6758fdba40cc"),
    row("yzth", "Stripe Test", Commerce, Everyone).logo_file("9a96f326-226a-4e0f-923a-6758fdba40cc"),
    row("ltpp", "WooCommerce", Commerce, Everyone)
        .ids("8cbe957a-8337-463b-9353-2186c372e083", "1feb821a-cb05-4375-9b53-cd6367e9fb60"),
    row("ugxp", "Zettle", Commerce, Everyone).logo_file("CE91071B-51BF-4A9E-91A2-4D2ECA672A56"),
    row("lqai", "Partner Commerce", Commerce, Everyone)
        .ids("3485371f-930d-4614-997a-5dfa2cec546c", "c4f9fa2d-cb83-4a3f-9b36-45b4af190e81"),
    row("gvom", "PayPal", Commerce, Retired),
    row("zgbz", "PrestaShop", Commerce, Retired),
    row("dxfw", "Mollie", Commerce, Retired),
    row("xwsy", "Chargebee", Commerce, Retired),
    row("lhcb", "Recurly", Commerce, Retired),
    row("pshf", "SumUp", Commerce, Retired),
    row("rkgp", "Maxio", Commerce, Retired),
    row("hcws", "QuickBooks Online Bank Feeds", BankFeed, Everyone)
        .ids("6b113e06-e818-45d7-977b-8e6bb3d01269", "56e6575a-3f1f-4918-b009-f7535555f0d6")
        .logo_file(INTUIT),
    row("olpr", "Sage Bank Feeds", BankFeed, Everyone)
        .ids("2ce41026-589a-4330-8bfc-a30672253cd9", "98432954-a4fa-4640-a685-3af56909002a")
        .logo_file(SAGE),
    row("qalf", "Xero bank feeds", BankFeed, Retired),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn keys_are_four_letters_and_differ() {
        let keys: BTreeSet<_> = all().iter().map(|platform| platform.key).collect();
        assert_eq!(keys.len(), all().len());
        assert!(keys.iter().all(|key| key.len() == 4 && key.bytes().all(|b| b.is_ascii_lowercase())));
    }

    #[test]
    fn published_identifiers_are_used_and_others_derived() {
        let xero = find("GBOL").expect("keys are matched in any case");
        assert_eq!(xero.source_id().to_string(), "8a156a5a-39cb-4f9d-856e-76ef9b9a9607");
        let wave = find("pbtz").unwrap();
        assert_ne!(wave.source_id(), wave.integration_id());
        assert_eq!(wave.source_id(), find("pbtz").unwrap().source_id());
        for platform in all() {
            if let Some((integration, source)) = platform.published {
                assert!(Uuid::parse_str(integration).is_ok() && Uuid::parse_str(source).is_ok());
            }
        }
    }

    #[test]
    fn both_spellings_of_the_data_type_are_sent() {
        let json = serde_json::to_value(wire(find("suuo").unwrap(), 1, 2)).unwrap();
        assert_eq!(json["datatypeFeatures"][0]["datatype"], json["datatypeFeatures"][0]["dataType"]);
        assert_eq!(json["datatypeFeatures"].as_array().unwrap().len(), 4);
        assert_eq!(json["sourceType"], "Banking");
    }
}
