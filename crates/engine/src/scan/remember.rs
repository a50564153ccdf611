//! Judging with a memory: what did not change is not judged again, and what was judged is put into the store.

use super::{JudgedAccount, Outcome, Plan, judged};
use assess::Estate;
use catalog::{CompiledPolicy, Pack, schema::Scope};
use model::{Finding, Inventory, Resource, Status, TypeName, Unread};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use store::{
    Counts, Documents, Judgement, Part, Policies, ScanEnd, ScanHeader, ScanWriter, Store, StoreError, Tally, scan_id,
};

/// Changes when judgements kept by an older version can't be read or would be others.
const JUDGEMENT_VERSION: u8 = 1;
/// Resources put into the store at a time.
const RESOURCES_AT_ONCE: usize = 4_096;

/// The store of a scan, or none.
pub(super) struct Memory {
    id: String,
    writer: Option<ScanWriter>,
}

/// One listing: the resources of a type that a region (or the account) shows.
struct Listing<'a> {
    compiled: &'a TypeName,
    region: &'a str,
    policies: Vec<&'a CompiledPolicy>,
    /// Positions in the estate.
    indices: Vec<usize>,
    unread: Vec<Unread>,
}

impl Memory {
    pub(super) async fn begin(store: Option<&Store>, plan: &Plan, scope: &str) -> Result<Self, StoreError> {
        let entropy = std::process::id() ^ plan.now.timestamp_subsec_nanos();
        let id = scan_id(plan.now, entropy);
        let header = ScanHeader {
            id: id.clone(),
            started_at: plan.now,
            scope: scope.to_owned(),
            catalog_hash: hex(&pack_hash(&plan.pack)),
            documents: if plan.every_policy { Documents::Whole } else { Documents::Partial },
            policies: if plan.every_policy { Policies::Every } else { Policies::Selected },
        };
        let writer = match store {
            Some(store) => Some(store.begin_scan(&header).await?),
            None => None,
        };
        Ok(Self { id, writer })
    }

    pub(super) fn scan_id(&self) -> &str {
        &self.id
    }

    pub(super) async fn finish(self, outcome: &Outcome) -> Result<(), StoreError> {
        if let Some(writer) = self.writer {
            let end = ScanEnd {
                at: chrono::Utc::now(),
                complete: outcome.left_out.is_empty(),
                calls: outcome.requests,
                errors: outcome.errors,
            };
            writer.finish(end).await?;
        }
        Ok(())
    }

    /// Judge an account's inventory; what the store remembers of unchanged resources is taken from there.
    pub(super) async fn judge(
        &mut self,
        plan: &Plan,
        account: &str,
        inventory: &Inventory,
        regions: &[String],
    ) -> Result<JudgedAccount, StoreError> {
        let pack = &plan.pack;
        let estate = Estate::new(inventory, pack, plan.now);
        let mut all = JudgedAccount::default();
        let Some(writer) = &mut self.writer else {
            let judged = assess::judge(&estate, &inventory.unread, pack, &plan.exceptions, plan.now);
            return Ok(JudgedAccount { findings: judged.findings, faults: judged.faults, remembered: 0 });
        };
        let hashes = Hashes::of(&estate, &inventory.unread, plan);
        for listing in listings(&estate, &inventory.unread, pack, regions) {
            one_listing(writer, plan, account, &estate, &hashes, &listing, &mut all).await?;
        }
        all.faults.sort();
        Ok(all)
    }
}

/// Every listing of the account: of the pack's types in all regions, and of whatever else the inventory holds.
fn listings<'a>(estate: &Estate<'a>, unread: &[Unread], pack: &'a Pack, regions: &'a [String]) -> Vec<Listing<'a>> {
    let mut positions: BTreeMap<(&TypeName, &str), Vec<usize>> = BTreeMap::new();
    for compiled in pack.types.values() {
        let named: Vec<&str> = match compiled.scope {
            Scope::Global => vec!["global"],
            Scope::Region => regions.iter().map(String::as_str).collect(),
        };
        positions.extend(named.into_iter().map(|region| ((&compiled.name, region), Vec::new())));
    }
    for (index, resource) in estate.resources().iter().enumerate() {
        let compiled = pack.types.get(resource.type_name.as_str());
        let global = compiled.is_some_and(|compiled| compiled.scope == Scope::Global);
        let region = if global { "global" } else { resource.region.as_str() };
        positions.entry((&resource.type_name, region)).or_default().push(index);
    }
    let listing = |((name, region), indices): ((&'a TypeName, &'a str), Vec<usize>)| {
        let of_listing =
            |unread: &&Unread| unread.type_name == *name && (unread.region == region || region == "global");
        let unread = unread.iter().filter(of_listing).cloned().collect();
        Listing { compiled: name, region, policies: pack.policies_of(name.as_str()).collect(), indices, unread }
    };
    positions.into_iter().map(listing).collect()
}

