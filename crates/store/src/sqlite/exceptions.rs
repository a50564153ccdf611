//! Exceptions: kept here, read elsewhere.

use super::{from_micros, open::Store, to_micros};
use crate::{ExceptionRule, StoreError};
use sqlx::{Row, sqlite::SqliteRow};

impl Store {
    /// Add an exception.
    ///
    /// # Errors
    /// One with this id exists, or the store can't be written.
    pub async fn add_exception(&self, rule: &ExceptionRule) -> Result<(), StoreError> {
        let result = sqlx::query(
            "INSERT INTO exception (id, scope, reason, owner, until, created_at, created_by)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (id) DO NOTHING",
        )
        .bind(rule.id.as_str())
        .bind(rule.scope.as_str())
        .bind(rule.reason.as_str())
        .bind(rule.owner.as_str())
        .bind(rule.until.as_str())
        .bind(to_micros(rule.created_at))
        .bind(rule.created_by.as_str())
        .execute(self.pool())
        .await
        .map_err(self.failed("add an exception"))?;
        if result.rows_affected() == 0 {
            return Err(StoreError::ExceptionExists { id: rule.id.clone() });
        }
        Ok(())
    }

    /// All exceptions, ended ones too, in the order in which they were added.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn exceptions(&self) -> Result<Vec<ExceptionRule>, StoreError> {
        let failed = self.failed("read the exceptions");
        let rows = sqlx::query(
            "SELECT id, scope, reason, owner, until, created_at, created_by FROM exception ORDER BY created_at, id",
        )
        .fetch_all(self.pool())
        .await
        .map_err(&failed)?;
        rows.iter().map(|row| rule(row).map_err(&failed)?).collect()
    }

    /// Take an exception away.
    ///
    /// # Errors
    /// There is none with this id, or the store can't be written.
    pub async fn remove_exception(&self, id: &str) -> Result<(), StoreError> {
        let result = sqlx::query("DELETE FROM exception WHERE id = ?1")
            .bind(id)
            .execute(self.pool())
            .await
            .map_err(self.failed("remove an exception"))?;
        found(result.rows_affected(), id)
    }

    /// Let an exception end after this day (`YYYY-MM-DD`); it stays in the list.
    ///
    /// # Errors
    /// There is none with this id, or the store can't be written.
    pub async fn end_exception(&self, id: &str, until: &str) -> Result<(), StoreError> {
        let result = sqlx::query("UPDATE exception SET until = ?2 WHERE id = ?1")
            .bind(id)
            .bind(until)
            .execute(self.pool())
            .await
            .map_err(self.failed("end an exception"))?;
        found(result.rows_affected(), id)
    }
}

fn found(rows: u64, id: &str) -> Result<(), StoreError> {
    if rows == 0 { Err(StoreError::NoException { id: id.to_owned() }) } else { Ok(()) }
}

fn rule(row: &SqliteRow) -> Result<Result<ExceptionRule, StoreError>, sqlx::Error> {
    let created_at = match from_micros(row.try_get(5)?) {
        Ok(created_at) => created_at,
        Err(error) => return Ok(Err(error)),
    };
    Ok(Ok(ExceptionRule {
        id: row.try_get(0)?,
        scope: row.try_get(1)?,
        reason: row.try_get(2)?,
        owner: row.try_get(3)?,
        until: row.try_get(4)?,
        created_at,
        created_by: row.try_get(6)?,
    }))
}
