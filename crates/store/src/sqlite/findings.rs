//! Reading findings back, with their lives.

use super::{
    finding_row::{self, Place},
    from_micros, json_list,
    open::Store,
    to_micros,
};
use crate::{
    FindingFilter, FindingHistory, FindingRecord, Life, State, StoreError,
    life::{self, Moment, Stretch},
};
use futures::TryStreamExt;
use model::{FindingId, TypeName};
use sqlx::{Row, sqlite::SqliteRow};

/// Findings in one batch.
const BATCH_FINDINGS_MAX: usize = 1_000;
/// Candidates named when a prefix fits several findings.
const CANDIDATES_MAX: i64 = 5;

/// Rows of findings that pass the filter; worst first. ?1: open wanted, ?2: excepted, ?3: resolved, ?4: since.
const ROWS: &str = "SELECT f.id FROM finding f JOIN resource r ON r.id = f.resource JOIN listing l ON l.id = f.listing
      JOIN policy p ON p.id = f.policy JOIN scan o ON o.seq = f.opened_scan LEFT JOIN scan t ON t.seq = f.to_scan
    WHERE f.from_scan IN (SELECT seq FROM scan WHERE epoch IS NOT NULL)
      AND CASE WHEN f.to_scan IS NULL THEN CASE f.excepted WHEN 0 THEN ?1 ELSE ?2 END
          ELSE ?3 AND f.ended = 1 AND NOT EXISTS (SELECT 1 FROM finding later WHERE later.identity = f.identity
            AND later.id > f.id AND later.from_scan IN (SELECT seq FROM scan WHERE epoch IS NOT NULL)) END
      AND (?4 IS NULL OR o.finished_at >= ?4 OR t.finished_at >= ?4)
      AND (?5 = '[]' OR f.status IN (SELECT value FROM json_each(?5)))
      AND (?6 = '[]' OR f.severity IN (SELECT value FROM json_each(?6)))
      AND (?7 = '[]' OR p.name IN (SELECT value FROM json_each(?7)))
      AND (?8 = '[]' OR EXISTS (SELECT 1 FROM json_each(?8) WHERE instr('.' || l.type, '.' || value || '.') > 0))
      AND (?9 = '[]' OR l.type IN (SELECT value FROM json_each(?9)))
      AND (?10 = '[]' OR r.name IN (SELECT value FROM json_each(?10)))
      AND (?11 = '[]' OR r.region IN (SELECT value FROM json_each(?11)))
      AND (?12 = '[]' OR l.account IN (SELECT value FROM json_each(?12)))
    ORDER BY f.severity DESC, f.score DESC, p.name, l.account, r.name, f.identity";
/// The columns that [`record`] reads; ?1: a JSON list of rows.
const RECORDS: &str = "SELECT f.identity, p.name, f.severity, l.account, l.type, r.region, r.name, f.details, f.excepted, f.ended,
      f.reopened, first.finished_at, coalesce(t.finished_at, 0),
      max(from_.finished_at, coalesce(last.finished_at, CASE f.status WHEN 2 THEN tried.finished_at ELSE read.finished_at END, 0))
    FROM json_each(?1) asked CROSS JOIN finding f ON f.id = asked.value JOIN resource r ON r.id = f.resource
      JOIN listing l ON l.id = f.listing JOIN policy p ON p.id = f.policy JOIN scan first ON first.seq = f.first_scan
      JOIN scan from_ ON from_.seq = f.from_scan LEFT JOIN scan t ON t.seq = f.to_scan
      LEFT JOIN scan last ON last.seq = f.last_scan
      LEFT JOIN coverage c ON c.listing = f.listing AND c.policy = f.policy
      LEFT JOIN scan read ON read.seq = c.read_scan LEFT JOIN scan tried ON tried.seq = c.tried_scan
    ORDER BY asked.key";
const STRETCHES: &str =
    "SELECT f.id, f.status, f.severity, f.excepted, coalesce(f.ended, 0), f.first_scan = f.from_scan,
      from_.finished_at, from_.id, t.finished_at, t.id
    FROM finding f JOIN scan from_ ON from_.seq = f.from_scan LEFT JOIN scan t ON t.seq = f.to_scan
    WHERE f.identity = ?1 AND from_.epoch IS NOT NULL ORDER BY from_.epoch, f.id";

