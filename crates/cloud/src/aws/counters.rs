//! What was asked and how it went, by service, region and operation; readable while a scan runs.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

/// Service, region, operation.
pub type CountersKey = (Arc<str>, Arc<str>, Arc<str>);

/// Counters of one operation, or of several added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Calls made: one for all pages.
    pub calls: u64,
    /// Calls whose answer was known already, or under way.
    pub calls_shared: u64,
    /// Requests sent, retries included.
    pub requests: u64,
    /// Requests that were repeated.
    pub retries: u64,
    /// Requests that were throttled.
    pub throttles: u64,
    /// Calls that failed in the end.
    pub errors: u64,
    /// Bytes of answers' bodies.
    pub bytes: u64,
    /// Microseconds spent waiting for answers, all requests added up.
    pub wait_micros: u64,
    /// Microseconds spent waiting for a turn: limits and back-off.
    pub pause_micros: u64,
}

impl std::ops::AddAssign for Counters {
    fn add_assign(&mut self, other: Self) {
        self.calls += other.calls;
        self.calls_shared += other.calls_shared;
        self.requests += other.requests;
        self.retries += other.retries;
        self.throttles += other.throttles;
        self.errors += other.errors;
        self.bytes += other.bytes;
        self.wait_micros += other.wait_micros;
        self.pause_micros += other.pause_micros;
    }
}

/// The same, to count with.
#[derive(Debug, Default)]
pub(crate) struct Counting {
    pub(crate) calls: AtomicU64,
    pub(crate) calls_shared: AtomicU64,
    pub(crate) requests: AtomicU64,
    pub(crate) retries: AtomicU64,
    pub(crate) throttles: AtomicU64,
    pub(crate) errors: AtomicU64,
    pub(crate) bytes: AtomicU64,
    pub(crate) wait_micros: AtomicU64,
    pub(crate) pause_micros: AtomicU64,
}

/// Add to a counter.
pub(crate) fn add(counter: &AtomicU64, amount: u64) {
    counter.fetch_add(amount, Relaxed);
}

/// Microseconds of a duration.
pub(crate) fn micros(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

impl Counting {
    fn read(&self) -> Counters {
        Counters {
            calls: self.calls.load(Relaxed),
            calls_shared: self.calls_shared.load(Relaxed),
            requests: self.requests.load(Relaxed),
            retries: self.retries.load(Relaxed),
            throttles: self.throttles.load(Relaxed),
            errors: self.errors.load(Relaxed),
            bytes: self.bytes.load(Relaxed),
            wait_micros: self.wait_micros.load(Relaxed),
            pause_micros: self.pause_micros.load(Relaxed),
        }
    }
}

/// All counters.
#[derive(Debug, Default)]
pub(crate) struct AllCounters(Mutex<BTreeMap<CountersKey, Arc<Counting>>>);

impl AllCounters {
    pub(crate) fn of(&self, key: &CountersKey) -> Arc<Counting> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = all.get(key) {
            return found.clone();
        }
        all.entry(key.clone()).or_default().clone()
    }

    pub(crate) fn read(&self) -> BTreeMap<CountersKey, Counters> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().map(|(key, counting)| (key.clone(), counting.read())).collect()
    }
}
