//! The requests that a run made, as the server saw them.

use anyhow::{Context, Result};
use serde::Deserialize;
use std::{collections::BTreeMap, fs, path::Path};

/// The requests of a run, in the order of their starts.
pub(super) struct Trace {
    /// Processor time of the server.
    pub(super) server_cpu_seconds: f64,
    calls: Vec<Call>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Run {
    server_cpu_seconds: f64,
    #[serde(rename = "calls")]
    _calls: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    name: String,
    #[serde(rename = "region")]
    _region: String,
    status: u16,
    replay: bool,
    depth: u32,
    started: f64,
    answered: f64,
    ended: f64,
    #[serde(rename = "answer_bytes")]
    _answer_bytes: u64,
}

impl Trace {
    /// Read what the server wrote.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).context("the requests of a run can't be read")?;
        let mut lines = text.lines();
        let run: Run = serde_json::from_str(lines.next().context("the requests of a run are not there")?)?;
        let calls = lines.map(serde_json::from_str).collect::<Result<_, _>>().context("a request can't be read")?;
        Ok(Self { server_cpu_seconds: run.server_cpu_seconds, calls })
    }

    /// How many requests there were.
    pub(super) fn len(&self) -> usize {
        self.calls.len()
    }

    /// How many were not answered from the file of answers.
    pub(super) fn new_answers(&self) -> usize {
        self.calls.iter().filter(|call| !call.replay).count()
    }

    /// Server errors: what moto has not or fails at.
    pub(super) fn server_errors(&self) -> BTreeMap<&str, usize> {
        count(self.calls.iter().filter(|call| call.status >= 500))
    }

    /// Requests by service and operation.
    pub(super) fn by_operation(&self) -> BTreeMap<&str, usize> {
        count(self.calls.iter())
    }

    /// Requests of the longest chain in which each needed the answer before it, and the operation at its end.
    pub(super) fn chain(&self) -> (u32, &str) {
        let last = self.calls.iter().max_by_key(|call| call.depth);
        last.map_or((0, ""), |call| (call.depth, call.name.as_str()))
    }

    /// Time in which at least one request waited for its answer, without the added delay.
    pub(super) fn waited_seconds(&self) -> f64 {
        self.union(|call| call.answered)
    }

    /// The same with the added delay.
    pub(super) fn busy_seconds(&self) -> f64 {
        self.union(|call| call.ended)
    }

    /// The most requests that were open at once.
    pub(super) fn open_max(&self) -> usize {
        let mut changes: Vec<(f64, i32)> =
            self.calls.iter().flat_map(|call| [(call.started, 1), (call.ended, -1)]).collect();
        changes.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
        let mut open = 0;
        changes
            .iter()
            .map(|(_, change)| {
                open += change;
                open
            })
            .max()
            .unwrap_or(0)
            .unsigned_abs() as usize
    }

    fn union(&self, end: impl Fn(&Call) -> f64) -> f64 {
        let (mut covered, mut until) = (0.0, 0.0_f64);
        for call in &self.calls {
            let from = call.started.max(until);
            let to = end(call);
            if to > from {
                covered += to - from;
                until = to;
            }
        }
        covered
    }
}

fn count<'a>(calls: impl Iterator<Item = &'a Call>) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    for call in calls {
        *counts.entry(call.name.as_str()).or_default() += 1;
    }
    counts
}

#[cfg(test)]
mod tests;
