//! Exported inventories: JSON lines, out and in without loss.

use model::{Inventory, Record, Resource};
use std::{
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Write},
    path::Path,
};

/// Bytes of one line.
const LINE_BYTES_MAX: usize = 64 << 20;

/// An inventory that can't be read.
#[derive(Debug, thiserror::Error)]
pub enum InventoryError {
    /// The file can't be read.
    #[error("the inventory {path} can't be read: {source}")]
    Read {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// A line is no record.
    #[error("{path}:{line}: {message}")]
    Malformed {
        /// The file.
        path: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        message: String,
    },
}

/// Read a file of JSON lines; `-` is stdin. A line is `{"resource":{…}}`, `{"unread":{…}}`, or a bare resource.
///
/// # Errors
/// Where the file can't be read or a line is none of these: nothing is left out.
pub fn read(path: &Path) -> Result<Inventory, InventoryError> {
    let name = path.display().to_string();
    let failed = |source| InventoryError::Read { path: name.clone(), source };
    let reader: Box<dyn BufRead> = if name == "-" {
        Box::new(BufReader::new(io::stdin()))
    } else {
        Box::new(BufReader::with_capacity(1 << 20, File::open(path).map_err(failed)?))
    };
    parse(reader, &name)
}

/// The same from any reader; `path` names it in errors.
///
/// # Errors
/// As [`read`].
pub fn parse(mut reader: impl BufRead, path: &str) -> Result<Inventory, InventoryError> {
    let mut inventory = Inventory::default();
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let size = reader
            .read_until(b'\n', &mut line)
            .map_err(|source| InventoryError::Read { path: path.to_owned(), source })?;
        if size == 0 {
            break;
        }
        let wrong = |message: String| InventoryError::Malformed { path: path.to_owned(), line: number, message };
        if line.len() > LINE_BYTES_MAX {
            return Err(wrong(format!("the line has more than {LINE_BYTES_MAX} bytes")));
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match record(&line).map_err(wrong)? {
            Record::Resource(resource) => inventory.resources.push(*resource),
            Record::Unread(unread) => inventory.unread.push(unread),
        }
    }
    inventory.sort();
    Ok(inventory)
}

fn record(line: &[u8]) -> Result<Record, String> {
    serde_json::from_slice::<Record>(line).or_else(|first| {
        let bare = serde_json::from_slice::<Resource>(line).map(|resource| Record::Resource(Box::new(resource)));
        bare.map_err(|second| {
            if line.starts_with(b"{\"resource\"") || line.starts_with(b"{\"unread\"") {
                first.to_string()
            } else {
                second.to_string()
            }
        })
    })
}

/// Write an inventory as JSON lines.
///
/// # Errors
/// Where the output can't be written.
pub fn write(inventory: &Inventory, out: &mut dyn Write) -> io::Result<()> {
    for resource in &inventory.resources {
        record_line(&Record::Resource(Box::new(resource.clone())), out)?;
    }
    inventory.unread.iter().try_for_each(|unread| record_line(&Record::Unread(unread.clone()), out))
}

/// Write one record as a line.
///
/// # Errors
/// Where the output can't be written.
pub fn record_line(record: &Record, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, record)?;
    out.write_all(b"\n")
}

/// Write an inventory to a file.
///
/// # Errors
/// Where the file can't be written.
pub fn write_file(path: &Path, inventory: &Inventory) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    write(inventory, &mut out)?;
    out.flush()
}
