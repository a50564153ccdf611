//! What has to be read: a detail only where a selected policy, a relation that one follows, or a redaction needs it.

use super::{CompiledPolicy, CompiledType};
use crate::Catalog;
use expr::{Members, Program, Root};
use std::collections::{BTreeMap, BTreeSet};

/// The parts that have to be read, by type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    parts: BTreeMap<String, BTreeSet<String>>,
}

impl Needs {
    /// What the policies need of the types.
    pub(super) fn of(types: &BTreeMap<String, CompiledType>, policies: &[CompiledPolicy]) -> Self {
        let asked = Asked::by(types, policies);
        let mut needs = Self::default();
        for (name, compiled) in types {
            let mut wanted = asked.members.get(name.as_str()).cloned().unwrap_or_default();
            let always =
                [Some(&compiled.id), Some(&compiled.name_of), compiled.region.as_ref(), compiled.keep.as_ref()];
            let when_tagged = compiled.tags.as_ref().filter(|_| asked.tags.contains(name.as_str()));
            let relations = compiled
                .relations
                .iter()
                .filter(|relation| asked.kinds.contains(&*relation.kind))
                .map(|relation| &relation.id);
            for program in always.into_iter().flatten().chain(when_tagged).chain(relations) {
                wanted.join(&program.reads().doc);
            }
            for child in types.values().filter(|child| child.list.parent.as_deref() == Some(name)) {
                wanted.join(&of_parent(child));
            }
            needs.parts.insert(name.clone(), closure(compiled, &wanted));
        }
        needs
    }

    /// Everything of every type.
    pub(super) fn everything(types: &BTreeMap<String, CompiledType>) -> Self {
        let all = |compiled: &CompiledType| compiled.parts.iter().map(|part| part.name.clone()).collect();
        Self { parts: types.iter().map(|(name, compiled)| (name.clone(), all(compiled))).collect() }
    }

    /// Whether a part of a type has to be read.
    pub fn part(&self, type_name: &str, part: &str) -> bool {
        self.parts.get(type_name).is_some_and(|parts| parts.contains(part))
    }

    /// Read all parts of all types too.
    pub fn widen(&mut self, types: &BTreeMap<String, CompiledType>) {
        *self = Self::everything(types);
    }
}

/// What the policies ask for, before it is known which reads give it.
#[derive(Default)]
struct Asked<'a> {
    members: BTreeMap<&'a str, Members>,
    kinds: BTreeSet<&'a str>,
    tags: BTreeSet<&'a str>,
}

impl<'a> Asked<'a> {
    fn by(types: &'a BTreeMap<String, CompiledType>, policies: &'a [CompiledPolicy]) -> Self {
        let mut asked = Self::default();
        for policy in policies {
            let own = policy.resource.as_str();
            for reads in policy.programs().map(Program::reads) {
                asked.members.entry(own).or_default().join(&reads.doc);
                for (name, members) in &reads.types {
                    asked.members.entry(name).or_default().join(members);
                }
                for (kind, relation) in &reads.relations {
                    asked.kinds.insert(kind);
                    let ends =
                        types.get(own).into_iter().flat_map(|own| &own.relations).filter(|edge| edge.kind == *kind);
                    for end in ends.filter(|end| relation.types.is_empty() || relation.types.contains(&end.to)) {
                        asked.members.entry(&end.to).or_default().join(&relation.members);
                    }
                }
                for (kind, relation) in &reads.referrers {
                    asked.kinds.insert(kind);
                    let sources = types
                        .iter()
                        .filter(|(_, source)| source.relations.iter().any(|edge| edge.kind == *kind && edge.to == own));
                    for (source, _) in
                        sources.filter(|(source, _)| relation.types.is_empty() || relation.types.contains(*source))
                    {
                        asked.members.entry(source).or_default().join(&relation.members);
                    }
                }
                if reads.uses_tags {
                    asked.tags.insert(own);
                    asked.tags.extend(reads.types.keys().map(String::as_str));
                }
            }
        }
        asked
    }
}

/// What a type's listing reads of the document of the resource that it is listed for.
fn of_parent(child: &CompiledType) -> Members {
    let describe = child
        .describe
        .iter()
        .flat_map(|describe| describe.with.iter().map(|(_, program)| program).chain([&describe.take]));
    let parts = child
        .parts
        .iter()
        .flat_map(|part| part.with.iter().map(|(_, program)| program).chain([&part.take]).chain(&part.when));
    let list = child.list.with.iter().map(|(_, program)| program).chain([&child.list.items, &child.id, &child.name_of]);
    let mut members = Members::default();
    for path in list.chain(describe).chain(parts).flat_map(|program| &program.reads().paths) {
        match (&path.root, path.steps.as_slice()) {
            (Root::Name(name), [doc, member, ..]) if name == "parent" && doc == "doc" => {
                members.join(&Members::Some([member.clone()].into()))
            }
            (Root::Name(name), [] | [_]) if name == "parent" && path.steps.first().is_none_or(|step| step == "doc") => {
                members.join(&Members::All)
            }
            _ => {}
        }
    }
    members
}

/// The parts that are members asked for, and those that these read in turn.
fn closure(compiled: &CompiledType, wanted: &Members) -> BTreeSet<String> {
    let mut parts: BTreeSet<String> =
        compiled.parts.iter().filter(|part| wanted.contains(&part.name)).map(|part| part.name.clone()).collect();
    loop {
        let more: Vec<String> = compiled
            .parts
            .iter()
            .filter(|part| parts.contains(&part.name))
            .flat_map(|part| part.reads.iter().cloned())
            .filter(|read| !parts.contains(read))
            .collect();
        if more.is_empty() {
            return parts;
        }
        parts.extend(more);
    }
}

/// The types that the policies judge or look at, with their ancestors, and the targets of the relations that they follow.
pub(super) fn types_needed(catalog: &Catalog, policies: &[CompiledPolicy]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for policy in policies {
        names.insert(policy.resource.as_str().to_owned());
        for program in policy.programs() {
            let reads = program.reads();
            names.extend(reads.types.keys().cloned());
            names.extend(related_types(catalog, policy.resource.as_str(), program));
        }
    }
    let mut queue: Vec<String> = names.iter().cloned().collect();
    while let Some(name) = queue.pop() {
        if let Some(parent) = catalog.types.get(&name).and_then(|entry| entry.value.list.parent.clone())
            && names.insert(parent.clone())
        {
            queue.push(parent);
        }
    }
    names
}

fn related_types(catalog: &Catalog, from: &str, program: &Program) -> Vec<String> {
    let reads = program.reads();
    let own = catalog.types.get(from).into_iter().flat_map(|entry| &entry.value.relations);
    let forward =
        own.filter(|relation| reads.relations.contains_key(&relation.kind)).map(|relation| relation.to.clone());
    let backward = catalog.types.iter().filter(|(_, entry)| {
        entry.value.relations.iter().any(|relation| relation.to == from && reads.referrers.contains_key(&relation.kind))
    });
    forward.chain(backward.map(|(name, _)| name.clone())).collect()
}