/// Findings, a batch at a time; worst first: by severity, risk, policy, account and resource.
#[derive(Debug)]
pub struct FindingReader {
    store: Store,
    rows: std::vec::IntoIter<i64>,
}

impl FindingReader {
    /// How many are left.
    pub fn remaining(&self) -> usize {
        self.rows.len()
    }

    /// The next findings; none at the end.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn next(&mut self) -> Result<Option<Vec<FindingRecord>>, StoreError> {
        loop {
            let rows: Vec<i64> = self.rows.by_ref().take(BATCH_FINDINGS_MAX).collect();
            if rows.is_empty() {
                return Ok(None);
            }
            let records = self.store.finding_records(&rows).await?;
            if !records.is_empty() {
                return Ok(Some(records));
            }
        }
    }
}

impl Store {
    /// Findings that pass the filter.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn findings(&self, filter: &FindingFilter) -> Result<FindingReader, StoreError> {
        let failed = self.failed("read the findings");
        let wanted =
            |state| if filter.states.is_empty() { state != State::Resolved } else { filter.states.contains(&state) };
        let statuses: Vec<i64> =
            filter.statuses.iter().map(|word| finding_row::status_code(word).unwrap_or(-1)).collect();
        let severities: Vec<i64> =
            filter.severities.iter().map(|severity| finding_row::severity_code(*severity)).collect();
        let rows: Result<Vec<i64>, _> = sqlx::query(ROWS)
            .bind(wanted(State::Open))
            .bind(wanted(State::Excepted))
            .bind(wanted(State::Resolved))
            .bind(filter.since.map(to_micros))
            .bind(json_list(&statuses))
            .bind(json_list(&severities))
            .bind(json_list(&filter.policies))
            .bind(json_list(&filter.services))
            .bind(json_list(&filter.types))
            .bind(json_list(&filter.resources))
            .bind(json_list(&filter.regions))
            .bind(json_list(&filter.accounts))
            .try_map(|row: SqliteRow| row.try_get::<i64, _>(0))
            .fetch(self.pool())
            .try_collect()
            .await;
        Ok(FindingReader { store: self.clone(), rows: rows.map_err(&failed)?.into_iter() })
    }

    /// A finding by its id, or by the beginning of it, with its history.
    ///
    /// # Errors
    /// None begins so, or several do; the store can't be read.
    pub async fn finding(&self, id_or_prefix: &str) -> Result<FindingHistory, StoreError> {
        let failed = self.failed("read a finding");
        let identity = self.identity(id_or_prefix).await?;
        let rows =
            sqlx::query(STRETCHES).bind(identity.as_bytes().to_vec()).fetch_all(self.pool()).await.map_err(&failed)?;
        let mut stretches = Vec::with_capacity(rows.len());
        for row in &rows {
            stretches.push(stretch(row).map_err(&failed)??);
        }
        let no_finding = || StoreError::NoFinding { id: id_or_prefix.to_owned() };
        let last: i64 = rows.last().ok_or_else(no_finding)?.try_get(0).map_err(&failed)?;
        let record = self.finding_records(&[last]).await?.into_iter().next().ok_or_else(no_finding)?;
        Ok(FindingHistory { record, events: life::events(&stretches) })
    }

    /// The only finding whose id begins so.
    async fn identity(&self, prefix: &str) -> Result<FindingId, StoreError> {
        let failed = self.failed("find a finding");
        let none = || StoreError::NoFinding { id: prefix.to_owned() };
        let (low, high) = id_range(prefix).ok_or_else(none)?;
        let rows = sqlx::query(
            "SELECT DISTINCT identity FROM finding WHERE identity BETWEEN ?1 AND ?2
               AND from_scan IN (SELECT seq FROM scan WHERE epoch IS NOT NULL) ORDER BY identity LIMIT ?3",
        )
        .bind(low)
        .bind(high)
        .bind(CANDIDATES_MAX)
        .fetch_all(self.pool())
        .await
        .map_err(&failed)?;
        let found: Result<Vec<FindingId>, _> = rows.iter().map(|row| Ok(finding_row::id_of(row.try_get(0)?))).collect();
        match found.map_err(&failed)?.as_slice() {
            [] => Err(none()),
            [only] => Ok(*only),
            several => Err(StoreError::AmbiguousFinding {
                prefix: prefix.to_owned(),
                candidates: several.iter().map(FindingId::to_string).collect(),
            }),
        }
    }

    /// The findings of these rows, in their order.
    pub(super) async fn finding_records(&self, rows: &[i64]) -> Result<Vec<FindingRecord>, StoreError> {
        let failed = self.failed("read findings");
        let found = sqlx::query(RECORDS).bind(json_list(rows)).fetch_all(self.pool()).await.map_err(&failed)?;
        found.iter().map(|row| record(row).map_err(&failed)?).collect()
    }
}

