//! The marks left in place of credentials: `‹redacted KIND HASH›`.
//!
//! The hash lets people see that two places hold the same credential, or that it was changed. It is given only for
//! credentials that are random by their format: of a password, even 32 bits of a hash would let anyone who reads the
//! store confirm a guess. Those get dashes.

use regex::Regex;
use sha2::{Digest, Sha256};
use std::{ops::Range, sync::LazyLock};

/// What every mark begins with.
pub(super) const OPENING: &str = "‹redacted ";
/// In place of the hash of what could be guessed.
const NO_HASH: &str = "--------";

static MARK: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("‹redacted ([a-z0-9-]+) (?:[0-9a-f]{8}|-{8})›").expect("the pattern is valid"));

/// What was taken out, and from where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Redaction {
    /// Dotted path, list positions as numbers.
    pub path: String,
    /// The kind of credential.
    pub kind: String,
}

/// The mark for a credential. `random` says that its format guarantees more randomness than can be guessed.
pub(super) fn mark(kind: &str, secret: &str, random: bool) -> String {
    if !random {
        return format!("{OPENING}{kind} {NO_HASH}›");
    }
    let digest =
        Sha256::new_with_prefix("redacted credential\0").chain_update(kind).chain_update("\0").chain_update(secret);
    let hash: String = digest.finalize().iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("{OPENING}{kind} {hash}›")
}

/// The marks in a text: where, and of which kind.
pub(super) fn marks(text: &str) -> Vec<(Range<usize>, String)> {
    if text.is_ascii() || !text.contains(OPENING) {
        return Vec::new();
    }
    let kind = |found: &regex::Captures<'_>| found.get(1).map(|kind| kind.as_str().to_owned()).unwrap_or_default();
    MARK.captures_iter(text).filter_map(|found| Some((found.get(0)?.range(), kind(&found)))).collect()
}
