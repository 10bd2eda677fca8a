//! Companies (§2.7).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Connection, nullable, texts};
use crate::{datetime, id::CompanyId, page::Item};

/// A company of a list, of which no more is read than which one it is. A portfolio is swept over and over, and
/// nearly all of it says what it said before: that is compared as it was said, and not read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Listed {
    /// Its identifier.
    pub id: CompanyId,
}

impl Item<Listed> {
    /// The company.
    ///
    /// # Errors
    /// Why it cannot be read.
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
    /// Its identifier.
    pub id: CompanyId,
    /// Its name; need not be unique.
    pub name: String,
    /// Free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its Link URL: where the customer connects more sources.
    pub redirect: String,
    /// The newest successful read over all of its connections.
    #[serde(default, with = "datetime::option", skip_serializing_if = "Option::is_none")]
    pub last_sync: Option<Timestamp>,
    /// When it was created; [`datetime::UNKNOWN`] where that is not said.
    #[serde(default = "datetime::unknown", with = "datetime")]
    pub created: Timestamp,
    /// Who created it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by_user_name: Option<String>,
    /// Product slugs, such as `lending`.
    #[serde(default, deserialize_with = "nullable")]
    pub products: Vec<String>,
    /// Up to ten key-value pairs, values of up to 100 characters.
    #[serde(default, deserialize_with = "texts")]
    pub tags: BTreeMap<String, String>,
    /// Users who own it; read-only.
    #[serde(default, deserialize_with = "nullable")]
    pub owner_user_ids: Vec<String>,
    /// The company it is a subsidiary of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference_parent_company: Option<CompanyReference>,
    /// Its subsidiaries.
    #[serde(default, deserialize_with = "nullable")]
    pub reference_subsidiary_companies: Vec<CompanyReference>,
    /// Its connections; deleted ones never appear.
    #[serde(default, deserialize_with = "nullable")]
    pub data_connections: Vec<Connection>,
}

/// A company as another one refers to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CompanyReference {
    /// Its identifier.
    pub id: CompanyId,
    /// Its name.
    #[serde(default, deserialize_with = "nullable")]
    pub name: String,
    /// Free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Where the Portal shows it.
    #[serde(default, deserialize_with = "texts")]
    pub links: BTreeMap<String, String>,
    /// Its tags.
    #[serde(default, deserialize_with = "texts")]
    pub tags: BTreeMap<String, String>,
}

/// The body of `POST /companies` and `PUT /companies/{companyId}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCompany {
    /// Its name. Codat strips what is not a letter, digit, whitespace or one of `- ' & @ . , ? !`.
    pub name: String,
    /// Free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Up to ten.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "texts")]
    pub tags: BTreeMap<String, String>,
}

/// The body of `PATCH /companies/{companyId}`: what is left out stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyPatch {
    /// A new name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A new description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// All tags, replacing those there were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
}

/// What Codat keeps of a name: letters, digits, whitespace and `- ' & @ . , ? !` (§2.1). `true` marks a
/// character that stays.
pub fn name_characters(name: &str) -> impl Iterator<Item = (char, bool)> + '_ {
    name.chars().map(|c| (c, c.is_alphanumeric() || c.is_whitespace() || "-'&@.,?!".contains(c)))
}

/// The name as Codat will keep it: forbidden characters stripped, nothing else touched.
pub fn kept_name(name: &str) -> String {
    name_characters(name).filter_map(|(c, kept)| kept.then_some(c)).collect()
}
