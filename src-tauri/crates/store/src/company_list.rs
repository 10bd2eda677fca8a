//! Queries of the company lists.

use std::collections::BTreeSet;

use codat::CompanyId;
use jiff::Timestamp;

use crate::{
    columns::{IdHits, ListQuery, Selection, alert_key, change_key},
    error::StoreError,
    search::Search,
    sql,
    store::{ColumnSnapshot, Store},
    view::{CompaniesPage, CompanyRow, Rows, Sort, View},
};

/// The number of rows of a list's first answer.
const FIRST_PAGE_ROWS: u32 = 200;

/// The maximum number of rows of one answer.
const MAX_ROWS: u32 = 1_000;

impl Store {
    /// The start of a list: totals, counts by color, problems of the search, and the first 200 rows. Filters such as
    /// `stale:>7d` are relative to `now`. While the columns are not in memory, a plain view is answered from an index
    /// of the database; call [`load_columns`](Self::load_columns) then to prepare the next query.
    ///
    /// # Errors
    /// Database errors. An invalid search is not an error.
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
    /// They are rows of the current list. If the returned version differs from `version`, rows may have moved, and
    /// the caller calls [`companies`](Self::companies) again.
    ///
    /// # Errors
    /// Database errors.
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

    /// The IDs of all companies that match a search, including subsidiaries, in this order.
    ///
    /// # Errors
    /// Database errors. An invalid search is not an error.
    pub async fn company_ids(
        &self,
        search: &str,
        sort: Sort,
        now: Timestamp,
    ) -> Result<Vec<CompanyId>, StoreError> {
        let search = Search::parse(search, &self.local_time(now));
        let ids = self.id_hits(&search).await?;
        self.query_columns(move |columns| columns.ordered_ids(&search, &ids, sort)).await
    }

    /// How many companies match each search, including subsidiaries.
    ///
    /// # Errors
    /// Database errors. An invalid search is not an error.
    pub async fn count_companies(&self, searches: &[&str], now: Timestamp) -> Result<Vec<u32>, StoreError> {
        let time = self.local_time(now);
        let mut parsed = Vec::with_capacity(searches.len());
        for search in searches {
            let search = Search::parse(search, &time);
            let ids = self.id_hits(&search).await?;
            parsed.push((search, ids));
        }
        self.query_columns(move |columns| {
            parsed.iter().map(|(search, ids)| columns.count_matching(search, ids)).collect()
        })
        .await
    }

    /// Which of these companies match a search.
    ///
    /// # Errors
    /// Database errors. An invalid search is not an error.
    pub async fn companies_among(
        &self,
        search: &str,
        companies: BTreeSet<CompanyId>,
        now: Timestamp,
    ) -> Result<BTreeSet<CompanyId>, StoreError> {
        let search = Search::parse(search, &self.local_time(now));
        let ids = self.id_hits(&search).await?;
        self.query_columns(move |columns| columns.matching_among(&search, &ids, companies)).await
    }

    /// The rows of these companies in this order. Companies that are not stored are left out.
    ///
    /// # Errors
    /// Database errors.
    pub async fn company_rows(&self, companies: &[CompanyId]) -> Result<Vec<CompanyRow>, StoreError> {
        let wanted: Vec<_> = companies.iter().map(|company| (*company, 0)).collect();
        self.load_rows(&wanted).await
    }

    /// Returns the snapshot with the result: while it exists, no write can come between the selection and its rows.
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

    /// Looks up the ID prefixes and notifications of a search in the database.
    pub(crate) async fn id_hits(&self, search: &Search) -> Result<IdHits, StoreError> {
        let mut hits = IdHits::new();
        for prefix in search.id_prefixes() {
            // All characters of an ID sort before `g`.
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
        for (change, seq) in search.changes() {
            hits.insert(change_key(change, seq), self.companies_changed_since(change, seq).await?);
        }
        Ok(hits)
    }
}
