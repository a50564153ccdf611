//! Guards what the compiler can't: the floors, the names, the headers, where providers may be named.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Crates by floor; a crate uses the floors below it, never a neighbour.
const FLOORS: [&[&str]; 6] = [
    &["model", "apimodel", "expr"],
    &["catalog"],
    &["cloud", "code", "assess", "store", "report"],
    &["engine"],
    &["server"],
    &["stance"],
];
/// Edges within a floor: the words and the API facts lie under everything.
const GROUND: [&str; 2] = ["model", "apimodel"];
/// Names that collect leftovers.
const NAMES_BANNED: [&str; 6] = ["core", "common", "utils", "helpers", "manager", "misc"];
/// What only one crate may depend on.
const KEPT_APART: [(&str, &[&str]); 6] = [
    ("cel", &["expr"]),
    ("reqwest", &["cloud"]),
    ("sqlx", &["store"]),
    ("aws-config", &["cloud"]),
    ("anyhow", &["stance", "xtask"]),
    ("clap", &["stance", "xtask"]),
];
/// A source file longer than this is two things; tables and tests are exempt.
const FILE_LINES_MAX: usize = 700;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the workspace has a root")
}

fn files(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the entry can be read").path();
        if path.is_dir() {
            if !path.ends_with("target") {
                files(&path, extension, found);
            }
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
}

fn sources() -> Vec<(String, String)> {
    let root = root();
    let mut paths = Vec::new();
    for folder in ["crates", "xtask"] {
        files(&root.join(folder), "rs", &mut paths);
    }
    paths.sort();
    let name = |path: &Path| path.strip_prefix(&root).expect("it lies below the root").to_string_lossy().into_owned();
    paths.iter().map(|path| (name(path), fs::read_to_string(path).expect("a source file is text"))).collect()
}

fn manifests() -> BTreeMap<String, BTreeSet<String>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(root().join("crates")).expect("there are crates") {
        let folder = entry.expect("the entry can be read").path();
        let text = fs::read_to_string(folder.join("Cargo.toml")).expect("a crate has a manifest");
        let name = folder.file_name().expect("a folder has a name").to_string_lossy().into_owned();
        assert!(text.contains(&format!("name = \"{name}\"")), "the folder {name} holds the crate of its name");
        let mut dependencies = BTreeSet::new();
        let mut inside = false;
        for line in text.lines() {
            if line.starts_with('[') {
                inside = line == "[dependencies]";
            } else if inside
                && let Some(dependency) =
                    line.split(['.', ' ', '=']).next().filter(|word| !word.is_empty() && !word.starts_with('#'))
            {
                dependencies.insert(dependency.to_owned());
            }
        }
        all.insert(name, dependencies);
    }
    all
}

#[test]
fn crates_use_the_floors_below_them_and_never_a_neighbour() {
    let floor = |name: &str| FLOORS.iter().position(|names| names.contains(&name));
    for (name, dependencies) in manifests() {
        assert!(!NAMES_BANNED.contains(&name.as_str()), "{name} is no name for a crate");
        let own = floor(&name).unwrap_or_else(|| panic!("the crate {name} stands on no floor"));
        for dependency in &dependencies {
            if let Some(other) = floor(dependency) {
                let ground = other == own && GROUND.contains(&dependency.as_str());
                assert!(
                    other < own || ground,
                    "{name} (floor {}) must not use {dependency} (floor {})",
                    own + 1,
                    other + 1
                );
            }
        }
    }
}

#[test]
fn heavy_dependencies_stay_where_they_are() {
    for (name, dependencies) in manifests() {
        for (heavy, homes) in KEPT_APART {
            assert!(
                !dependencies.contains(heavy) || homes.contains(&name.as_str()),
                "{name} must not depend on {heavy}"
            );
        }
    }
}

#[test]
fn every_file_says_why_it_exists() {
    for (name, text) in sources() {
        assert!(text.starts_with("//! "), "{name} must begin with a sentence that says why it exists");
    }
}

#[test]
fn files_are_one_idea() {
    for (name, text) in sources() {
        let exempt = name.contains("test") || name.contains("/benches/") || text.contains("// A table.");
        let lines = text.lines().count();
        assert!(exempt || lines <= FILE_LINES_MAX, "{name} has {lines} lines: it may be two things");
    }
}

#[test]
fn serde_shapes_stay_strict() {
    for (name, text) in sources() {
        if name.starts_with("xtask") {
            continue;
        }
        for word in ["#[serde(untagged", "#[serde(flatten"] {
            assert!(!text.contains(word), "{name}: {word} makes a misspelt key silent");
        }
    }
}

#[test]
fn providers_are_named_only_where_they_belong() {
    let home = |name: &str| {
        [
            "crates/cloud/",
            "crates/code/",
            "crates/apimodel/",
            "crates/expr/src/functions/",
            // The account, region and partition of every example.
            "crates/engine/src/selftest/",
            "crates/stance/",
            "xtask/",
        ]
        .iter()
        .any(|folder| name.starts_with(folder))
            || ["/tests", "/benches/", "crates/report/src/", "crates/catalog/src/", "crates/expr/"]
                .iter()
                .any(|part| name.contains(part))
    };
    for (name, text) in sources() {
        if home(&name) {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            for provider in ["aws", "azure", "gcp", "kubernetes"] {
                let forms = [
                    format!("\"{provider}\""),
                    format!("\"{provider}."),
                    format!("\"{provider}-"),
                    format!("{provider}::"),
                ];
                let named = forms.iter().any(|form| code.contains(form));
                assert!(!named, "{name}:{}: names a provider; data has leaked into the mechanism", number + 1);
            }
        }
    }
}

#[test]
fn the_project_speaks_of_itself_alone() {
    let root = root();
    let mut paths = Vec::new();
    for (folder, extension) in
        [("docs", "md"), ("catalog", "yaml"), ("crates", "rs"), ("crates", "toml"), ("examples", "yaml")]
    {
        files(&root.join(folder), extension, &mut paths);
    }
    paths.extend(
        ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"]
            .iter()
            .map(|name| root.join(name)),
    );
    for path in paths {
        let text = fs::read_to_string(&path).unwrap_or_default();
        for word in ["/work/", "/tmp/team", " /root/"] {
            assert!(!text.contains(word), "{} names {word}", path.display());
        }
    }
}

#[test]
fn paths_in_the_architecture_exist() {
    let root = root();
    let text = fs::read_to_string(root.join("ARCHITECTURE.md")).expect("there is an ARCHITECTURE.md");
    for span in text.split('`').skip(1).step_by(2) {
        let is_path =
            span.contains('/') && !span.contains([' ', '<', '{', '*', '(', ':']) && !span.starts_with(['/', '-', '~']);
        if is_path && !span.starts_with("http") {
            let path = span.trim_end_matches('/');
            assert!(
                root.join(path).exists() || root.join("crates").join(path).exists(),
                "ARCHITECTURE.md names `{span}`, which does not exist"
            );
        }
    }
}
