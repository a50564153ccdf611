//! The archive's format: a magic word, a compressed index, then a compressed block a service. Written by `cargo xtask`.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const MAGIC: &[u8; 8] = b"APIMODL1";
/// No block is larger than this when unpacked.
const BLOCK_BYTES_MAX: usize = 64 << 20;

/// Where a block lies, in bytes from the end of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// Length when compressed.
    pub length: usize,
    /// Length when unpacked.
    pub unpacked: usize,
}

/// The index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Index {
    /// Names and versions of the packages that the facts come from.
    pub source: String,
    /// Blocks by name: `partitions`, `actions`, `service/s3`.
    pub blocks: BTreeMap<String, Span>,
}

/// What is wrong with an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damaged;

/// Pack blocks (name → JSON) into an archive.
pub fn write(source: &str, blocks: &BTreeMap<String, Vec<u8>>, level: i32) -> std::io::Result<Vec<u8>> {
    let mut index = Index { source: source.to_owned(), blocks: BTreeMap::new() };
    let mut body = Vec::new();
    for (name, json) in blocks {
        let packed = zstd::bulk::compress(json, level)?;
        index.blocks.insert(name.clone(), Span { start: body.len(), length: packed.len(), unpacked: json.len() });
        body.extend(packed);
    }
    let json = serde_json::to_vec(&index)?;
    let packed = zstd::bulk::compress(&json, level)?;
    let mut archive = MAGIC.to_vec();
    archive.extend((packed.len() as u64).to_le_bytes());
    archive.extend((json.len() as u64).to_le_bytes());
    archive.extend(packed);
    archive.extend(body);
    Ok(archive)
}

/// An archive in memory.
#[derive(Clone, Debug)]
pub struct Archive<'a> {
    index: Index,
    body: &'a [u8],
}

impl<'a> Archive<'a> {
    /// Read the index.
    pub fn open(bytes: &'a [u8]) -> Result<Self, Damaged> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(Damaged)?;
        let (packed_length, rest) = rest.split_first_chunk::<8>().ok_or(Damaged)?;
        let (length, rest) = rest.split_first_chunk::<8>().ok_or(Damaged)?;
        let packed_length = usize::try_from(u64::from_le_bytes(*packed_length)).map_err(|_| Damaged)?;
        let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| Damaged)?;
        let (packed, body) = rest.split_at_checked(packed_length).ok_or(Damaged)?;
        let json = unpack(packed, length)?;
        Ok(Self { index: serde_json::from_slice(&json).map_err(|_| Damaged)?, body })
    }

    /// The index.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// A block, unpacked; `None` where there is none of that name.
    pub fn block(&self, name: &str) -> Option<Result<Vec<u8>, Damaged>> {
        let span = self.index.blocks.get(name)?;
        let packed = span.start.checked_add(span.length).and_then(|end| self.body.get(span.start..end));
        Some(packed.ok_or(Damaged).and_then(|packed| unpack(packed, span.unpacked)))
    }
}

fn unpack(packed: &[u8], length: usize) -> Result<Vec<u8>, Damaged> {
    if length > BLOCK_BYTES_MAX {
        return Err(Damaged);
    }
    zstd::bulk::decompress(packed, length).map_err(|_| Damaged)
}
