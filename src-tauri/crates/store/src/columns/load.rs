//! Loads the columns from the database. SQLite returns each column of a chunk of companies as one text, because rows
//! cost far more than text.

use codat::CompanyId;
use sqlx::SqlitePool;

use super::Columns;
use crate::{
    company_index::{CompanyIndexRow, ROW_SEPARATOR},
    error::StoreError,
    sql,
};

/// The number of companies in one chunk.
const COMPANIES_PER_CHUNK: i64 = 20_000;

/// The columns of a chunk of companies, with values separated by `ROW_SEPARATOR`.
struct ColumnChunk {
    last: i64,
    companies: i64,
    ids: Option<String>,
    text: Option<String>,
    products: Option<String>,
    description: Option<String>,
    created: Option<String>,
    last_read: Option<String>,
    expires: Option<String>,
    color: Option<String>,
    colors: Option<String>,
    parents: Option<String>,
}

impl Columns {
    pub(crate) async fn load(readers: &SqlitePool) -> Result<Self, StoreError> {
        let unreadable_ids = sqlx::query_scalar!(r#"SELECT company_id AS "id!: String" FROM unreadable"#);
        let unreadable_ids = unreadable_ids.fetch_all(readers).await?;
        let unreadable =
            unreadable_ids.iter().map(|id| sql::parse_id(id)).collect::<Result<_, StoreError>>()?;
        let mut columns = Self { unreadable, ..Self::default() };
        let mut after = i64::MIN;
        loop {
            let chunk = load_chunk(readers, after).await?;
            if chunk.companies == 0 {
                break;
            }
            after = chunk.last;
            columns = tokio::task::spawn_blocking(move || columns.append_chunk(&chunk)).await??;
        }
        Ok(tokio::task::spawn_blocking(move || columns.with_initial_orders()).await?)
    }

    fn append_chunk(mut self, chunk: &ColumnChunk) -> Result<Self, StoreError> {
        let mut texts = split_values(&chunk.text);
        let mut products = split_values(&chunk.products);
        let mut descriptions = split_values(&chunk.description);
        let mut created = split_values(&chunk.created);
        let mut last_read = split_values(&chunk.last_read);
        let mut expires = split_values(&chunk.expires);
        let mut color = split_values(&chunk.color);
        let mut colors = split_values(&chunk.colors);
        let mut parents = split_values(&chunk.parents);
        for id in split_values(&chunk.ids) {
            self.push(&CompanyIndexRow {
                id: sql::parse_id(id)?,
                name: String::new(),
                folded_name: String::new(),
                text: next_value(&mut texts)?.to_owned(),
                products: next_value(&mut products)?.to_owned(),
                description: next_value(&mut descriptions)?.to_owned(),
                created: parse_number(next_value(&mut created)?)?,
                last_read: non_empty(next_value(&mut last_read)?).map(parse_number).transpose()?,
                expires: non_empty(next_value(&mut expires)?).map(parse_number).transpose()?,
                color: parse_number(next_value(&mut color)?)?,
                colors: parse_number(next_value(&mut colors)?)?,
                parent: non_empty(next_value(&mut parents)?).map(sql::parse_id::<CompanyId>).transpose()?,
            });
        }
        Ok(self)
    }
}

async fn load_chunk(readers: &SqlitePool, after: i64) -> Result<ColumnChunk, StoreError> {
    Ok(sqlx::query_as!(
        ColumnChunk,
        r#"SELECT coalesce(max(number), 0) AS "last!: i64", count(*) AS "companies!: i64",
                  group_concat(id, char(30)) AS "ids?: String",
                  group_concat(text, char(30)) AS "text?: String",
                  group_concat(products, char(30)) AS "products?: String",
                  group_concat(description, char(30)) AS "description?: String",
                  group_concat(created, char(30)) AS "created?: String",
                  group_concat(coalesce(last_read, ''), char(30)) AS "last_read?: String",
                  group_concat(coalesce(expires, ''), char(30)) AS "expires?: String",
                  group_concat(colour, char(30)) AS "color?: String",
                  group_concat(colours, char(30)) AS "colors?: String",
                  group_concat(coalesce(parent_id, ''), char(30)) AS "parents?: String"
           FROM (SELECT * FROM companies WHERE number > ?1 ORDER BY number LIMIT +?2)"#,
        after,
        COMPANIES_PER_CHUNK
    )
    .fetch_one(readers)
    .await?)
}

fn split_values(column: &Option<String>) -> impl Iterator<Item = &str> {
    column.as_deref().into_iter().flat_map(|column| column.split(ROW_SEPARATOR))
}

fn next_value<'a>(values: &mut impl Iterator<Item = &'a str>) -> Result<&'a str, StoreError> {
    values.next().ok_or_else(|| StoreError::unreadable("the columns", &"they differ in length"))
}

fn non_empty(value: &str) -> Option<&str> {
    (!value.is_empty()).then_some(value)
}

fn parse_number<T: std::str::FromStr<Err: std::fmt::Display>>(value: &str) -> Result<T, StoreError> {
    value.parse().map_err(|why| StoreError::unreadable("a column", &why))
}
