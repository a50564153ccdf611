//! What was judged where, with counts: the passes, which have no rows of their own.

use super::{finding_row, open::Store, scans};
use crate::{Coverage, StoreError};
use model::TypeName;
use sqlx::Row;

impl Store {
    /// Every policy's counts over every listing, as of the last scan that judged it there; sorted by policy, account,
    /// type and region.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn coverage(&self) -> Result<Vec<Coverage>, StoreError> {
        let failed = self.failed("read what was judged");
        let rows = sqlx::query(
            "SELECT l.account, l.type, l.region, p.name, c.severity, c.passes, c.failures, c.excepted, c.unknowns, c.manuals
             FROM coverage c JOIN listing l ON l.id = c.listing JOIN policy p ON p.id = c.policy
             ORDER BY p.name, l.account, l.type, l.region",
        )
        .fetch_all(self.pool())
        .await
        .map_err(&failed)?;
        let mut coverage = Vec::with_capacity(rows.len());
        for row in rows {
            let severity = row.try_get(4).map_err(&failed)?;
            let type_name: &str = row.try_get(1).map_err(&failed)?;
            coverage.push(Coverage {
                account: row.try_get(0).map_err(&failed)?,
                type_name: TypeName::new(type_name),
                region: row.try_get(2).map_err(&failed)?,
                policy: row.try_get(3).map_err(&failed)?,
                severity: finding_row::severity_of(severity).ok_or_else(|| StoreError::Value {
                    operation: "read what was judged",
                    object: format!("severity {severity}"),
                })?,
                counts: scans::counts(&row, 5).map_err(&failed)?,
            });
        }
        Ok(coverage)
    }
}
