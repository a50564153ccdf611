//! The further reads of a resource: only those that are needed, in an order in which each finds what it reads.

use super::{
    Caller, Collector, Failure,
    expressions::{Names, Place},
    is_one_of, missing,
};
use catalog::{CompiledPart, CompiledType};
use expr::Program;
use futures::future::join_all;
use model::{Cause, Lack, Missing, Value, value::intern};
use std::{
    collections::BTreeSet,
    sync::{Arc, PoisonError},
    time::Duration,
};

/// Times that a call is repeated until the provider has prepared its answer.
const BEFORE_TRIES_MAX: u32 = 20;
/// Wait between them.
const BEFORE_WAIT: Duration = Duration::from_millis(500);

enum Outcome {
    Value(Value),
    Gone,
}

impl<C: Caller> Collector<C> {
    /// Read the parts into the document. False where the resource turns out to be gone.
    pub(super) async fn parts(&self, compiled: &CompiledType, place: &Place<'_>, names: &mut Names) -> bool {
        let mut waiting: Vec<&CompiledPart> = compiled.parts.iter().collect();
        if waiting.is_empty() || names.doc.as_ref().is_some_and(|doc| doc.missing().is_some()) {
            return true;
        }
        while !waiting.is_empty() {
            let open: BTreeSet<&str> = waiting.iter().map(|part| part.name.as_str()).collect();
            let (mut ready, mut later): (Vec<_>, Vec<_>) =
                waiting.iter().copied().partition(|part| !part.reads.iter().any(|read| open.contains(read.as_str())));
            if ready.is_empty() {
                ready.append(&mut later);
            }
            let outcomes = join_all(ready.iter().map(|part| self.part(compiled, part, place, names))).await;
            for (part, outcome) in ready.iter().zip(outcomes) {
                match outcome {
                    Outcome::Gone => return false,
                    Outcome::Value(Value::Null) => {}
                    Outcome::Value(value) => {
                        if let Some(Value::Map(document)) = &mut names.doc {
                            document.insert(intern(&part.name), value);
                        }
                    }
                }
            }
            waiting = later;
        }
        true
    }

    async fn part(&self, compiled: &CompiledType, part: &CompiledPart, place: &Place<'_>, names: &Names) -> Outcome {
        if !self.pack.needs.part(compiled.name.as_str(), &part.name) {
            return Outcome::Value(Value::unknown(not_read(part)));
        }
        let absent = || part.otherwise.as_ref().map_or(Value::Null, |program| place.evaluate(program, names));
        if let Some(when) = &part.when {
            match place.evaluate(when, names) {
                Value::Bool(true) => {}
                Value::Unknown(missing) => return Outcome::Value(Value::Unknown(missing)),
                _ => return Outcome::Value(absent()),
            }
        }
        let Some(call) = &part.call else { return Outcome::Value(place.evaluate(&part.take, names)) };
        let answer = match self.prepared(part, place).await {
            Ok(()) => match place.input(&part.with, names) {
                Ok(input) => self.caller.call(place.region, call, input).await,
                Err(missing) => return Outcome::Value(Value::unknown(missing)),
            },
            Err(failure) => Err(failure),
        };
        match answer {
            Ok(answer) => {
                let answer = self.worked_up(part, place, answer);
                Outcome::Value(place.evaluate_with(&part.take, names, Some(&answer)))
            }
            Err(failure) if is_one_of(&part.absent, &failure) => Outcome::Value(absent()),
            Err(failure) if is_one_of(&compiled.gone, &failure) => Outcome::Gone,
            Err(failure) => Outcome::Value(Value::unknown(missing(&part.permissions, &failure))),
        }
    }

    /// What a part makes of an answer before any resource is looked at: once an answer, however many resources share it.
    fn worked_up(&self, part: &CompiledPart, place: &Place<'_>, answer: Arc<Value>) -> Arc<Value> {
        let Some(program) = &part.prepare else { return answer };
        let mut kept = self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = kept.entry((part.name.clone(), place.region.to_owned())).or_default();
        if let Some((_, made)) = slot.as_ref().filter(|(from, _)| Arc::ptr_eq(from, &answer)) {
            return made.clone();
        }
        let made = Arc::new(place.evaluate_with(program, &Names::default(), Some(&answer)));
        *slot = Some((answer, made.clone()));
        made
    }

    /// Have the provider prepare the answer, once for all resources.
    async fn prepared(&self, part: &CompiledPart, place: &Place<'_>) -> Result<(), Failure> {
        let Some((call, until)) = &part.before else { return Ok(()) };
        let key = (call.clone(), place.region.to_owned());
        let once = self.before.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default().clone();
        once.get_or_init(|| self.prepare(call, until, place)).await.clone()
    }

    /// Repeat the call that prepares the answer until it is ready.
    async fn prepare(&self, call: &str, until: &Program, place: &Place<'_>) -> Result<(), Failure> {
        for attempt in 0..BEFORE_TRIES_MAX {
            let answer = self.caller.call_again(place.region, call, attempt).await?;
            if place.evaluate_with(until, &Names::default(), Some(&answer)) == Value::Bool(true) {
                return Ok(());
            }
            tokio::time::sleep(BEFORE_WAIT).await;
        }
        let message = format!("{call} was not ready after {BEFORE_TRIES_MAX} tries");
        Err(Failure { cause: Cause::Failed, code: String::new(), message })
    }
}

fn not_read(part: &CompiledPart) -> Missing {
    let whats = if part.permissions.is_empty() { vec![part.name.clone()] } else { part.permissions.clone() };
    let lacks = whats.into_iter().map(|what| Lack { what, cause: Cause::NotRead, detail: String::new() });
    Missing::from_lacks(lacks.collect()).expect("a part has a name")
}
