//! The first page of a list from an index of the database, so that a window shows its list before the columns of a
//! hundred thousand companies are in memory.

use codat::CompanyId;
use sqlx::SqlitePool;

use crate::{
    error::StoreError,
    sql,
    store::Store,
    view::{CompaniesPage, Counts, Sort, SortColumn, View},
};

/// The sort orders for which there is an index.
#[derive(Debug, Clone, Copy)]
enum IndexedOrder {
    Name,
    LastRead,
    Created,
}

impl IndexedOrder {
    fn for_sort(sort: Sort) -> Option<Self> {
        match (sort.column, sort.descending) {
            (SortColumn::Name, false) => Some(Self::Name),
            (SortColumn::LastRead, true) => Some(Self::LastRead),
            (SortColumn::Created, true) => Some(Self::Created),
            (
                SortColumn::Name
                | SortColumn::LastRead
                | SortColumn::Created
                | SortColumn::Id
                | SortColumn::CreatedBy
                | SortColumn::Connections
                | SortColumn::Status
                | SortColumn::Products
                | SortColumn::Tags
                | SortColumn::Expires
                | SortColumn::Description,
                _,
            ) => None,
        }
    }
}

impl Store {
    /// Loads the columns into memory if they are not there.
    ///
    /// # Errors
    /// Database errors.
    pub async fn load_columns(&self) -> Result<(), StoreError> {
        self.column_snapshot().await.map(|_| ())
    }

    /// The first page while the columns are not in memory. `None` unless the view has no search, no expanded parent,
    /// no row to locate, and an indexed order.
    pub(crate) async fn first_page(
        &self,
        view: &View,
        rows: u32,
    ) -> Result<Option<CompaniesPage>, StoreError> {
        let is_plain = view.search.trim().is_empty() && view.expanded.is_empty() && view.locate.is_none();
        let Some(order) = IndexedOrder::for_sort(view.sort).filter(|_| is_plain) else { return Ok(None) };
        // Held until the rows are read, so that no write comes between them and the counts.
        let version = self.version.read().await;
        if self.has_columns() {
            return Ok(None);
        }
        let readers = self.database.readers();
        let counts = count_by_color(readers).await?;
        let all = counts.red + counts.grey + counts.purple + counts.green + counts.none;
        let top: Vec<(CompanyId, u8)> = top_level_ids(readers, order, rows)
            .await?
            .iter()
            .map(|id| Ok((sql::parse_id(id)?, 0)))
            .collect::<Result<_, StoreError>>()?;
        Ok(Some(CompaniesPage {
            version: *version,
            all,
            matching: all,
            row_count: all.saturating_sub(count_nested(readers).await?),
            located: None,
            counts,
            problems: Vec::new(),
            rows: self.load_rows(&top).await?,
        }))
    }
}

async fn count_by_color(readers: &SqlitePool) -> Result<Counts, StoreError> {
    let rows_found = sqlx::query!(
        r#"SELECT colour AS "color!: u8", count(*) AS "companies!: u32" FROM companies GROUP BY colour"#
    )
    .fetch_all(readers)
    .await?;
    let mut counts = Counts::default();
    for row in rows_found {
        *counts.count_mut(row.color) = row.companies;
    }
    Ok(counts)
}

/// The number of companies that are displayed under a parent, by the rule of [`Columns`](crate::columns::Columns):
/// their parent is known and has no known parent itself.
async fn count_nested(readers: &SqlitePool) -> Result<u32, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT count(*) AS "beneath!: u32"
           FROM companies AS child
           CROSS JOIN companies AS parent ON parent.id = child.parent_id AND parent.id <> child.id
           LEFT JOIN companies AS above ON above.id = parent.parent_id AND above.id <> parent.id
           WHERE child.parent_id IS NOT NULL AND above.id IS NULL"#
    )
    .fetch_one(readers)
    .await?)
}

/// The IDs of the first companies at the top level.
async fn top_level_ids(
    readers: &SqlitePool,
    order: IndexedOrder,
    rows: u32,
) -> Result<Vec<String>, StoreError> {
    let rows_found = match order {
        IndexedOrder::Name => {
            sqlx::query_scalar!(
                r#"SELECT company.id AS "id!: String" FROM companies AS company
                   LEFT JOIN companies AS parent ON parent.id = company.parent_id AND parent.id <> company.id
                   LEFT JOIN companies AS above ON above.id = parent.parent_id AND above.id <> parent.id
                   WHERE parent.id IS NULL OR above.id IS NOT NULL
                   ORDER BY company.folded_name, company.id LIMIT +?1"#,
                rows
            )
            .fetch_all(readers)
            .await?
        }
        IndexedOrder::LastRead => {
            sqlx::query_scalar!(
                r#"SELECT company.id AS "id!: String" FROM companies AS company
                   LEFT JOIN companies AS parent ON parent.id = company.parent_id AND parent.id <> company.id
                   LEFT JOIN companies AS above ON above.id = parent.parent_id AND above.id <> parent.id
                   WHERE parent.id IS NULL OR above.id IS NOT NULL
                   ORDER BY company.last_read DESC, company.folded_name, company.id LIMIT +?1"#,
                rows
            )
            .fetch_all(readers)
            .await?
        }
        IndexedOrder::Created => {
            sqlx::query_scalar!(
                r#"SELECT company.id AS "id!: String" FROM companies AS company
                   LEFT JOIN companies AS parent ON parent.id = company.parent_id AND parent.id <> company.id
                   LEFT JOIN companies AS above ON above.id = parent.parent_id AND above.id <> parent.id
                   WHERE parent.id IS NULL OR above.id IS NOT NULL
                   ORDER BY company.created DESC, company.folded_name, company.id LIMIT +?1"#,
                rows
            )
            .fetch_all(readers)
            .await?
        }
    };
    Ok(rows_found)
}
