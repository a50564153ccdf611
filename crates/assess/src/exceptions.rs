//! Exceptions: which findings somebody accepted, for how long and why.

use chrono::{DateTime, NaiveDate, Utc};
use expr::{Arena, Entity, Env, Program, Scope};
use model::{ExceptionNote, Finding, Value};

/// An exception as users write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExceptionRule {
    /// Its own id.
    pub id: String,
    /// CEL over the finding's policy and resource: true where it is accepted.
    pub scope: String,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it holds.
    pub until: Option<NaiveDate>,
}

/// Exceptions, compiled, in their order: the first that applies is named.
pub struct Exceptions {
    rules: Vec<(ExceptionRule, Program)>,
    env: Env,
}

impl Exceptions {
    /// Compile the rules.
    ///
    /// # Errors
    /// The id of each rule whose scope does not compile, and why.
    pub fn compile(rules: Vec<ExceptionRule>) -> Result<Self, Vec<(String, expr::Diagnostic)>> {
        let env = Env::exception();
        let mut compiled = Vec::new();
        let mut errors = Vec::new();
        for rule in rules {
            match expr::compile(&rule.scope, &env) {
                Ok(program) => compiled.push((rule, program)),
                Err(error) => errors.push((rule.id, error)),
            }
        }
        if errors.is_empty() { Ok(Self { rules: compiled, env }) } else { Err(errors) }
    }

    /// There are none.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// A text that changes whenever an exception begins or ends to hold.
    pub fn digest_text(&self, now: DateTime<Utc>) -> String {
        let holding = self.rules.iter().filter(|(rule, _)| rule.until.is_none_or(|until| now.date_naive() <= until));
        holding.map(|(rule, _)| format!("{}\n{}\n{}\n{}\n", rule.id, rule.scope, rule.reason, rule.owner)).collect()
    }

    /// The exception that applies to a finding about a resource. A scope that can't be decided does not apply: an
    /// exception must never hide what it is not known to be about. One whose last day is over does not apply.
    pub fn of(&self, finding: &Finding, entity: &Entity<'_>, now: DateTime<Utc>) -> Option<ExceptionNote> {
        let offender = finding.evidence.first().unwrap_or(&Value::Null);
        let found = self.rules.iter().find(|(rule, program)| {
            if rule.until.is_some_and(|until| now.date_naive() > until) {
                return false;
            }
            let arena = Arena::new();
            let mut scope = Scope::new(&self.env, now);
            scope.set_entity(entity);
            scope.set_name("policy", &*finding.policy);
            scope.set_name("severity", finding.severity.as_str());
            scope.set_name("offender", offender);
            program.evaluate(&scope, &arena).is_ok_and(|value| value.to_value() == Value::Bool(true))
        });
        found.map(|(rule, _)| ExceptionNote {
            id: rule.id.clone(),
            reason: rule.reason.clone(),
            owner: rule.owner.clone(),
            until: rule.until.map(|until| until.to_string()).unwrap_or_default(),
        })
    }
}
