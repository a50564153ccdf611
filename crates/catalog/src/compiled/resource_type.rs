//! A resource type, compiled.

use crate::{
    Catalog, Diagnostic, Entry,
    schema::{ErrorMatch, Expression, ResourceType, Scope},
};
use expr::{Env, Members, Program};
use model::TypeName;
use std::collections::{BTreeMap, BTreeSet};

/// The parameters of a call: name → program.
pub type Parameters = Vec<(String, Program)>;

/// A resource type, compiled.
pub struct CompiledType {
    /// Its name.
    pub name: TypeName,
    /// What people call it.
    pub title: String,
    /// Where it is listed.
    pub scope: Scope,
    /// The service whose endpoints say in which regions it exists.
    pub service: String,
    /// How resources are found.
    pub list: CompiledList,
    /// The read that gives the document.
    pub describe: Option<CompiledDescribe>,
    /// The global identifier.
    pub id: Program,
    /// The name.
    pub name_of: Program,
    /// The region of a resource that is listed globally.
    pub region: Option<Program>,
    /// A map of strings.
    pub tags: Option<Program>,
    /// What is kept.
    pub keep: Option<Program>,
    /// Errors that mean that the resource is gone.
    pub gone: Vec<ErrorMatch>,
    /// In an order in which each part follows those that it reads.
    pub parts: Vec<CompiledPart>,
    /// Edges of the graph.
    pub relations: Vec<CompiledRelation>,
    /// Paths under which a value with a telling key is a secret.
    pub sensitive: Vec<String>,
    /// The kind of thing that holds an organisation's data.
    pub holds_data: bool,
    /// Reasons why it is reachable from anywhere.
    pub exposure: Option<Program>,
    /// Reasons why it holds power.
    pub privilege: Option<Program>,
    /// Hash of the file.
    pub hash: [u8; 16],
}

/// How resources are found.
pub struct CompiledList {
    /// The type that it is listed for.
    pub parent: Option<String>,
    /// The call.
    pub call: Option<String>,
    /// Its parameters.
    pub with: Parameters,
    /// The items.
    pub items: Program,
    /// Errors that mean: there are none.
    pub absent: Vec<ErrorMatch>,
    /// Permissions of the call.
    pub permissions: Vec<String>,
}

/// The read that gives the document.
pub struct CompiledDescribe {
    /// The call.
    pub call: String,
    /// Items a call.
    pub batch: Option<usize>,
    /// Its parameters.
    pub with: Parameters,
    /// The document or documents.
    pub take: Program,
    /// Errors that mean: deleted in the meantime.
    pub absent: Vec<ErrorMatch>,
    /// Permissions of the call.
    pub permissions: Vec<String>,
}

/// A further read or a computation.
pub struct CompiledPart {
    /// The member's name.
    pub name: String,
    /// The call; without one the part is computed.
    pub call: Option<String>,
    /// A call repeated until its answer is ready.
    pub before: Option<(String, Program)>,
    /// The call's parameters.
    pub with: Parameters,
    /// What `answer` becomes, once an answer.
    pub prepare: Option<Program>,
    /// The member's value.
    pub take: Program,
    /// Errors that mean: there is none.
    pub absent: Vec<ErrorMatch>,
    /// Read only where this holds.
    pub when: Option<Program>,
    /// The value where it is absent.
    pub otherwise: Option<Program>,
    /// Permissions of the calls.
    pub permissions: Vec<String>,
    /// Other parts that it reads.
    pub reads: BTreeSet<String>,
}

/// An edge of the graph.
pub struct CompiledRelation {
    /// `encrypted_by`, …
    pub kind: String,
    /// The other's type.
    pub to: String,
    /// The other's id or name, or a list.
    pub id: Program,
}

struct Compiler<'a> {
    entry: &'a Entry<ResourceType>,
    env: Env,
    diagnostics: Vec<Diagnostic>,
}

impl Compiler<'_> {
    fn program(&mut self, path: &[&str], source: &Expression) -> Option<Program> {
        match expr::compile(source.as_str(), &self.env) {
            Ok(program) => Some(program),
            Err(error) => {
                self.diagnostics.push(self.entry.place(path).expression(&path.join("."), &error.message, &error.help));
                None
            }
        }
    }

    fn optional(&mut self, path: &[&str], source: Option<&Expression>) -> Option<Program> {
        source.and_then(|source| self.program(path, source))
    }

    fn parameters(&mut self, path: &[&str], with: &BTreeMap<String, Expression>) -> Parameters {
        with.iter()
            .filter_map(|(name, source)| Some((name.clone(), self.program(&[path, &["with", name]].concat(), source)?)))
            .collect()
    }
}

