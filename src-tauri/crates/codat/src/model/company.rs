//! Companies (§2.7).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Connection, nullable, texts};
use crate::{datetime, id::CompanyId, page::Item};

/// A company of a list of which only the ID is decoded. The app lists the whole portfolio again and again, and most
/// companies have not changed: their raw JSON is compared, and only changed ones are decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Listed {
    /// The ID.
    pub id: CompanyId,
}

impl Item<Listed> {
    /// Decodes the company.
    ///
    /// # Errors
    /// Why it cannot be decoded.
    pub fn company(&self) -> Result<Company, serde_json::Error> {
        serde_json::from_str(self.raw.get())
    }
}

impl From<Item<Company>> for Item<Listed> {
    fn from(Item { value, raw }: Item<Company>) -> Self {
        Self { value: Listed { id: value.id }, raw }
    }
}

/// A customer's business, with its connections.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Company {
    /// The ID.
    pub id: CompanyId,
    /// The name. It need not be unique.
    pub name: String,
    /// The description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The Link URL, at which the customer connects sources.
    pub redirect: String,
    /// The time of the newest successful read of all connections.
    #[serde(default, with = "datetime::option", skip_serializing_if = "Option::is_none")]
    pub last_sync: Option<Timestamp>,
    /// The creation time. [`datetime::UNKNOWN`] if it is missing.
    #[serde(default = "datetime::unknown", with = "datetime")]
    pub created: Timestamp,
    /// Who created it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by_user_name: Option<String>,
    /// Product slugs, for example `lending`.
    #[serde(default, deserialize_with = "nullable")]
    pub products: Vec<String>,
    /// Up to ten tags, with values of up to 100 characters.
    #[serde(default, deserialize_with = "texts")]
    pub tags: BTreeMap<String, String>,
    /// The users who own it. Read-only.
    #[serde(default, deserialize_with = "nullable")]
    pub owner_user_ids: Vec<String>,
    /// The parent company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference_parent_company: Option<CompanyReference>,
    /// The subsidiaries.
    #[serde(default, deserialize_with = "nullable")]
    pub reference_subsidiary_companies: Vec<CompanyReference>,
    /// The connections. Deleted ones are not included.
    #[serde(default, deserialize_with = "nullable")]
    pub data_connections: Vec<Connection>,
}

/// A reference to a company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CompanyReference {
    /// The ID.
    pub id: CompanyId,
    /// The name.
    #[serde(default, deserialize_with = "nullable")]
    pub name: String,
    /// The description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The URL of the company in the Portal.
    #[serde(default, deserialize_with = "texts")]
    pub links: BTreeMap<String, String>,
    /// The tags.
    #[serde(default, deserialize_with = "texts")]
    pub tags: BTreeMap<String, String>,
}

/// The body of `POST /companies` and `PUT /companies/{companyId}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCompany {
    /// The name. Codat removes what is not a letter, digit, whitespace or one of `- ' & @ . , ? !`.
    pub name: String,
    /// The description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The tags, up to ten.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "texts")]
    pub tags: BTreeMap<String, String>,
}

/// The body of `PATCH /companies/{companyId}`. Missing fields stay as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyPatch {
    /// The new name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The new description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The new tags. They replace all existing ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
}

/// The characters of a name with whether Codat keeps each: letters, digits, whitespace and `- ' & @ . , ? !` (§2.1).
pub fn name_characters(name: &str) -> impl Iterator<Item = (char, bool)> + '_ {
    name.chars().map(|c| (c, c.is_alphanumeric() || c.is_whitespace() || "-'&@.,?!".contains(c)))
}

/// The name as Codat stores it, without the characters that it removes.
pub fn kept_name(name: &str) -> String {
    name_characters(name).filter_map(|(c, kept)| kept.then_some(c)).collect()
}
