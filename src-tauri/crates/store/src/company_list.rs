//! Up: what the lists ask.

use jiff::Timestamp;

use crate::{
    columns::{IdHits, ListQuery, Selection, alert_key},
    error::StoreError,
    search::Search,
    sql,
    store::{ColumnSnapshot, Store},
    view::{CompaniesPage, Rows, View},
};

/// Rows of a list's first answer.
const FIRST_PAGE_ROWS: u32 = 200;

/// Rows of one answer at most.
const MAX_ROWS: u32 = 1_000;

impl Store {
    /// A list from its beginning: totals, counts by colour, what is wrong with the search, and the first 200
    /// rows. `now` is what filters such as `stale:>7d` count from. Before the columns are in memory a plain
    /// view is answered from an index; [`warm`](Self::warm) then makes ready for the next question.
    ///
    /// # Errors
    /// Those of the database; a search is never an error.
    pub async fn companies(&self, view: &View, now: Timestamp) -> Result<CompaniesPage, StoreError> {
        if let Some(page) = self.first_page(view, FIRST_PAGE_ROWS).await? {
            return Ok(page);
        }
        let (snapshot, selection, search) = self.select(view, 0, FIRST_PAGE_ROWS, now).await?;
        let rows = self.load_rows(&selection.rows).await?;
        Ok(CompaniesPage {
            version: snapshot.version(),
            all: selection.all,
            matching: selection.matching,
            row_count: selection.row_count,
            located: selection.located,
            counts: selection.counts,
            problems: search.problems,
            rows,
        })
    }

    /// Rows of a list from `offset` on, at most `limit` and at most 1,000.
    ///
    /// They are those of the list as it is now. `version` is what the asker knows; an answer with another
    /// one is of a list that may have moved, and the asker begins again with [`companies`](Self::companies).
    ///
    /// # Errors
    /// Those of the database.
    pub async fn rows(
        &self,
        view: &View,
        version: u64,
        offset: u32,
        limit: u32,
        now: Timestamp,
    ) -> Result<Rows, StoreError> {
        let (snapshot, selection, _) = self.select(view, offset, limit.min(MAX_ROWS), now).await?;
        if snapshot.version() != version {
            tracing::debug!(
                asked = version,
                current = snapshot.version(),
                "rows of a list that may have moved"
            );
        }
        let rows = self.load_rows(&selection.rows).await?;
        Ok(Rows { version: snapshot.version(), offset, rows })
    }

    /// The lists come back with the answer: as long as they are held, no write gets between it and the rows.
    async fn select(
        &self,
        view: &View,
        offset: u32,
        limit: u32,
        now: Timestamp,
    ) -> Result<(ColumnSnapshot, Selection, Search), StoreError> {
        let search = Search::parse(&view.search, &self.local_time(now));
        let snapshot = self.column_snapshot().await?;
        let ids = self.id_hits(&search).await?;
        let (sort, expanded, locate) = (view.sort, view.expanded.clone(), view.locate);
        let selected = tokio::task::spawn_blocking(move || {
            let expanded = expanded.as_slice();
            let query = ListQuery { search: &search, ids: &ids, sort, expanded, locate, offset, limit };
            let selection = snapshot.columns.select(&query);
            (snapshot, selection, search)
        });
        Ok(selected.await?)
    }

    /// The companies whose ID, or a connection's, begins as the search may ask, and those that notifications told of.
    pub(crate) async fn id_hits(&self, search: &Search) -> Result<IdHits, StoreError> {
        let mut hits = IdHits::new();
        for prefix in search.id_prefixes() {
            // Every character of an ID sorts before `g`.
            let end = format!("{prefix}g");
            let rows = sqlx::query!(
                r#"SELECT id AS "id!: String" FROM companies WHERE id >= ?1 AND id < ?2
                   UNION ALL
                   SELECT company.id AS "id!: String"
                   FROM connections AS connection
                   CROSS JOIN companies AS company ON company.number = connection.company
                   WHERE connection.id >= ?1 AND connection.id < ?2"#,
                prefix,
                end
            )
            .fetch_all(self.database.readers())
            .await?;
            let ids = rows.iter().map(|row| sql::parse_id(&row.id)).collect::<Result<_, StoreError>>()?;
            hits.insert(prefix.to_owned(), ids);
        }
        for number in search.alerts() {
            hits.insert(alert_key(number), self.alert_companies(number).await?);
        }
        Ok(hits)
    }
}