async fn one_listing(
    writer: &mut ScanWriter,
    plan: &Plan,
    account: &str,
    estate: &Estate<'_>,
    hashes: &Hashes,
    listing: &Listing<'_>,
    all: &mut JudgedAccount,
) -> Result<(), StoreError> {
    let not_listed = assess::judge::not_listed(&listing.unread, &plan.pack);
    // All of them are about one resource that stands for those that could not be listed.
    let unlisted: Vec<New<'_>> = not_listed
        .first()
        .map(|finding| (finding.resource.id.as_str(), &[][..], Vec::new(), not_listed.as_slice()))
        .into_iter()
        .collect();
    put(writer, account, listing, &[], &unlisted, &not_listed).await?;
    all.findings.extend(not_listed);
    for chunk in listing.indices.chunks(RESOURCES_AT_ONCE) {
        let resources: Vec<Resource> = chunk
            .iter()
            .filter_map(|index| estate.resources().get(*index))
            .map(|resource| (*resource).clone())
            .collect();
        let remembered = writer.judged(account, listing.region, listing.compiled, &resources).await?;
        let mut known: Vec<Option<Vec<Finding>>> = Vec::with_capacity(chunk.len());
        for ((index, resource), kept) in chunk.iter().zip(&resources).zip(remembered) {
            let same = kept.filter(|kept| hashes.input(*index).is_some_and(|input| kept.input == input));
            known.push(same.and_then(|kept| judged::decode(&kept.verdicts, resource, &listing.policies)));
        }
        let open: Vec<usize> =
            chunk.iter().zip(&known).filter(|(_, known)| known.is_none()).map(|(index, _)| *index).collect();
        let mut fresh = assess::judge_some(estate, &open, &plan.pack, &plan.exceptions, plan.now).into_iter();
        all.remembered += chunk.len() - open.len();
        let mut findings: Vec<Finding> = Vec::new();
        let mut new: Vec<(usize, std::ops::Range<usize>, bool)> = Vec::new();
        for (position, kept) in known.into_iter().enumerate() {
            let from = findings.len();
            match kept {
                Some(kept) => findings.extend(kept),
                None => {
                    let judged = fresh.next().unwrap_or_default();
                    findings.extend(judged.findings);
                    new.push((position, from..findings.len(), judged.faults.is_empty()));
                    all.faults.extend(judged.faults);
                }
            }
        }
        let judgements: Vec<_> = new
            .iter()
            .filter_map(|(position, range, whole)| {
                let (resource, found) = (resources.get(*position)?, findings.get(range.clone())?);
                let input = chunk
                    .get(*position)
                    .and_then(|index| hashes.input(*index))
                    .filter(|_| *whole && plan.every_policy)
                    .unwrap_or(&[]);
                Some((resource.id.as_str(), input, judged::encode(found, &listing.policies), found))
            })
            .collect();
        put(writer, account, listing, &resources, &judgements, &findings).await?;
        all.findings.extend(findings);
    }
    Ok(())
}

/// Resource, input hash, encoded verdicts, findings.
type New<'a> = (&'a str, &'a [u8], Vec<u8>, &'a [Finding]);

