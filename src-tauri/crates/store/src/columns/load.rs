//! Columns from the database: some ten thousand companies a row, each column as one text. Rows cost far
//! more than text does.

use codat::CompanyId;
use sqlx::SqlitePool;

use super::Columns;
use crate::{
    error::StoreError,
    facts::{BETWEEN, Facts},
    record,
};

/// Companies a row.
const AT_ONCE: i64 = 20_000;

/// The columns of some companies, each parted by `BETWEEN`.
struct Chunk {
    last: i64,
    companies: i64,
    ids: Option<String>,
    text: Option<String>,
    products: Option<String>,
    description: Option<String>,
    created: Option<String>,
    last_read: Option<String>,
    expires: Option<String>,
    colour: Option<String>,
    colours: Option<String>,
    parents: Option<String>,
}

impl Columns {
    /// Loads the columns of all companies.
    pub(crate) async fn load(readers: &SqlitePool) -> Result<Self, StoreError> {
        let marked = sqlx::query_scalar!(r#"SELECT company_id AS "id!: String" FROM unreadable"#);
        let marked = marked.fetch_all(readers).await?;
        let unreadable = marked.iter().map(|id| record::id(id)).collect::<Result<_, StoreError>>()?;
        let mut columns = Self { unreadable, ..Self::default() };
        let mut after = i64::MIN;
        loop {
            let chunk = chunk(readers, after).await?;
            if chunk.companies == 0 {
                break;
            }
            after = chunk.last;
            columns = tokio::task::spawn_blocking(move || columns.with_chunk(&chunk)).await??;
        }
        Ok(tokio::task::spawn_blocking(move || columns.settled()).await?)
    }

    fn with_chunk(mut self, chunk: &Chunk) -> Result<Self, StoreError> {
        let mut texts = pieces(&chunk.text);
        let mut products = pieces(&chunk.products);
        let mut descriptions = pieces(&chunk.description);
        let mut created = pieces(&chunk.created);
        let mut last_read = pieces(&chunk.last_read);
        let mut expires = pieces(&chunk.expires);
        let mut colour = pieces(&chunk.colour);
        let mut colours = pieces(&chunk.colours);
        let mut parents = pieces(&chunk.parents);
        for id in pieces(&chunk.ids) {
            self.push(&Facts {
                id: record::id(id)?,
                name: String::new(),
                folded_name: String::new(),
                text: next(&mut texts)?.to_owned(),
                products: next(&mut products)?.to_owned(),
                description: next(&mut descriptions)?.to_owned(),
                created: number(next(&mut created)?)?,
                last_read: some(next(&mut last_read)?).map(number).transpose()?,
                expires: some(next(&mut expires)?).map(number).transpose()?,
                colour: number(next(&mut colour)?)?,
                colours: number(next(&mut colours)?)?,
                parent: some(next(&mut parents)?).map(record::id::<CompanyId>).transpose()?,
            });
        }
        Ok(self)
    }
}

async fn chunk(readers: &SqlitePool, after: i64) -> Result<Chunk, StoreError> {
    Ok(sqlx::query_as!(
        Chunk,
        r#"SELECT coalesce(max(number), 0) AS "last!: i64", count(*) AS "companies!: i64",
                  group_concat(id, char(30)) AS "ids?: String",
                  group_concat(text, char(30)) AS "text?: String",
                  group_concat(products, char(30)) AS "products?: String",
                  group_concat(description, char(30)) AS "description?: String",
                  group_concat(created, char(30)) AS "created?: String",
                  group_concat(coalesce(last_read, ''), char(30)) AS "last_read?: String",
                  group_concat(coalesce(expires, ''), char(30)) AS "expires?: String",
                  group_concat(colour, char(30)) AS "colour?: String",
                  group_concat(colours, char(30)) AS "colours?: String",
                  group_concat(coalesce(parent_id, ''), char(30)) AS "parents?: String"
           FROM (SELECT * FROM companies WHERE number > ?1 ORDER BY number LIMIT +?2)"#,
        after,
        AT_ONCE
    )
    .fetch_one(readers)
    .await?)
}

fn pieces(column: &Option<String>) -> impl Iterator<Item = &str> {
    column.as_deref().into_iter().flat_map(|column| column.split(BETWEEN))
}

fn next<'a>(pieces: &mut impl Iterator<Item = &'a str>) -> Result<&'a str, StoreError> {
    pieces.next().ok_or_else(|| StoreError::unreadable("the columns", &"they differ in length"))
}

fn some(piece: &str) -> Option<&str> {
    (!piece.is_empty()).then_some(piece)
}

fn number<T: std::str::FromStr<Err: std::fmt::Display>>(piece: &str) -> Result<T, StoreError> {
    piece.parse().map_err(|why| StoreError::unreadable("a column", &why))
}
