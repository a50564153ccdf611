//! Tables of `expression => result`, a file a family. `doc: {…}` sets the document for the rows below it, `#` begins a
//! comment; a result is a value, `?` for unknown, or `error`.

use crate::show::show;
use chrono::{TimeZone as _, Utc};
use expr::{Arena, Env, Scope, compile};
use model::Value;
use std::{fs, path::Path};

/// The rows that do not hold.
fn check(file: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance").join(file);
    let table = fs::read_to_string(&path).unwrap();
    let env = Env::policy();
    let now = Utc.with_ymd_and_hms(2026, 11, 24, 12, 0, 0).unwrap();
    let mut doc = Value::Null;
    let mut wrong = Vec::new();
    let mut rows = 0;
    for (number, line) in table.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(json) = line.strip_prefix("doc:") {
            doc = serde_json::from_str(json).unwrap();
            continue;
        }
        let (source, wanted) = line.rsplit_once(" => ").unwrap_or_else(|| panic!("{file}:{}: no ' => '", number + 1));
        rows += 1;
        let scope = Scope::new(&env, now).with("doc", &doc).with("region", "eu-west-1");
        let arena = Arena::new();
        let program = compile(source.trim(), &env);
        let given = match &program {
            Ok(program) => program.evaluate(&scope, &arena).map(show).map_err(|fault| fault.to_string()),
            Err(diagnostic) => Err(diagnostic.to_string()),
        };
        match given {
            Ok(given) if given == wanted.trim() => {}
            Err(_) if wanted.trim() == "error" => {}
            Ok(given) | Err(given) => {
                wrong.push(format!("{file}:{}: {source} gives {given}, not {wanted}", number + 1))
            }
        }
    }
    assert!(rows > 0, "{file} has no rows");
    wrong
}

#[test]
fn every_table_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance");
    let mut files: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    files.sort();
    assert!(files.len() >= 9, "{files:?}");
    let wrong: Vec<String> = files.iter().flat_map(|file| check(file)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