impl CompiledType {
    pub(crate) fn compile(catalog: &Catalog, name: &str, entry: &Entry<ResourceType>) -> Result<Self, Vec<Diagnostic>> {
        let source = &entry.value;
        let provider = name.split('.').next().unwrap_or_default();
        let permissions = |call: &str| catalog.permissions_of(provider, call);
        let mut compiler = Compiler { entry, env: Env::resource_type(), diagnostics: Vec::new() };
        let c = &mut compiler;
        let list = compile_list(c, source, &permissions);
        let describe = compile_describe(c, source, &permissions);
        let id = c.program(&["id"], &source.id);
        let name_of = c.program(&["name"], &source.name);
        let region = c.optional(&["region"], source.region.as_ref());
        let tags = c.optional(&["tags"], source.tags.as_ref());
        let keep = c.optional(&["keep"], source.keep.as_ref());
        let parts = compile_parts(c, source, &permissions);
        let relations = source.relations.iter().enumerate().filter_map(|(index, relation)| {
            let id = c.program(&["relations", &index.to_string(), "id"], &relation.id)?;
            Some(CompiledRelation { kind: relation.kind.clone(), to: relation.to.clone(), id })
        });
        let relations = relations.collect();
        let exposure = c.optional(&["exposure"], source.exposure.as_ref());
        let privilege = c.optional(&["privilege"], source.privilege.as_ref());
        let (Some(list), Some(id), Some(name_of), true) = (list, id, name_of, compiler.diagnostics.is_empty()) else {
            return Err(compiler.diagnostics);
        };
        let of_call = || source.list.call.as_deref().and_then(|call| call.split('.').next()).map(str::to_owned);
        Ok(Self {
            name: TypeName::new(name),
            title: source.title.clone(),
            scope: source.scope,
            service: source.service.clone().or_else(of_call).unwrap_or_default(),
            list,
            describe,
            id,
            name_of,
            region,
            tags,
            keep,
            gone: source.gone.clone(),
            parts: ordered(parts),
            relations,
            sensitive: source.sensitive.clone(),
            holds_data: source.holds_data,
            exposure,
            privilege,
            hash: entry.hash,
        })
    }
}

fn compile_list(
    c: &mut Compiler<'_>,
    source: &ResourceType,
    permissions: &dyn Fn(&str) -> Vec<String>,
) -> Option<CompiledList> {
    let list = &source.list;
    Some(CompiledList {
        parent: list.parent.clone(),
        call: list.call.clone(),
        with: c.parameters(&["list"], &list.with),
        items: c.program(&["list", "items"], &list.items)?,
        absent: list.absent.clone(),
        permissions: list.call.as_deref().map(permissions).unwrap_or_default(),
    })
}

fn compile_describe(
    c: &mut Compiler<'_>,
    source: &ResourceType,
    permissions: &dyn Fn(&str) -> Vec<String>,
) -> Option<CompiledDescribe> {
    let describe = source.describe.as_ref()?;
    Some(CompiledDescribe {
        call: describe.call.clone(),
        batch: describe.batch,
        with: c.parameters(&["describe"], &describe.with),
        take: c.program(&["describe", "take"], &describe.take)?,
        absent: describe.absent.clone(),
        permissions: permissions(&describe.call),
    })
}

fn compile_parts(
    c: &mut Compiler<'_>,
    source: &ResourceType,
    permissions: &dyn Fn(&str) -> Vec<String>,
) -> Vec<CompiledPart> {
    let mut parts = Vec::new();
    for (name, part) in &source.parts {
        let before = part.before.as_ref().and_then(|before| {
            let until = c.program(&["parts", name, "before", "until"], &before.until)?;
            Some((before.call.clone(), until))
        });
        let with = c.parameters(&["parts", name], &part.with);
        let prepare = c.optional(&["parts", name, "prepare"], part.prepare.as_ref());
        let take = c.program(&["parts", name, "take"], &part.take);
        let when = c.optional(&["parts", name, "when"], part.when.as_ref());
        let otherwise = c.optional(&["parts", name, "otherwise"], part.otherwise.as_ref());
        let Some(take) = take else { continue };
        let mut reads = BTreeSet::new();
        let programs = with.iter().map(|(_, program)| program).chain([&take]).chain(&when).chain(&otherwise);
        for program in programs {
            match &program.reads().doc {
                Members::Some(members) => {
                    reads.extend(members.iter().filter(|member| source.parts.contains_key(*member)).cloned())
                }
                Members::All => {}
            }
        }
        reads.remove(name);
        let mut needed: Vec<String> = part.before.as_ref().map(|before| permissions(&before.call)).unwrap_or_default();
        needed.extend(part.call.as_deref().map(permissions).unwrap_or_default());
        parts.push(CompiledPart {
            name: name.clone(),
            call: part.call.clone(),
            before,
            with,
            prepare,
            take,
            absent: part.absent.clone(),
            when,
            otherwise,
            permissions: needed,
            reads,
        });
    }
    parts
}

/// Each part after those that it reads; parts that read each other in a circle keep their order.
fn ordered(mut parts: Vec<CompiledPart>) -> Vec<CompiledPart> {
    let mut placed: Vec<CompiledPart> = Vec::with_capacity(parts.len());
    while !parts.is_empty() {
        let ready =
            parts.iter().position(|part| !part.reads.iter().any(|read| parts.iter().any(|other| other.name == *read)));
        placed.push(parts.remove(ready.unwrap_or(0)));
    }
    placed
}
