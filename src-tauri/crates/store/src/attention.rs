//! What the tray shows: the number of companies by state, and the first of those that need attention.

use codat::{Color, Company};
use domain::{Attention, AttentionCompany, AttentionConnection};

use crate::{
    company_index,
    company_rows::{self, ConnectionContext},
    error::StoreError,
    record::StoredRecord,
    store::Store,
};

impl Store {
    /// The companies that need attention, with at most `limit` of them in detail.
    ///
    /// # Errors
    /// Database errors.
    pub async fn attention(&self, limit: u32) -> Result<Attention, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT record.raw AS "raw!: String",
                      record.retained AS "retained?: String",
                      (SELECT json_group_array(json_object('id', connection.id,
                                                           'one_time', connection.one_time,
                                                           'linked', connection.linked))
                       FROM connections AS connection
                       WHERE connection.company = needy_number
                         AND (connection.one_time = 1 OR connection.linked IS NOT NULL))
                          AS "remembered!: String"
               FROM (SELECT number AS needy_number, colour, lost, folded_name, id FROM companies
                     WHERE colour <= 1 ORDER BY colour, lost DESC, folded_name, id LIMIT +?1)
               CROSS JOIN records AS record ON record.company = needy_number
               ORDER BY colour, lost DESC, folded_name, id"#,
            limit
        )
        .fetch_all(self.database.readers())
        .await?;
        let clocks = self.clocks();
        let companies = rows
            .into_iter()
            .filter_map(|row| {
                let company = StoredRecord::new(row.raw, row.retained).company();
                let company = company.inspect_err(|error| self.report_unreadable_record(error)).ok()?;
                Some(
                    ConnectionContext::parse(&row.remembered, &clocks)
                        .map(|context| attention_company(company, &context)),
                )
            })
            .collect::<Result<_, StoreError>>()?;
        let [red, grey, purple] = self.counts_by_bad_color().await?;
        let unreadable = self.count_unreadable().await?;
        Ok(Attention { red, grey, purple, unreadable, companies })
    }

    /// The number of companies.
    ///
    /// # Errors
    /// Database errors.
    pub async fn company_count(&self) -> Result<u32, StoreError> {
        let count = sqlx::query_scalar!(r#"SELECT count(*) AS "many!: u32" FROM companies"#);
        Ok(count.fetch_one(self.database.readers()).await?)
    }

    /// The number of companies whose record cannot be parsed, stored or not.
    ///
    /// # Errors
    /// Database errors.
    pub(crate) async fn count_unreadable(&self) -> Result<u32, StoreError> {
        let count = sqlx::query_scalar!(r#"SELECT count(*) AS "many!: u32" FROM unreadable"#);
        Ok(count.fetch_one(self.database.readers()).await?)
    }

    /// The numbers of red, grey and purple companies. Green ones, which are most, are not counted.
    async fn counts_by_bad_color(&self) -> Result<[u32; 3], StoreError> {
        let rows = sqlx::query!(
            r#"SELECT colour AS "color!: u8", count(*) AS "companies!: u32" FROM companies
               WHERE colour <= 2 GROUP BY colour"#
        )
        .fetch_all(self.database.readers())
        .await?;
        let count = |color| rows.iter().find(|row| row.color == color).map_or(0, |row| row.companies);
        Ok([Color::Red, Color::Grey, Color::Purple].map(|color| count(company_index::color_code(color))))
    }
}

fn attention_company(company: Company, context: &ConnectionContext<'_>) -> AttentionCompany {
    let chips = company_rows::connection_chips(&company, context).into_iter();
    let connections = chips.filter(|chip| chip.color.needs_attention()).map(|chip| AttentionConnection {
        id: chip.id,
        platform: chip.name,
        word: chip.word,
        is_outage: chip.is_outage,
    });
    AttentionCompany { id: company.id, name: company.name, connections: connections.collect() }
}
