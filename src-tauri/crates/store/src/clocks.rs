//! The table of clocks: ours, with what a person changed in it; and what follows when it changes.

use std::sync::{Arc, PoisonError};

use codat::{
    ConnectionId,
    expiry::{Clock, Clocks, Rule, Used},
};
use serde::Serialize;
use sqlx::SqliteConnection;

use crate::{
    change::instant,
    database::{Database, begin},
    ends::{self, Ends},
    error::StoreError,
    record,
    store::Store,
    view::ClockKind,
};

/// What follows from a clock for one connection.
#[derive(Serialize)]
struct Derived {
    id: ConnectionId,
    clock: Option<u8>,
    expires: Option<i64>,
    due: Option<i64>,
}

/// Our table, with the rules that a person put in the place of ours.
pub(crate) async fn kept(database: &Database) -> Result<Clocks, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT integration_key AS "key!: String", kind AS "kind?: u8", days AS "days?: u16",
                  source AS "source!: String", estimate AS "estimate!: bool"
           FROM clocks ORDER BY integration_key"#
    )
    .fetch_all(database.readers())
    .await?;
    let mut clocks = Clocks::standard();
    for row in rows {
        let clock = row.kind.zip(row.days).map(|(kind, days)| clock(kind, days));
        let rule = Rule { clock, source: row.source, estimate: row.estimate };
        match rule.check(&row.key) {
            Ok(()) => clocks = clocks.with(&row.key, rule),
            Err(error) => tracing::warn!(%error, key = row.key, "a kept clock is left out"),
        }
    }
    Ok(clocks)
}

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
        keep(&mut transaction, key, rule).await?;
        let standard = || Clocks::standard().rule(key).cloned();
        let Some(now) = rule.cloned().or_else(standard).or_else(|| uncounted(&before, key)) else {
            transaction.commit().await?;
            return Ok(*self.version.read().await);
        };
        derive(&mut transaction, key, now.clock).await?;
        let after = before.as_ref().clone().with(key, now);
        let put = || *self.clocks.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(after);
        self.commit_at_large(transaction, put).await
    }
}

/// A rule for an integration that has none of ours, when the person's is taken away.
fn uncounted(before: &Clocks, key: &str) -> Option<Rule> {
    before.rule(key).map(|_| Rule { clock: None, source: String::new(), estimate: false })
}

pub(crate) async fn keep(
    connection: &mut SqliteConnection,
    key: &str,
    rule: Option<&Rule>,
) -> Result<(), StoreError> {
    let Some(rule) = rule else {
        sqlx::query!("DELETE FROM clocks WHERE integration_key = ?1", key).execute(connection).await?;
        return Ok(());
    };
    let kind = rule.clock.map(|clock| ends::number(ends::kind(clock)));
    let days = rule.clock.map(Clock::days);
    sqlx::query!(
        "INSERT INTO clocks (integration_key, kind, days, source, estimate) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (integration_key) DO UPDATE SET
             kind = excluded.kind, days = excluded.days, source = excluded.source,
             estimate = excluded.estimate",
        key,
        kind,
        days,
        rule.source,
        rule.estimate
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Derives the ends of an integration's linked connections, and those of their companies.
pub(crate) async fn derive(
    connection: &mut SqliteConnection,
    key: &str,
    clock: Option<Clock>,
) -> Result<(), StoreError> {
    let rows = sqlx::query!(
        r#"SELECT id AS "id!: String", coalesce(created, 0) AS "created!: i64", last_read AS "last_read?: i64",
                  linked AS "linked?: i64"
           FROM connections WHERE clock IN (0, 1, 2) AND integration_key = ?1"#,
        key
    )
    .fetch_all(&mut *connection)
    .await?;
    let derived = rows
        .into_iter()
        .map(|row| {
            let used = Used {
                created: instant(row.created),
                last_read: row.last_read.map(instant),
                linked: row.linked.map(instant),
            };
            let Ends { clock, expires, due } = Ends::of_linked(clock, used);
            Ok(Derived { id: record::id(&row.id)?, clock, expires, due })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    let derived = record::json(&derived)?;
    sqlx::query!(
        "UPDATE connections SET
             -- What was seen to of an end that is still the same one is not due again.
             due = CASE WHEN expires IS new.value ->> 'expires' AND clock IS new.value ->> 'clock'
                        THEN due ELSE new.value ->> 'due' END,
             clock = new.value ->> 'clock', expires = new.value ->> 'expires'
         FROM jsonb_each(?1) AS new WHERE connections.id = new.value ->> 'id'",
        derived
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "UPDATE companies SET expires =
             (SELECT min(connection.expires) FROM connections AS connection
              WHERE connection.company = companies.number)
         WHERE number IN (SELECT company FROM connections WHERE clock IN (0, 1, 2) AND integration_key = ?1)",
        key
    )
    .execute(connection)
    .await?;
    Ok(())
}

fn clock(kind: u8, days: u16) -> Clock {
    if kind == ends::number(ClockKind::Consent) { Clock::Consent(days) } else { Clock::Idle(days) }
}
