//! The verdicts of both programs about the same resource under the same check, side by side.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::Path,
};

/// A check of the peer and the resource it is about, by name, in a region.
type Key = (String, String, String);

/// What was said about a key: the worst verdict, with who said it and how.
#[derive(Default)]
struct Said {
    status: String,
    words: Vec<String>,
    id: String,
}

/// (resource, region) → (ours, theirs).
type Resources = BTreeMap<(String, String), (Said, Said)>;

/// What both said.
pub(super) struct Verdicts {
    /// By check.
    checks: BTreeMap<String, Resources>,
    /// Checks of the peer that no policy names, with their findings.
    pub(super) uncovered: BTreeMap<String, usize>,
}

/// From bad to good: the first that was said about a resource is the verdict.
const WORST_FIRST: [&str; 4] = ["fail", "unknown", "manual", "pass"];

impl Verdicts {
    /// From `stance policies list --format json`, `stance scan --format jsonl` and Prowler's OCSF.
    pub(super) fn read(policies: &Path, findings: &Path, peer: &Path) -> Result<Self> {
        let policies: Vec<Value> = serde_json::from_slice(&fs::read(policies)?).context("the list of policies")?;
        let peer: Vec<Value> = serde_json::from_slice(&fs::read(peer)?).context("the peer's findings")?;
        let checks_of: BTreeMap<&str, Vec<&str>> =
            policies.iter().map(|policy| (text(&policy["id"]), checks(policy))).collect();
        let known: BTreeSet<&str> = checks_of.values().flatten().copied().collect();
        let (mut ours, mut theirs): (BTreeMap<Key, Said>, BTreeMap<Key, Said>) = Default::default();
        for line in fs::read_to_string(findings)?.lines() {
            let finding: Value = serde_json::from_str(line).context("a finding")?;
            let resource = &finding["resource"];
            for check in checks_of.get(text(&finding["policy"])).into_iter().flatten() {
                let key = (
                    (*check).to_owned(),
                    name(text(&resource["id"]), text(&resource["name"])),
                    region(text(&resource["region"])),
                );
                let missing =
                    if finding["status"] == "unknown" { finding["missing"].to_string() } else { String::new() };
                let words = format!("{}: {} {missing}", text(&finding["policy"]), text(&finding["message"]));
                add(&mut ours, key, text(&finding["status"]), words, text(&resource["id"]));
            }
        }
        let mut uncovered = BTreeMap::new();
        for finding in &peer {
            let (check, resource) = (text(&finding["metadata"]["event_code"]), &finding["resources"][0]);
            if !known.contains(check) {
                *uncovered.entry(check.to_owned()).or_default() += 1;
                continue;
            }
            let key = (
                check.to_owned(),
                name(text(&resource["uid"]), text(&resource["name"])),
                region(text(&resource["region"])),
            );
            let status = text(&finding["status_code"]).to_lowercase();
            add(&mut theirs, key, &status, text(&finding["status_detail"]).to_owned(), text(&resource["uid"]));
        }
        Ok(Self { checks: joined(ours, theirs), uncovered })
    }

