//! Identical calls are made once: concurrent callers share the one that is under way, later ones its answer.

use super::error::CallError;
use model::Value;
use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::OnceCell;

/// What a call came to.
pub(crate) type Outcome = Result<Arc<Value>, CallError>;
type Slot = Arc<OnceCell<Outcome>>;

/// Answers by session, then by call.
#[derive(Debug, Default)]
pub(crate) struct Cache(Mutex<HashMap<u64, HashMap<String, Slot>>>);

impl Cache {
    /// The known answer, or that of the call under way, or that of `make`; and whether it was not made for this caller.
    /// When a caller goes away in the middle, the next one in line makes the call.
    pub(crate) async fn get<F: Future<Output = Outcome>>(
        &self,
        session: u64,
        call: String,
        make: F,
    ) -> (Outcome, bool) {
        let slot = {
            let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            sessions.entry(session).or_default().entry(call).or_default().clone()
        };
        let mut shared = true;
        let outcome = slot.get_or_init(|| {
            shared = false;
            make
        });
        (outcome.await.clone(), shared)
    }

    /// Forget all answers of a session.
    pub(crate) fn forget(&self, session: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&session);
    }
}