async fn put(
    writer: &mut ScanWriter,
    account: &str,
    listing: &Listing<'_>,
    resources: &[Resource],
    new: &[New<'_>],
    findings: &[Finding],
) -> Result<(), StoreError> {
    let counts = tallies(listing, findings);
    let tallies: Vec<Tally<'_>> = counts
        .iter()
        .map(|(policy, counts)| Tally { policy: &policy.id, severity: policy.severity, counts: *counts })
        .collect();
    let judgements: Vec<Judgement<'_>> = new
        .iter()
        .map(|(resource, input, verdicts, findings)| {
            let region = findings.first().map_or(listing.region, |finding| finding.resource.region.as_str());
            let own = resources.iter().find(|one| one.id == *resource).map_or(region, |one| one.region.as_str());
            Judgement { resource, region: own, input, verdicts, findings }
        })
        .collect();
    let listed = listing.unread.is_empty() || !resources.is_empty();
    writer
        .put(&Part {
            account,
            region: listing.region,
            type_name: listing.compiled,
            resources: listed.then_some(resources),
            unread: if resources.is_empty() { &listing.unread } else { &[] },
            judgements: &judgements,
            tallies: &tallies,
        })
        .await
}

fn tallies<'a>(listing: &Listing<'a>, findings: &[Finding]) -> Vec<(&'a CompiledPolicy, Counts)> {
    let mut counts: BTreeMap<&str, Counts> = BTreeMap::new();
    for finding in findings {
        let of = counts.entry(&finding.policy).or_default();
        match &finding.status {
            Status::Pass => of.passes += 1,
            Status::Fail if finding.exception.is_some() => of.excepted += 1,
            Status::Fail => of.failures += 1,
            Status::Unknown(_) => of.unknowns += 1,
            Status::Manual => of.manuals += 1,
        }
    }
    listing.policies.iter().map(|policy| (*policy, counts.get(&*policy.id).copied().unwrap_or_default())).collect()
}

/// Of everything that each judgement depends on.
struct Hashes {
    inputs: Vec<[u8; 32]>,
}

impl Hashes {
    fn of(estate: &Estate<'_>, unread: &[Unread], plan: &Plan) -> Self {
        let documents: Vec<[u8; 32]> = estate
            .resources()
            .iter()
            .map(|resource| digest(|hash| hash.update(serde_json::to_vec(resource).unwrap_or_default())))
            .collect();
        let unread: BTreeSet<&Unread> = unread.iter().collect();
        let whole_of = |name: &str| {
            digest(|hash| {
                documents
                    .get(estate.indices_of(name))
                    .unwrap_or_default()
                    .iter()
                    .for_each(|document| hash.update(document));
                unread
                    .iter()
                    .filter(|unread| unread.type_name.as_str() == name)
                    .for_each(|unread| hash.update(unread.missing.to_string()));
            })
        };
        let mut inputs = vec![[0; 32]; documents.len()];
        for (name, compiled) in &plan.pack.types {
            let policies: Vec<&CompiledPolicy> = plan.pack.policies_of(name).collect();
            let looked_at: BTreeSet<&str> = policies.iter().flat_map(|policy| looks_at(&plan.pack, policy)).collect();
            let context = digest(|hash| {
                hash.update([JUDGEMENT_VERSION]);
                hash.update(compiled.hash);
                hash.update(plan.exceptions.digest_text(plan.now));
                for policy in &policies {
                    hash.update(policy.hash);
                    hash.update(policy.severity.as_str());
                }
                if policies.iter().any(|policy| policy.programs().any(|program| program.reads().uses_now)) {
                    hash.update(plan.now.date_naive().to_string());
                }
                looked_at.iter().for_each(|name| hash.update(whole_of(name)));
            });
            for index in estate.indices_of(name) {
                if let (Some(input), Some(document)) = (inputs.get_mut(index), documents.get(index)) {
                    *input = digest(|hash| {
                        hash.update(context);
                        hash.update(document);
                    });
                }
            }
        }
        Self { inputs }
    }

    fn input(&self, index: usize) -> Option<&[u8]> {
        self.inputs.get(index).map(<[u8; 32]>::as_slice)
    }
}

/// The types whose resources a policy looks at beside its own.
fn looks_at<'a>(pack: &'a Pack, policy: &'a CompiledPolicy) -> BTreeSet<&'a str> {
    let mut names: BTreeSet<&str> = BTreeSet::new();
    for reads in policy.programs().map(expr::Program::reads) {
        names.extend(reads.types.keys().map(String::as_str));
        let kinds = || reads.relations.keys().chain(reads.referrers.keys());
        for (name, compiled) in &pack.types {
            let on_the_way = compiled.relations.iter().any(|relation| kinds().any(|kind| *kind == relation.kind));
            if on_the_way {
                names.insert(name);
                names.extend(compiled.relations.iter().map(|relation| relation.to.as_str()));
            }
        }
    }
    names
}

fn digest(feed: impl FnOnce(&mut Sha256)) -> [u8; 32] {
    let mut hash = Sha256::new();
    feed(&mut hash);
    hash.finalize().into()
}

fn pack_hash(pack: &Pack) -> [u8; 32] {
    digest(|hash| pack.policies.iter().for_each(|policy| hash.update(policy.hash)))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
