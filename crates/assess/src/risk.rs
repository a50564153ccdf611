//! How urgent a finding is: a score from 0 to 100, and what it is made of.
//!
//! Weights are ours; each factor says its share, so that nobody has to believe the sum.

use catalog::{CompiledPolicy, CompiledType, schema::Category};
use chrono::{DateTime, Utc};
use expr::{Arena, Entity, Env, Program, Scope};
use model::{Confidence, Factor, Risk, Severity, Value};

/// Points of a failed policy's severity, informational to critical.
const SEVERITY_POINTS: [i16; 5] = [5, 15, 35, 55, 70];
const EXPOSURE_POINTS: i16 = 20;
const PRIVILEGE_POINTS: i16 = 12;
const TAGGED_SENSITIVE_POINTS: i16 = 10;
const HOLDS_DATA_POINTS: i16 = 5;
const PRODUCTION_POINTS: i16 = 3;
const NOT_PRODUCTION_POINTS: i16 = -8;
const LOW_CONFIDENCE_POINTS: i16 = -10;
/// Reasons named in a factor; more are counted.
const REASONS_MAX: usize = 2;

/// Words in the value of a tag that call its resource sensitive.
const SENSITIVE_WORDS: [&str; 12] = [
    "confidential",
    "restricted",
    "secret",
    "sensitive",
    "pii",
    "phi",
    "pci",
    "hipaa",
    "gdpr",
    "personal",
    "cardholder",
    "critical",
];
/// Keys of tags that classify.
const CLASSIFYING_KEYS: [&str; 7] =
    ["classification", "sensitivity", "confidentiality", "data", "compliance", "criticality", "privacy"];
const ENVIRONMENT_KEYS: [&str; 4] = ["environment", "env", "stage", "tier"];

/// What is known of a resource beside the failed policy; the same for all its findings.
#[derive(Clone, Debug, Default)]
pub struct Context {
    factors: Vec<Factor>,
}

impl Context {
    /// From the resource type's own expressions, the kind of thing it is, and its tags.
    pub fn of(entity: &Entity<'_>, compiled: Option<&CompiledType>, now: DateTime<Utc>) -> Self {
        let mut factors = Vec::new();
        if let Some(compiled) = compiled {
            factors.extend(reasons("exposure", EXPOSURE_POINTS, compiled.exposure.as_ref(), entity, now));
            factors.extend(reasons("privilege", PRIVILEGE_POINTS, compiled.privilege.as_ref(), entity, now));
        }
        factors.extend(tagged(entity.tags));
        if compiled.is_some_and(|compiled| compiled.holds_data) {
            factors.push(factor("sensitivity", HOLDS_DATA_POINTS, "holds data".to_owned()));
        }
        Self { factors }
    }
}

/// The score of a failed policy on a resource.
pub fn score(policy: &CompiledPolicy, severity: Severity, context: &Context) -> Risk {
    let rank = Severity::ALL.iter().position(|one| *one == severity).unwrap_or(0);
    let points = SEVERITY_POINTS.get(rank).copied().unwrap_or(0);
    let mut factors = vec![factor("severity", points, severity.as_str().to_owned())];
    factors.extend(context.factors.iter().filter(|factor| weighs(policy.category, &factor.name)).cloned());
    if policy.confidence == Confidence::Low {
        factors.push(factor("confidence", LOW_CONFIDENCE_POINTS, "a heuristic".to_owned()));
    }
    let sum: i16 = factors.iter().map(|factor| factor.points).sum();
    factors.sort_by_key(|factor| std::cmp::Reverse(factor.points));
    Risk { score: u8::try_from(sum.clamp(1, 100)).unwrap_or(100), factors }
}

/// Whether a factor has to do with what the policy is about: that a database can be reached makes a missing backup no worse.
fn weighs(category: Category, factor: &str) -> bool {
    let attack = matches!(
        category,
        Category::PublicAccess
            | Category::Network
            | Category::Identity
            | Category::Secrets
            | Category::Patching
            | Category::Encryption
    );
    match factor {
        "exposure" | "privilege" => attack,
        "sensitivity" => attack || category == Category::Resilience,
        _ => true,
    }
}

fn factor(name: &str, points: i16, detail: String) -> Factor {
    Factor { name: name.to_owned(), points, detail }
}

/// What could not be read adds nothing: a score is a hint, the verdict says what is unknown.
fn reasons(
    name: &str,
    points: i16,
    program: Option<&Program>,
    entity: &Entity<'_>,
    now: DateTime<Utc>,
) -> Option<Factor> {
    let env = Env::resource_type();
    let arena = Arena::new();
    let mut scope = Scope::new(&env, now);
    scope.set_entity(entity);
    let value = program?.evaluate(&scope, &arena).ok()?;
    let reasons = crate::estate::strings(&value);
    let mut detail = reasons.iter().take(REASONS_MAX).map(String::as_str).collect::<Vec<_>>().join("; ");
    if reasons.len() > REASONS_MAX {
        detail.push_str(&format!("; {} more", reasons.len() - REASONS_MAX));
    }
    (!reasons.is_empty()).then(|| factor(name, points, detail))
}

fn tagged(tags: &Value) -> Vec<Factor> {
    let mut factors = Vec::new();
    let Some(tags) = tags.as_map() else { return factors };
    for (key, value) in tags.iter() {
        let (key, value) = (key.to_lowercase(), value.as_str().unwrap_or_default().to_lowercase());
        let words = || value.split(|letter: char| !letter.is_alphanumeric());
        let classifies = CLASSIFYING_KEYS.iter().any(|word| key.contains(word));
        if classifies && words().any(|word| SENSITIVE_WORDS.contains(&word)) && factors.is_empty() {
            factors.push(factor("sensitivity", TAGGED_SENSITIVE_POINTS, format!("tagged {key}={value}")));
        } else if ENVIRONMENT_KEYS.contains(&key.as_str()) {
            let production = words().any(|word| word.starts_with("prod") || word == "live");
            let points = if production { PRODUCTION_POINTS } else { NOT_PRODUCTION_POINTS };
            factors.push(factor("environment", points, format!("tagged {key}={value}")));
        }
    }
    factors
}
