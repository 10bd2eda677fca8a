//! Pages of a copy.

use codat::page::{Page, PageRequest};
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::file::{Copies, record_range};
use crate::{database::begin, error::StoreError, sql};

impl Copies {
    /// Stores a page of a copy. A page for a deleted copy is ignored.
    pub(crate) async fn insert_page(
        &self,
        number: i64,
        raw: &RawValue,
        request: &PageRequest,
    ) -> Result<(), StoreError> {
        let page: Page<IgnoredAny> =
            Page::from_raw(raw, request).map_err(|detail| StoreError::Sql { detail })?;
        let records: Vec<&str> = page.results.iter().map(|item| item.raw.get()).collect();
        let bytes: i64 = records.iter().map(|raw| raw.len() as i64).sum();
        let (count, total) = (records.len() as i64, i64::try_from(page.total_results).unwrap_or(i64::MAX));
        let offset = i64::from(request.page.saturating_sub(1)) * i64::from(request.page_size);
        let first = record_range(number).0 + offset;
        let records = sql::json_parameter(&records)?;
        let mut writer = self.database.writer().await?;
        let mut transaction = begin(&mut writer).await?;
        let counted = sqlx::query!(
            "UPDATE copies SET records = records + ?2, bytes = bytes + ?3, total = ?4,
                 moved = moved OR (total <> ?4 AND records > 0)
             WHERE number = ?1 AND at IS NULL",
            number,
            count,
            bytes,
            total
        )
        .execute(&mut *transaction)
        .await?;
        if counted.rows_affected() == 0 {
            return Ok(());
        }
        sqlx::query!(
            "INSERT INTO copied (place, raw) SELECT ?1 + key, value FROM json_each(?2)",
            first,
            records
        )
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    /// The records at these positions, in this order.
    pub(super) async fn records_at(
        &self,
        number: i64,
        positions: &[u32],
    ) -> Result<Vec<Box<RawValue>>, StoreError> {
        let first = record_range(number).0;
        let wanted = sql::json_parameter(&positions)?;
        let rows = sqlx::query_scalar!(
            r#"SELECT copied.raw AS "raw!: String" FROM json_each(?1) AS wanted
               CROSS JOIN copied ON copied.place = ?2 + wanted.value
               ORDER BY wanted.key"#,
            wanted,
            first
        )
        .fetch_all(self.database.readers())
        .await?;
        rows.into_iter().map(parse_raw).collect()
    }

    /// Records in the server's order, from a position on.
    ///
    /// # Errors
    /// Database errors.
    pub async fn records_from(
        &self,
        number: i64,
        from: u32,
        limit: u32,
    ) -> Result<Vec<Box<RawValue>>, StoreError> {
        let (first, last) = record_range(number);
        let from = first + i64::from(from);
        let rows = sqlx::query_scalar!(
            "SELECT raw FROM copied WHERE place BETWEEN ?1 AND ?2 ORDER BY place LIMIT +?3",
            from,
            last,
            limit
        )
        .fetch_all(self.database.readers())
        .await?;
        rows.into_iter().map(parse_raw).collect()
    }
}

fn parse_raw(text: String) -> Result<Box<RawValue>, StoreError> {
    RawValue::from_string(text).map_err(|why| StoreError::unreadable("a record", &why))
}
