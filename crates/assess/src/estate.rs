//! The resources of one account as policies see them: by type, and along the edges between them.

use catalog::{CompiledType, Pack};
use chrono::{DateTime, Utc};
use expr::{Arena, Entities, Entity, Env, Listing, Scope, Val, World};
use model::{Inventory, Missing, Resource, Unread, Value};
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Range,
};

/// One account's resources, in the order of their types, with the edges that the policies follow.
pub struct Estate<'a> {
    resources: Vec<&'a Resource>,
    entities: Vec<Entity<'a>>,
    by_type: BTreeMap<&'a str, Range<usize>>,
    unread: BTreeMap<&'a str, Missing>,
    forward: Edges<'a>,
    backward: Edges<'a>,
    /// By the type pointed to, the kind of relation and the type it comes from: what of its sources could not be listed.
    sources_missing: HashMap<&'a str, BTreeMap<(&'a str, &'a str), Missing>>,
}

/// By resource and kind of relation.
type Edges<'a> = HashMap<usize, BTreeMap<&'a str, Edge>>;

/// Where one kind of relation leads, from one resource.
#[derive(Default)]
struct Edge {
    ends: Vec<usize>,
    missing: Option<Missing>,
}

impl Edge {
    fn lack(&mut self, missing: &Missing) {
        self.missing = Some(self.missing.as_ref().map_or_else(|| missing.clone(), |have| have.and(missing)));
    }
}

impl<'a> Estate<'a> {
    /// Index the resources of one account. Edges are made for the kinds of relation that the pack's policies follow.
    pub fn new(inventory: &'a Inventory, pack: &'a Pack, now: DateTime<Utc>) -> Self {
        Self::of(&inventory.resources, &inventory.unread, pack, now)
    }

    /// The same over borrowed parts of an inventory.
    pub fn of(
        resources: impl IntoIterator<Item = &'a Resource>,
        unread: impl IntoIterator<Item = &'a Unread>,
        pack: &'a Pack,
        now: DateTime<Utc>,
    ) -> Self {
        let mut resources: Vec<&Resource> = resources.into_iter().collect();
        resources.sort_by(|a, b| (&a.type_name, &a.region, &a.id).cmp(&(&b.type_name, &b.region, &b.id)));
        let entities: Vec<Entity<'a>> = resources.iter().map(|resource| entity(resource)).collect();
        let mut by_type: BTreeMap<&str, Range<usize>> = BTreeMap::new();
        for (index, resource) in resources.iter().enumerate() {
            by_type.entry(resource.type_name.as_str()).or_insert(index..index).end = index + 1;
        }
        let mut lacks: BTreeMap<&str, Missing> = BTreeMap::new();
        for unread in unread {
            let known = lacks.get(unread.type_name.as_str()).map(|missing| missing.and(&unread.missing));
            lacks.insert(unread.type_name.as_str(), known.unwrap_or_else(|| unread.missing.clone()));
        }
        let mut estate = Self {
            resources,
            entities,
            by_type,
            unread: lacks,
            forward: HashMap::new(),
            backward: HashMap::new(),
            sources_missing: HashMap::new(),
        };
        estate.connect(pack, now);
        estate
    }

    /// The resources, sorted by type, region and id.
    pub fn resources(&self) -> &[&'a Resource] {
        &self.resources
    }

    /// What expressions see of the resource at an index.
    pub fn entity(&self, index: usize) -> Option<&Entity<'a>> {
        self.entities.get(index)
    }

    /// The indices of a type's resources.
    pub fn indices_of(&self, type_name: &str) -> Range<usize> {
        self.by_type.get(type_name).cloned().unwrap_or(0..0)
    }

    fn connect(&mut self, pack: &'a Pack, now: DateTime<Utc>) {
        let kinds: BTreeSet<&str> = pack
            .policies
            .iter()
            .flat_map(|policy| policy.programs())
            .flat_map(|program| program.reads().relations.keys().chain(program.reads().referrers.keys()))
            .map(String::as_str)
            .collect();
        let mut names: HashMap<&str, Names<'a>> = HashMap::new();
        for compiled in pack.types.values() {
            for relation in compiled.relations.iter().filter(|relation| kinds.contains(&*relation.kind)) {
                if let Some(missing) = self.unread.get(compiled.name.as_str()) {
                    let gap = self.sources_missing.entry(&relation.to).or_default();
                    let gap = gap.entry((&relation.kind, compiled.name.as_str()));
                    gap.and_modify(|known| *known = known.and(missing)).or_insert_with(|| missing.clone());
                }
                let range = self.indices_of(compiled.name.as_str());
                let targets = self.indices_of(&relation.to);
                let targets = names.entry(relation.to.as_str()).or_insert_with(|| Names::of(&self.resources, targets));
                let found = ends_of(&self.entities, range, compiled, &relation.id, targets, now);
                self.enter(&relation.kind, &relation.to, found);
            }
        }
    }

    fn enter(&mut self, kind: &'a str, to: &'a str, found: Vec<(usize, Ends)>) {
        for (from, ends) in found {
            let edge = self.forward.entry(from).or_default().entry(kind).or_default();
            edge.ends.extend(&ends.found);
            if ends.dangling
                && let Some(missing) = self.unread.get(to)
            {
                edge.lack(missing);
            }
            if let Some(missing) = &ends.missing {
                edge.lack(missing);
                let source = self.entities.get(from).map_or("", |entity| entity.type_name);
                let gap = self.sources_missing.entry(to).or_default().entry((kind, source));
                gap.and_modify(|known| *known = known.and(missing)).or_insert_with(|| missing.clone());
            }
            for end in ends.found {
                self.backward.entry(end).or_default().entry(kind).or_default().ends.push(from);
            }
        }
    }

    /// What is missing of the sources of one kind of relation, of one type of them or of all.
    fn sources_missing(&self, to: &str, kind: &str, type_name: Option<&str>) -> Option<Missing> {
        let gaps = self.sources_missing.get(to)?.iter();
        let asked = gaps.filter(|((of, source), _)| *of == kind && type_name.is_none_or(|wanted| wanted == *source));
        asked.map(|(_, missing)| missing.clone()).reduce(|all, missing| all.and(&missing))
    }

    fn listing<'s>(&'s self, edge: Option<&'s Edge>, type_name: Option<&str>) -> Listing<'s> {
        let Some(edge) = edge else { return Listing::empty() };
        let entities = edge.ends.iter().filter_map(|end| self.entities.get(*end));
        let wanted = entities.filter(|entity| type_name.is_none_or(|wanted| wanted == entity.type_name));
        Listing { entities: Entities::Some(wanted.collect()), missing: edge.missing.as_ref().map(Cow::Borrowed) }
    }
}

