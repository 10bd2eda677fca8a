//! Commands on the expiry rules: read the table of rules, and change the rule of one integration.

use std::sync::{Arc, PoisonError};

use codat::expiry::{Clocks, Rule};

use crate::{database::begin, error::StoreError, expiry_rules, store::Store};

impl Store {
    /// The current table of expiry rules.
    pub fn clocks(&self) -> Arc<Clocks> {
        Arc::clone(&self.clocks.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The keys of integrations whose rule the user changed, in order.
    ///
    /// # Errors
    /// Database errors.
    pub async fn changed_clocks(&self) -> Result<Vec<String>, StoreError> {
        Ok(sqlx::query_scalar!(
            r#"SELECT integration_key AS "key!: String" FROM clocks ORDER BY integration_key"#
        )
        .fetch_all(self.database.readers())
        .await?)
    }

    /// Sets the rule of an integration, or restores the standard one with `None`. Recalculates the expiry of its
    /// connections in the same transaction. Nothing changed at the server, so there is no journal entry. Returns the
    /// version of the lists afterwards.
    ///
    /// # Errors
    /// Database errors; then nothing changed. The rule must pass [`Rule::check`].
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

/// The rule of an integration without a standard rule, once the user's rule is removed.
fn no_clock(before: &Clocks, key: &str) -> Option<Rule> {
    before.rule(key).map(|_| Rule { clock: None, source: String::new(), estimate: false })
}
