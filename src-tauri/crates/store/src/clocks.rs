//! Commands on the expiry rules: read the table of rules, and change the rule of one integration.

use std::sync::{Arc, PoisonError};

use codat::expiry::{Clocks, Rule};

use crate::{database::begin, error::StoreError, expiry_rules, store::Store};

impl Store {
    /// The table of clocks as it is now.
    pub fn clocks(&self) -> Arc<Clocks> {
        Arc::clone(&self.clocks.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The integrations whose rule a person changed, by key.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn changed_clocks(&self) -> Result<Vec<String>, StoreError> {
        Ok(sqlx::query_scalar!(
            r#"SELECT integration_key AS "key!: String" FROM clocks ORDER BY integration_key"#
        )
        .fetch_all(self.database.readers())
        .await?)
    }

    /// Puts a rule in the place of an integration's, or ours again; and derives anew what follows from it for
    /// its connections, in the same transaction. Nothing changed at the server, so nothing is journalled.
    /// Gives the version of the lists after it.
    ///
    /// # Errors
    /// Those of the database; then all is as it was. The rule is one that [`Rule::check`] takes.
    pub async fn set_clock(&self, key: &str, rule: Option<&Rule>) -> Result<u64, StoreError> {
        let mut writer = self.database.writer().await?;
        let before = self.clocks();
        let mut transaction = begin(&mut writer).await?;
        expiry_rules::write_rule(&mut transaction, key, rule).await?;
        let standard = || Clocks::standard().rule(key).cloned();
        let Some(now) = rule.cloned().or_else(standard).or_else(|| no_clock(&before, key)) else {
            transaction.commit().await?;
            return Ok(*self.version.read().await);
        };
        expiry_rules::update_connections(&mut transaction, key, now.clock).await?;
        let after = before.as_ref().clone().with(key, now);
        let publish = || *self.clocks.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(after);
        self.commit_and_reload(transaction, publish).await
    }
}

/// A rule for an integration that has none of ours, when the person's is taken away.
fn no_clock(before: &Clocks, key: &str) -> Option<Rule> {
    before.rule(key).map(|_| Rule { clock: None, source: String::new(), estimate: false })
}