/// The lowest and highest id that begin with these hexadecimal digits.
fn id_range(prefix: &str) -> Option<(Vec<u8>, Vec<u8>)> {
    let padded = |digit: &str| {
        let digits = format!("{prefix}{}", digit.repeat(32usize.checked_sub(prefix.len())?));
        digits.parse::<FindingId>().ok().map(|id| id.as_bytes().to_vec())
    };
    (!prefix.is_empty()).then_some(())?;
    padded("0").zip(padded("f"))
}

fn record(row: &SqliteRow) -> Result<Result<FindingRecord, StoreError>, sqlx::Error> {
    let identity = finding_row::id_of(row.try_get(0)?);
    let Some(severity) = finding_row::severity_of(row.try_get(2)?) else {
        return Ok(Err(unknown_value(&identity.to_string())));
    };
    let (account, region, resource): (&str, &str, &str) = (row.try_get(3)?, row.try_get(5)?, row.try_get(6)?);
    let type_name = TypeName::new(row.try_get(4)?);
    let place = Place { account, type_name: &type_name, region, resource };
    let excepted: bool = row.try_get(8)?;
    let resolved = row.try_get::<Option<i64>, _>(9)? == Some(1);
    let state = match (resolved, excepted) {
        (true, _) => State::Resolved,
        (false, true) => State::Excepted,
        (false, false) => State::Open,
    };
    let (first, ended, last): (i64, i64, i64) = (row.try_get(11)?, row.try_get(12)?, row.try_get(13)?);
    let reopened: i64 = row.try_get(10)?;
    let finding = finding_row::decode(identity, row.try_get::<&str, _>(1)?.into(), severity, place, row.try_get(7)?);
    let life = || {
        Ok(Life {
            state,
            first_seen: from_micros(first)?,
            last_seen: from_micros(last)?,
            resolved_at: resolved.then(|| from_micros(ended)).transpose()?,
            reopened: u32::try_from(reopened).unwrap_or(u32::MAX),
        })
    };
    Ok(finding.and_then(|finding| life().map(|life| FindingRecord { finding, life })))
}

fn stretch(row: &SqliteRow) -> Result<Result<Stretch, StoreError>, sqlx::Error> {
    let status = finding_row::status_word(row.try_get(1)?);
    let severity = finding_row::severity_of(row.try_get(2)?);
    let (Some(status), Some(severity)) = (status, severity) else { return Ok(Err(unknown_value("a finding"))) };
    let (excepted, ended, first): (bool, bool, bool) = (row.try_get(3)?, row.try_get(4)?, row.try_get(5)?);
    let (from, from_id): (i64, String) = (row.try_get(6)?, row.try_get(7)?);
    let (to, to_id): (Option<i64>, Option<String>) = (row.try_get(8)?, row.try_get(9)?);
    let moment = |at: i64, scan: String| from_micros(at).map(|at| Moment { at, scan });
    let moments = moment(from, from_id)
        .and_then(|from| Ok((from, to.zip(to_id).map(|(at, scan)| moment(at, scan)).transpose()?)));
    Ok(moments.map(|(from, to)| Stretch { from, to, resolved: ended, first, status, severity, excepted }))
}

fn unknown_value(object: &str) -> StoreError {
    StoreError::Value { operation: "read a finding", object: object.to_owned() }
}