/// The estate as seen from one of its resources.
pub(crate) struct View<'e, 'a> {
    pub(crate) estate: &'e Estate<'a>,
    pub(crate) index: usize,
}

impl World for View<'_, '_> {
    fn all<'s>(&'s self, type_name: &str) -> Listing<'s> {
        let entities = self.estate.entities.get(self.estate.indices_of(type_name)).unwrap_or_default();
        Listing { entities: Entities::All(entities), missing: self.estate.unread.get(type_name).map(Cow::Borrowed) }
    }

    fn related<'s>(&'s self, kind: &str, type_name: Option<&str>) -> Listing<'s> {
        self.estate.listing(self.estate.forward.get(&self.index).and_then(|edges| edges.get(kind)), type_name)
    }

    fn referrers<'s>(&'s self, kind: &str, type_name: Option<&str>) -> Listing<'s> {
        let own = self.estate.entities.get(self.index).map_or("", |entity| entity.type_name);
        let listing =
            self.estate.listing(self.estate.backward.get(&self.index).and_then(|edges| edges.get(kind)), type_name);
        Listing { missing: self.estate.sources_missing(own, kind, type_name).map(Cow::Owned), ..listing }
    }
}

fn entity<'a>(resource: &'a Resource) -> Entity<'a> {
    Entity {
        id: &resource.id,
        name: &resource.name,
        type_name: resource.type_name.as_str(),
        region: &resource.region,
        account: &resource.account,
        partition: &resource.partition,
        tags: &resource.tags,
        doc: &resource.document,
    }
}

/// A type's resources by what other documents call them: the id, the name, or the id's last part (`vpc-1` of an ARN).
struct Names<'a>(HashMap<&'a str, Vec<usize>>);

impl<'a> Names<'a> {
    fn of(resources: &[&'a Resource], range: Range<usize>) -> Self {
        let mut names: HashMap<&str, Vec<usize>> = HashMap::new();
        for index in range {
            let Some(resource) = resources.get(index) else { continue };
            let tail = resource.id.rsplit(['/', ':']).next().unwrap_or_default();
            let called: BTreeSet<&str> = [resource.id.as_str(), resource.name.as_str(), tail].into();
            for name in called {
                names.entry(name).or_default().push(index);
            }
        }
        Self(names)
    }
}

#[derive(Default)]
struct Ends {
    found: Vec<usize>,
    dangling: bool,
    missing: Option<Missing>,
}

/// For each resource of a type, where one relation leads.
fn ends_of(
    entities: &[Entity<'_>],
    range: Range<usize>,
    _compiled: &CompiledType,
    id: &expr::Program,
    targets: &Names<'_>,
    now: DateTime<Utc>,
) -> Vec<(usize, Ends)> {
    let env = Env::resource_type();
    let mut all = Vec::new();
    for index in range {
        let Some(entity) = entities.get(index) else { continue };
        let arena = Arena::new();
        let mut scope = Scope::new(&env, now);
        scope.set_entity(entity);
        let Ok(value) = id.evaluate(&scope, &arena).map(|value| value.to_value()) else { continue };
        let mut ends = Ends::default();
        resolve(&value, entity.region, entities, targets, &mut ends);
        ends.found.sort_unstable();
        ends.found.dedup();
        all.push((index, ends));
    }
    all
}

fn resolve(value: &Value, region: &str, entities: &[Entity<'_>], targets: &Names<'_>, ends: &mut Ends) {
    match value {
        Value::List(items) => items.iter().for_each(|item| resolve(item, region, entities, targets, ends)),
        Value::Unknown(missing) => {
            ends.missing = Some(ends.missing.as_ref().map_or_else(|| (**missing).clone(), |have| have.and(missing)))
        }
        Value::String(name) if !name.is_empty() => match targets.0.get(&**name) {
            // A name may stand for one in each region: the own region's is meant, else all.
            Some(indices) => {
                let near = |index: &&usize| entities.get(**index).is_some_and(|entity| entity.region == region);
                let own: Vec<usize> = indices.iter().filter(near).copied().collect();
                ends.found.extend(if own.is_empty() { indices.clone() } else { own });
            }
            None => ends.dangling = true,
        },
        _ => {}
    }
}

/// Whether a value is a list of strings, and which.
pub(crate) fn strings(value: &Val<'_>) -> Vec<String> {
    value.to_value().items().iter().filter_map(Value::as_str).map(str::to_owned).collect()
}
