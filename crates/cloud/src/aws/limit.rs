//! One adaptive limit for each account, region and service: it grows until the service throttles, then backs off.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::Notify;

/// Requests under way at the beginning.
const CONCURRENCY_START: f64 = 8.0;
/// What is left of concurrency and rate after a throttled request.
const BACK_OFF: f64 = 0.6;
/// Throttled requests within this time count once: they were under way together.
const THROTTLE_WINDOW: Duration = Duration::from_millis(300);
/// Requests a second that even the strictest service allows.
const RATE_MIN: f64 = 0.5;
/// Requests a second where throttling sets in before any answer.
const RATE_START: f64 = 5.0;
/// Growth of the rate with each answered request.
const RATE_GROWTH: f64 = 1.05;
/// Above this rate there is no limit worth keeping.
const RATE_MAX: f64 = 1_000.0;
/// A Retry-After beyond this is not waited for.
pub(crate) const RETRY_AFTER_MAX: Duration = Duration::from_secs(60);

#[derive(Debug)]
struct State {
    /// Requests allowed under way.
    concurrency: f64,
    /// Doubling until the first throttled request.
    slow_start: bool,
    under_way: usize,
    /// Requests a second, once even one request at a time was throttled.
    rate: Option<f64>,
    /// When the next request may leave.
    next_at: Instant,
    throttled_at: Option<Instant>,
    /// Answers in the second that began then: for the rate at which throttling sets in.
    window: (Instant, u32),
    rate_seen: f64,
}

/// One limit.
#[derive(Debug)]
pub(crate) struct Limit {
    concurrency_max: f64,
    state: Mutex<State>,
    freed: Notify,
}

/// A request under way; it is over when this is dropped.
#[derive(Debug)]
pub(crate) struct Permit(Arc<Limit>);

impl Drop for Permit {
    fn drop(&mut self) {
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.under_way = state.under_way.saturating_sub(1);
        drop(state);
        self.0.freed.notify_one();
    }
}

impl Limit {
    fn new(concurrency_max: usize) -> Self {
        let now = Instant::now();
        let concurrency_max = f64::from(u32::try_from(concurrency_max.max(1)).unwrap_or(u32::MAX));
        let state = State {
            concurrency: CONCURRENCY_START.min(concurrency_max),
            slow_start: true,
            under_way: 0,
            rate: None,
            next_at: now,
            throttled_at: None,
            window: (now, 0),
            rate_seen: 0.0,
        };
        Self { concurrency_max, state: Mutex::new(state), freed: Notify::new() }
    }

    /// Wait for a turn.
    pub(crate) async fn acquire(self: &Arc<Self>) -> Permit {
        loop {
            let freed = self.freed.notified();
            let until = match self.try_acquire() {
                Ok(permit) => return permit,
                Err(until) => until,
            };
            match until {
                Some(until) => tokio::time::sleep_until(until.into()).await,
                None => freed.await,
            }
        }
    }

    /// A turn, or when to ask again; `None` when another request must end first.
    fn try_acquire(self: &Arc<Self>) -> Result<Permit, Option<Instant>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if f64::from(u32::try_from(state.under_way).unwrap_or(u32::MAX)) + 1.0 > state.concurrency.max(1.0) {
            return Err(None);
        }
        let now = Instant::now();
        if state.next_at > now {
            let until = state.next_at;
            drop(state);
            // This turn went to nobody: another waiter may sleep for it too.
            self.freed.notify_one();
            return Err(Some(until));
        }
        if let Some(rate) = state.rate {
            state.next_at = now + Duration::from_secs_f64(1.0 / rate);
        }
        state.under_way += 1;
        Ok(Permit(self.clone()))
    }

    /// An answer came that was not throttled.
    pub(crate) fn answered(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let (began, count) = state.window;
        let elapsed = now.duration_since(began);
        if elapsed >= Duration::from_secs(1) {
            state.rate_seen = f64::from(count + 1) / elapsed.as_secs_f64();
            state.window = (now, 0);
        } else {
            state.window.1 = count.saturating_add(1);
        }
        let grown = if state.slow_start {
            state.concurrency + 1.0
        } else {
            state.concurrency + 1.0 / state.concurrency.max(1.0)
        };
        state.concurrency = grown.min(self.concurrency_max);
        state.rate = state.rate.map(|rate| rate * RATE_GROWTH).filter(|rate| *rate < RATE_MAX);
        drop(state);
        self.freed.notify_one();
    }

    /// The service throttled, and may have said for how long.
    pub(crate) fn throttled(&self, retry_after: Option<Duration>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if let Some(pause) = retry_after {
            state.next_at = state.next_at.max(now + pause.min(RETRY_AFTER_MAX));
        }
        if state.throttled_at.is_some_and(|at| now.duration_since(at) < THROTTLE_WINDOW) {
            return;
        }
        state.throttled_at = Some(now);
        state.slow_start = false;
        let alone = state.concurrency < 2.0;
        state.concurrency = (state.concurrency * BACK_OFF).max(1.0);
        if alone {
            // One at a time is still too fast.
            let (began, count) = state.window;
            let seen = state.rate_seen.max(f64::from(count) / now.duration_since(began).as_secs_f64().max(0.25));
            let rate = state.rate.unwrap_or_else(|| seen.max(RATE_START));
            state.rate = Some((rate * BACK_OFF).max(RATE_MIN));
        }
    }

    /// Requests allowed under way now.
    #[cfg(test)]
    pub(crate) fn concurrency(&self) -> f64 {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).concurrency
    }
}

/// Account, region, service.
pub(crate) type LimitKey = (Arc<str>, Arc<str>, Arc<str>);

/// All limits.
#[derive(Debug)]
pub(crate) struct Limits {
    concurrency_max: usize,
    limits: Mutex<HashMap<LimitKey, Arc<Limit>>>,
}

impl Limits {
    pub(crate) fn new(concurrency_max: usize) -> Self {
        Self { concurrency_max, limits: Mutex::default() }
    }

    pub(crate) fn of(&self, key: &LimitKey) -> Arc<Limit> {
        let mut limits = self.limits.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = limits.get(key) {
            return found.clone();
        }
        limits.entry(key.clone()).or_insert_with(|| Arc::new(Limit::new(self.concurrency_max))).clone()
    }
}

#[cfg(test)]
mod tests;
