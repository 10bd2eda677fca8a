//! The index row of a company: what a list needs of it. It is derived from the record, stored in the table
//! `companies`, and loaded into the columns.

use codat::{Color, Company, CompanyId, status};
use serde::Serialize;

use crate::{
    fold::{fold, fold_into},
    sql,
};

/// The marker byte before each field of the searchable text. Folded text has no control characters, so a match never
/// spans two fields.
pub(crate) mod field_marker {
    /// The name, which is always the first field.
    pub(crate) const NAME: u8 = 1;
    /// The user who created it.
    pub(crate) const CREATOR: u8 = 2;
    /// An integration's name.
    pub(crate) const PLATFORM: u8 = 3;
    /// An integration's key.
    pub(crate) const KEY: u8 = 4;
    /// A tag, `key=value`.
    pub(crate) const TAG: u8 = 5;
    /// A product slug. Products have a text of their own, which word search does not include.
    pub(crate) const PRODUCT: u8 = 6;
}

/// Separates companies where SQLite concatenates a column. Folded text does not contain it.
pub(crate) const ROW_SEPARATOR: char = '\u{1e}';

/// The row of the table `companies`. Its field names are the JSON keys of the statements in `write`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct CompanyIndexRow {
    pub(crate) id: CompanyId,
    /// The name as shown, for texts that are made without the record, such as journal entries.
    pub(crate) name: String,
    pub(crate) folded_name: String,
    pub(crate) text: String,
    pub(crate) products: String,
    pub(crate) description: String,
    pub(crate) created: i64,
    pub(crate) last_read: Option<i64>,
    pub(crate) expires: Option<i64>,
    pub(crate) color: u8,
    pub(crate) colors: u8,
    pub(crate) parent: Option<CompanyId>,
}

impl CompanyIndexRow {
    /// `expires` is the earliest expiry among its connections, in milliseconds since 1970 (UTC).
    pub(crate) fn from_company(company: &Company, expires: Option<i64>) -> Self {
        let colors = company.data_connections.iter().map(status::connection_color);
        Self {
            id: company.id,
            name: sql::replace_nul(&company.name),
            folded_name: fold(&company.name),
            text: searchable_text(company),
            products: join_fields(
                company.products.iter().map(|product| (field_marker::PRODUCT, product.as_str())),
            ),
            description: fold(company.description.as_deref().unwrap_or_default()),
            created: company.created.as_millisecond(),
            last_read: company.last_sync.map(jiff::Timestamp::as_millisecond),
            expires,
            color: color_code(status::company_color(company)),
            colors: colors.fold(0, |bits, color| bits | color_bit(color)),
            parent: company.reference_parent_company.as_ref().map(|parent| parent.id),
        }
    }

    /// Whether the row equals that of `stored` except for the last read and the expiry.
    pub(crate) fn differs_only_in_times(&self, stored: &Company) -> bool {
        Self { last_read: self.last_read, ..Self::from_company(stored, self.expires) } == *self
    }
}

/// The code of a color in the database, worst first.
pub(crate) fn color_code(color: Color) -> u8 {
    match color {
        Color::Red => 0,
        Color::Grey => 1,
        Color::Purple => 2,
        Color::Green => 3,
        Color::None => 4,
    }
}

/// The bit of a color in a set.
pub(crate) fn color_bit(color: Color) -> u8 {
    1 << color_code(color)
}

/// The bit of an unreadable company in `is:` filters. Such a company has a color too.
pub(crate) const UNREADABLE_BIT: u8 = 1 << 5;

fn searchable_text(company: &Company) -> String {
    let mut fields = join_fields([(field_marker::NAME, company.name.as_str())]);
    if let Some(creator) = company.created_by_user_name.as_deref().filter(|name| !name.is_empty()) {
        push_field(&mut fields, field_marker::CREATOR, creator);
    }
    for connection in &company.data_connections {
        push_field(&mut fields, field_marker::PLATFORM, &connection.platform_name);
        push_field(&mut fields, field_marker::KEY, &connection.integration_key);
    }
    for (key, value) in &company.tags {
        push_field(&mut fields, field_marker::TAG, &format!("{key}={value}"));
    }
    fields
}

fn join_fields<'a>(fields: impl IntoIterator<Item = (u8, &'a str)>) -> String {
    let mut text = String::new();
    for (marker, field) in fields {
        push_field(&mut text, marker, field);
    }
    text
}

fn push_field(text: &mut String, marker: u8, field: &str) {
    text.push(char::from(marker));
    fold_into(field, text);
}
