//! Where the files of a catalog come from: the binary, the disk of a developer, a user's folder.

use serde::de::DeserializeOwned;
use std::{collections::BTreeMap, fs, io, path::Path};

/// A file larger than this is refused.
const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Folders nested deeper than this are refused.
const FOLDER_DEPTH_MAX: usize = 8;

/// The catalog that this binary was built with: path → JSON text. A debug build holds none.
static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/catalog.json.zst"));

/// The content of a file.
#[derive(Clone, Debug)]
pub enum Content {
    /// YAML, as somebody wrote it.
    Yaml(String),
    /// JSON, as the build packed it.
    Packed(Box<serde_json::value::RawValue>),
}

/// Files by their path relative to the catalog's folder, with `/`.
pub type Files = BTreeMap<String, Content>;

/// A folder that can't be read.
#[derive(Debug, thiserror::Error)]
#[error("the catalog's {path} can't be read")]
pub struct ReadError {
    path: String,
    source: io::Error,
}

/// The built-in catalog. A debug build reads it from the source tree, so that nothing is rebuilt when a file changes.
///
/// # Errors
/// Where a debug build's source tree can't be read.
pub fn built_in() -> Result<Files, ReadError> {
    let broken = |source: io::Error| ReadError { path: "packed copy".to_owned(), source };
    if cfg!(debug_assertions) {
        return folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog"));
    }
    let text = zstd::decode_all(PACKED).map_err(broken)?;
    let files: BTreeMap<String, Box<serde_json::value::RawValue>> =
        serde_json::from_slice(&text).map_err(|error| broken(error.into()))?;
    Ok(files.into_iter().map(|(path, json)| (path, Content::Packed(json))).collect())
}

/// All YAML files of a folder.
///
/// # Errors
/// Where the folder or a file can't be read, is too large or nested too deep.
pub fn folder(root: &Path) -> Result<Files, ReadError> {
    let mut files = Files::new();
    collect(root, root, FOLDER_DEPTH_MAX, &mut files)?;
    Ok(files)
}

fn collect(root: &Path, folder: &Path, depth: usize, files: &mut Files) -> Result<(), ReadError> {
    let failed = |path: &Path| {
        let path = path.display().to_string();
        move |source| ReadError { path, source }
    };
    if depth == 0 {
        return Err(failed(folder)(io::Error::other("the folder is nested too deep")));
    }
    for entry in fs::read_dir(folder).map_err(failed(folder))? {
        let path = entry.map_err(failed(folder))?.path();
        if path.is_dir() {
            collect(root, &path, depth - 1, files)?;
        } else if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
            let size = fs::metadata(&path).map_err(failed(&path))?.len();
            if size > FILE_BYTES_MAX {
                return Err(failed(&path)(io::Error::other(format!("the file has more than {FILE_BYTES_MAX} bytes"))));
            }
            let text = fs::read_to_string(&path).map_err(failed(&path))?;
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            files.insert(name, Content::Yaml(text));
        }
    }
    Ok(())
}

impl Content {
    /// Read into a type; the error has a line (from 1) and a message.
    ///
    /// # Errors
    /// Where the text is not YAML or not of the type.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, (usize, String)> {
        match self {
            Self::Yaml(text) => {
                let options = serde_saphyr::options! { strict_booleans: true };
                serde_saphyr::from_str_with_options(text, options).map_err(|error| {
                    let line = error.location().map_or(1, |location| usize::try_from(location.line()).unwrap_or(1));
                    let message = error.without_snippet().to_string();
                    (line.max(1), message.lines().next().unwrap_or_default().to_owned())
                })
            }
            Self::Packed(json) => serde_json::from_str(json.get()).map_err(|error| (1, error.to_string())),
        }
    }

    /// The YAML text, where there is one to point into.
    pub fn text(&self) -> &str {
        if let Self::Yaml(text) = self { text } else { "" }
    }

    /// The bytes that the catalog's hash is made of.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Yaml(text) => text.as_bytes(),
            Self::Packed(json) => json.get().as_bytes(),
        }
    }
}
