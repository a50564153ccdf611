//! What differs between two finished scans.

use super::{open::Store, writer::QUERY_ITEMS_MAX};
use crate::{Diff, FindingChange, FindingTurn, ResourceChange, ResourceTurn, StoreError, changes};
use model::Resource;
use sqlx::Row;
use std::collections::BTreeMap;

/// Documents of either epoch that the other does not have: ?1 the earlier, ?2 the later.
const DOCUMENTS: &str = "WITH before AS MATERIALIZED (SELECT seq FROM scan WHERE epoch <= ?1),
      after AS MATERIALIZED (SELECT seq FROM scan WHERE epoch <= ?2),
      spans AS (SELECT d.resource, d.hash, d.body,
          d.from_scan IN before AND (d.to_scan IS NULL OR d.to_scan NOT IN before) AS in_before,
          d.from_scan IN after AND (d.to_scan IS NULL OR d.to_scan NOT IN after) AS in_after
        FROM document d)
    SELECT resource, in_before, hash, body FROM spans WHERE in_before <> in_after";
/// Findings of either epoch that the other does not have; the first column says which, the last whether it is new.
const FINDINGS: &str = "WITH before AS MATERIALIZED (SELECT seq FROM scan WHERE epoch <= ?1),
      after AS MATERIALIZED (SELECT seq FROM scan WHERE epoch <= ?2),
      spans AS (SELECT f.id, f.identity, f.first_scan,
          f.from_scan IN before AND (f.to_scan IS NULL OR f.to_scan NOT IN before) AS in_before,
          f.from_scan IN after AND (f.to_scan IS NULL OR f.to_scan NOT IN after) AS in_after
        FROM finding f)
    SELECT max(in_before), max(id), max(first_scan IN before) FROM spans WHERE in_before OR in_after
    GROUP BY identity HAVING max(in_before) <> max(in_after)";

/// A resource's bodies before and after.
#[derive(Clone, Copy, Debug, Default)]
struct Sides {
    before: Option<i64>,
    after: Option<i64>,
    same: bool,
}

impl Store {
    /// What differs between two finished scans, whatever was scanned between them.
    ///
    /// # Errors
    /// One of them did not finish, or its history was pruned; the store can't be read.
    pub async fn diff(&self, earlier: &str, later: &str) -> Result<Diff, StoreError> {
        let (earlier, later) = (self.epoch_of(earlier).await?, self.epoch_of(later).await?);
        Ok(Diff {
            resources: self.changed_resources(earlier, later).await?,
            findings: self.changed_findings(earlier, later).await?,
        })
    }

    async fn epoch_of(&self, id: &str) -> Result<i64, StoreError> {
        let failed = self.failed("find a scan");
        let row = sqlx::query("SELECT epoch, pruned FROM scan WHERE id = ?1 AND epoch IS NOT NULL")
            .bind(id)
            .fetch_optional(self.pool())
            .await
            .map_err(&failed)?
            .ok_or_else(|| StoreError::NoScan { id: id.to_owned() })?;
        if row.try_get(1).map_err(&failed)? {
            return Err(StoreError::PrunedScan { id: id.to_owned() });
        }
        row.try_get(0).map_err(&failed)
    }

    async fn changed_resources(&self, earlier: i64, later: i64) -> Result<Vec<ResourceChange>, StoreError> {
        let failed = self.failed("compare two scans");
        let rows = sqlx::query(DOCUMENTS).bind(earlier).bind(later).fetch_all(self.pool()).await.map_err(&failed)?;
        let mut sides: BTreeMap<i64, (Sides, Vec<u8>)> = BTreeMap::new();
        for row in rows {
            let (side, hash) = sides.entry(row.try_get(0).map_err(&failed)?).or_default();
            let body = Some(row.try_get(3).map_err(&failed)?);
            let new_hash: Vec<u8> = row.try_get(2).map_err(&failed)?;
            if row.try_get(1).map_err(&failed)? {
                side.before = body;
            } else {
                side.after = body;
            }
            side.same = *hash == new_hash;
            *hash = new_hash;
        }
        let sides: Vec<Sides> = sides.into_values().map(|(side, _)| side).filter(|side| !side.same).collect();
        let mut changes = Vec::with_capacity(sides.len());
        for chunk in sides.chunks(QUERY_ITEMS_MAX / 4) {
            let bodies: Vec<i64> = chunk.iter().flat_map(|side| [side.before, side.after]).flatten().collect();
            let resources: BTreeMap<i64, Resource> = self.resources_of(&bodies).await?.into_iter().collect();
            let of = |body: Option<i64>| body.and_then(|body| resources.get(&body));
            changes.extend(chunk.iter().filter_map(|side| change(of(side.before), of(side.after))));
        }
        changes.sort_by(|a, b| {
            (&a.account, &a.type_name, &a.region, &a.id).cmp(&(&b.account, &b.type_name, &b.region, &b.id))
        });
        Ok(changes)
    }

    async fn changed_findings(&self, earlier: i64, later: i64) -> Result<Vec<FindingChange>, StoreError> {
        let failed = self.failed("compare two scans");
        let rows = sqlx::query(FINDINGS).bind(earlier).bind(later).fetch_all(self.pool()).await.map_err(&failed)?;
        let mut changes = Vec::with_capacity(rows.len());
        for chunk in rows.chunks(QUERY_ITEMS_MAX) {
            let mut ids: Vec<i64> = Vec::with_capacity(chunk.len());
            let mut turns = Vec::with_capacity(chunk.len());
            for row in chunk {
                ids.push(row.try_get(1).map_err(&failed)?);
                turns.push(match (row.try_get(0).map_err(&failed)?, row.try_get(2).map_err(&failed)?) {
                    (true, _) => FindingTurn::Resolved,
                    (false, true) => FindingTurn::Reopened,
                    (false, false) => FindingTurn::Opened,
                });
            }
            for (record, turn) in self.finding_records(&ids).await?.into_iter().zip(turns) {
                let finding = record.finding;
                changes.push(FindingChange {
                    id: finding.id,
                    policy: finding.policy,
                    severity: finding.severity,
                    resource: finding.resource,
                    message: finding.message,
                    turn,
                });
            }
        }
        changes.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.id.cmp(&b.id)));
        Ok(changes)
    }
}

fn change(before: Option<&Resource>, after: Option<&Resource>) -> Option<ResourceChange> {
    let turn = match (before, after) {
        (None, Some(_)) => ResourceTurn::Added,
        (Some(_), None) => ResourceTurn::Removed,
        (Some(before), Some(after)) => ResourceTurn::Changed { paths: changes::paths(before, after) },
        (None, None) => return None,
    };
    let resource = after.or(before)?;
    Some(ResourceChange {
        account: resource.account.clone(),
        type_name: resource.type_name.clone(),
        region: resource.region.clone(),
        id: resource.id.clone(),
        name: resource.name.clone(),
        turn,
    })
}