    /// A line a check that both ran: how often they agree, and how not.
    pub(super) fn table(&self) -> String {
        let mut out = format!("{:<72}{:>7}{:>7}{:>8}{:>8}\n", "check", "agree", "differ", "only we", "only P");
        let mut sums = [0; 4];
        for (check, resources) in &self.checks {
            let mut counts = [0; 4];
            for (ours, theirs) in resources.values() {
                counts[kind(ours, theirs)] += 1;
            }
            if counts[0] + counts[1] + counts[3] > 0 {
                let [agree, differ, we, they] = counts;
                let _ = writeln!(out, "{check:<72}{agree:>7}{differ:>7}{we:>8}{they:>8}");
            }
            sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
        let [agree, differ, we, they] = sums;
        let _ = writeln!(out, "{:<72}{agree:>7}{differ:>7}{we:>8}{they:>8}", "all");
        out
    }

    /// Everything that is not agreed upon, as JSON lines.
    pub(super) fn differences(&self) -> String {
        let mut out = String::new();
        for (check, resources) in &self.checks {
            for ((name, region), (ours, theirs)) in resources {
                if kind(ours, theirs) != 0 {
                    let line = json!({
                        "check": check, "resource": name, "region": region,
                        "stance": { "status": ours.status, "says": ours.words, "id": ours.id },
                        "prowler": { "status": theirs.status, "says": theirs.words, "id": theirs.id },
                    });
                    let _ = writeln!(out, "{line}");
                }
            }
        }
        out
    }
}

/// 0 both say the same, 1 they differ, 2 only we said something, 3 only the peer did.
fn kind(ours: &Said, theirs: &Said) -> usize {
    match (ours.status.as_str(), theirs.status.as_str()) {
        (one, other) if one == other => 0,
        (_, "") => 2,
        ("", _) => 3,
        _ => 1,
    }
}

/// Both programs' words about a resource in one place. What they don't call the same is the same where it is the only one
/// left of its name, of its region, or of its check: global resources have a region for one of them only, and findings about
/// an account or a region are about a resource that each makes up.
fn joined(ours: BTreeMap<Key, Said>, theirs: BTreeMap<Key, Said>) -> BTreeMap<String, Resources> {
    let mut all: BTreeMap<String, Resources> = BTreeMap::new();
    for ((check, name, region), said) in ours {
        all.entry(check).or_default().entry((name, region)).or_default().0 = said;
    }
    for ((check, name, region), said) in theirs {
        all.entry(check).or_default().entry((name, region)).or_default().1 = said;
    }
    for resources in all.values_mut() {
        join_rest(resources, |(name, _)| name.clone());
        join_rest(resources, |(_, region)| region.clone());
        join_rest(resources, |_| String::new());
    }
    all
}

fn join_rest(resources: &mut Resources, by: impl Fn(&(String, String)) -> String) {
    let mut rest: BTreeMap<String, [Vec<(String, String)>; 2]> = BTreeMap::new();
    for (key, (ours, theirs)) in resources.iter() {
        let [only_ours, only_theirs] = rest.entry(by(key)).or_default();
        match (ours.status.is_empty(), theirs.status.is_empty()) {
            (false, true) => only_ours.push(key.clone()),
            (true, false) => only_theirs.push(key.clone()),
            _ => {}
        }
    }
    for [ours, theirs] in rest.into_values() {
        if let ([one], [other]) = (ours.as_slice(), theirs.as_slice())
            && let Some((_, said)) = resources.remove(other)
            && let Some(both) = resources.get_mut(one)
        {
            both.1 = said;
        }
    }
}

fn add(said: &mut BTreeMap<Key, Said>, key: Key, status: &str, words: String, id: &str) {
    let known = said.entry(key).or_default();
    let rank = |status: &str| WORST_FIRST.iter().position(|one| *one == status).unwrap_or(WORST_FIRST.len());
    if known.status.is_empty() || rank(status) < rank(&known.status) {
        known.status = status.to_owned();
    }
    id.clone_into(&mut known.id);
    known.words.push(words);
}

/// What both call a resource: the last part of its ARN. Prowler gives some resources a name and some an ARN for id.
fn name(id: &str, name: &str) -> String {
    let id = if id.is_empty() { name } else { id };
    let id = id.strip_suffix(":*").unwrap_or(id);
    let last = id.rsplit([':', '/']).next().unwrap_or(id);
    last.to_owned()
}

/// Global resources are in no region for us, in the first for Prowler.
fn region(region: &str) -> String {
    if region == "global" { "us-east-1".to_owned() } else { region.to_owned() }
}

fn checks(policy: &Value) -> Vec<&str> {
    policy["equivalents"]["prowler"].as_array().into_iter().flatten().map(text).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests;
