//! The table of expiry rules: the standard rules and the user's own, and the expiry that follows from them.

use codat::{
    ConnectionId,
    expiry::{Clock, Clocks, Rule, Used},
};
use serde::Serialize;
use sqlx::SqliteConnection;

use crate::{
    connection_expiry::{self, ConnectionExpiry},
    database::Database,
    error::StoreError,
    sql,
    view::ClockKind,
};

/// The new expiry of one connection. The field names are JSON keys of the statement.
#[derive(Serialize)]
struct ExpiryUpdate {
    id: ConnectionId,
    clock: Option<u8>,
    expires: Option<i64>,
    due: Option<i64>,
}

/// The standard rules, replaced where the user set others.
pub(crate) async fn load(database: &Database) -> Result<Clocks, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT integration_key AS "key!: String", kind AS "kind?: u8", days AS "days?: u16",
                  source AS "source!: String", estimate AS "estimate!: bool"
           FROM clocks ORDER BY integration_key"#
    )
    .fetch_all(database.readers())
    .await?;
    let mut clocks = Clocks::standard();
    for row in rows {
        let clock = row.kind.zip(row.days).map(|(kind, days)| clock_from_columns(kind, days));
        let rule = Rule { clock, source: row.source, estimate: row.estimate };
        match rule.check(&row.key) {
            Ok(()) => clocks = clocks.with(&row.key, rule),
            Err(error) => tracing::warn!(%error, key = row.key, "a kept clock is left out"),
        }
    }
    Ok(clocks)
}

pub(crate) async fn write_rule(
    connection: &mut SqliteConnection,
    key: &str,
    rule: Option<&Rule>,
) -> Result<(), StoreError> {
    let Some(rule) = rule else {
        sqlx::query!("DELETE FROM clocks WHERE integration_key = ?1", key).execute(connection).await?;
        return Ok(());
    };
    let kind = rule.clock.map(|clock| connection_expiry::clock_code(connection_expiry::clock_kind(clock)));
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

/// Recalculates the expiry of an integration's linked connections and of their companies.
pub(crate) async fn update_connections(
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
    let updates = rows
        .into_iter()
        .map(|row| {
            let used = Used {
                created: sql::timestamp(row.created),
                last_read: row.last_read.map(sql::timestamp),
                linked: row.linked.map(sql::timestamp),
            };
            let ConnectionExpiry { clock, expires, due } = ConnectionExpiry::for_linked(clock, used);
            Ok(ExpiryUpdate { id: sql::parse_id(&row.id)?, clock, expires, due })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    let updates = sql::json_parameter(&updates)?;
    sqlx::query!(
        "UPDATE connections SET
             -- What was seen to of an end that is still the same one is not due again.
             due = CASE WHEN expires IS new.value ->> 'expires' AND clock IS new.value ->> 'clock'
                        THEN due ELSE new.value ->> 'due' END,
             clock = new.value ->> 'clock', expires = new.value ->> 'expires'
         FROM jsonb_each(?1) AS new WHERE connections.id = new.value ->> 'id'",
        updates
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

/// A clock from its columns.
pub(crate) fn clock_from_columns(kind: u8, days: u16) -> Clock {
    if kind == connection_expiry::clock_code(ClockKind::Consent) {
        Clock::Consent(days)
    } else {
        Clock::Idle(days)
    }
}
