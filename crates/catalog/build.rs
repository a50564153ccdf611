//! Packs the catalog's YAML files as one compressed JSON text, so that a release binary starts without reading YAML.
//! A debug build reads the files from disk instead and is not rebuilt when they change.

use std::{env, error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let output = Path::new(&env::var("OUT_DIR")?).join("catalog.json.zst");
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../catalog");
    if env::var("PROFILE")? == "debug" {
        println!("cargo::rerun-if-changed=build.rs");
        fs::write(output, zstd::encode_all(&b"{}"[..], 1)?)?;
        return Ok(());
    }
    println!("cargo::rerun-if-changed={}", root.display());
    let mut files = serde_json::Map::new();
    collect(&root, &root, &mut files)?;
    let text = serde_json::to_vec(&files)?;
    fs::write(output, zstd::encode_all(&text[..], 19)?)?;
    Ok(())
}

fn collect(
    root: &Path,
    folder: &Path,
    files: &mut serde_json::Map<String, serde_json::Value>,
) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            let text = fs::read_to_string(&path)?;
            let options = serde_saphyr::options! { strict_booleans: true };
            let value: serde_json::Value = serde_saphyr::from_str_with_options(&text, options)
                .map_err(|error| format!("{}: {error}", path.display()))?;
            files.insert(path.strip_prefix(root)?.to_string_lossy().replace('\\', "/"), value);
        }
    }
    Ok(())
}
