//! Endpoints that can't be reached are left alone for a while, so that a region that is down costs seconds.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Failures in a row after which an endpoint is left alone.
const FAILURES_MAX: u32 = 3;

#[derive(Debug, Default)]
struct State {
    failures: u32,
    closed_until: Option<Instant>,
}

/// What is known of the endpoints, by host.
#[derive(Debug)]
pub(crate) struct Breakers {
    pause: Duration,
    hosts: Mutex<HashMap<String, State>>,
}

impl Breakers {
    pub(crate) fn new(pause: Duration) -> Self {
        Self { pause, hosts: Mutex::default() }
    }

    /// Whether the host may be asked. After the pause, one request at a time finds out.
    pub(crate) fn allows(&self, host: &str) -> bool {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(state) = hosts.get_mut(host) else { return true };
        match state.closed_until {
            Some(until) if Instant::now() < until => false,
            Some(_) => {
                state.closed_until = Some(Instant::now() + self.pause);
                true
            }
            None => true,
        }
    }

    /// The host answered, whatever it said.
    pub(crate) fn reached(&self, host: &str) {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.get(host).is_some() {
            hosts.remove(host);
        }
    }

    /// The host could not be reached.
    pub(crate) fn failed(&self, host: &str) {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let state = hosts.entry(host.to_owned()).or_default();
        state.failures += 1;
        if state.failures >= FAILURES_MAX {
            state.closed_until = Some(Instant::now() + self.pause);
        }
    }
}
