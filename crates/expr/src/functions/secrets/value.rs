//! What a value looks like: a reference, a placeholder, a flag, or something random enough to be a credential.

use regex::Regex;
use std::sync::LazyLock;

/// Words that stand for a switch, an absence or a type rather than a password.
const NOT_PASSWORDS: &str = "true false yes no on off none null nil undefined enabled disabled enable disable required \
    optional default auto empty n/a na unset string str text bool boolean int number object bytes any secret token plain \
    plaintext basic bearer ask prompt random generate generated hidden masked removed encrypted todo";
/// Beginnings of values that name where a credential is kept, or are not readable as one.
const REFERENCES: &str = "arn: {{ $ #{ %{ [[ [parameters( [variables( [reference( [listkeys( [concat( \
    @microsoft.keyvault( ssm: ssm-secure: secretsmanager: aws-sm: vault: vault+ secret:// secrets:// sm:// gcp-sm: \
    projects/ op:// kv:// keyvault: env: env. file: ref: ref+ !ref !sub !getatt valuefrom enc[ enc( {cipher} secretref: \
    alias/";
/// Beginnings of public keys, certificates and password hashes. (Private keys are known by their format.)
const PUBLIC: &str = "ssh-rsa ssh-ed25519 ecdsa-sha2- -----begin $argon2 {ssha";
/// Parts of values that were put there to be replaced.
const PLACEHOLDERS: &str = "example placeholder your- your_ yourpassword yoursecret yourtoken yourkey replace insert todo \
    redacted fixme dummy < **** xxxx .... ••";

/// Shorter passwords are as likely to be something else, in characters.
const PASSWORD_CHARS_MIN: usize = 4;
/// Longer texts are no passwords, in characters.
const PASSWORD_CHARS_MAX: usize = 256;
/// This many words are prose.
const PROSE_WORDS_MIN: usize = 3;
/// Shorter keys and tokens are as likely to be names, in characters.
const RANDOM_CHARS_MIN: usize = 16;
/// Randomness a character of a key or token has at least, in bits.
const RANDOM_BITS_MIN: f64 = 3.0;
/// Length of the piece between separators that no word or number reaches, in characters.
const RANDOM_PIECE_CHARS_MIN: usize = 10;
/// The same for a piece of letters only, in characters.
const RANDOM_LETTERS_MIN: usize = 20;
/// Different characters that a token of a known format has at least.
const DISTINCT_CHARS_MIN: usize = 6;
/// Longer tokens may hold the letters of *example* by chance, in bytes.
const EXAMPLE_BYTES_MAX: usize = 200;

static UUID: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i-u)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").expect("the pattern is valid")
});

/// Whether a token of a known format is one from a manual: `AKIAIOSFODNN7EXAMPLE`, `ghp_xxxxxxxx…`.
pub(super) fn is_example(token: &str) -> bool {
    let mut seen: Vec<u8> = token.bytes().collect();
    seen.sort_unstable();
    seen.dedup();
    let lower = token.to_ascii_lowercase();
    let says_so = lower.len() < EXAMPLE_BYTES_MAX && (lower.contains("example") || lower.contains("xxxxxxxx"));
    seen.len() < DISTINCT_CHARS_MIN || says_so
}

/// Whether a value is itself something rather than a reference to it or a placeholder for it.
pub(super) fn is_literal(value: &str) -> bool {
    let value = value.trim();
    let lower = value.to_ascii_lowercase();
    let begins = |list: &str| list.split_ascii_whitespace().any(|beginning| lower.starts_with(beginning));
    let between = |open: &str, close: &str| value.starts_with(open) && value.ends_with(close);
    let brackets = [("{", "}"), ("[", "]"), ("%", "%"), ("@", "@"), ("__", "__")];
    !(value.is_empty()
        || begins(REFERENCES)
        || begins(PUBLIC)
        || PLACEHOLDERS.split_ascii_whitespace().any(|placeholder| lower.contains(placeholder))
        || brackets.iter().any(|(open, close)| between(open, close))
        || ["${", "{{", "$(", super::marker::OPENING].iter().any(|reference| value.contains(reference))
        || has_one_character(&lower)
        || is_uuid(value))
}

fn has_one_character(text: &str) -> bool {
    text.chars().next().is_some_and(|first| text.chars().all(|c| c == first))
}

/// Whether a value under a key that says *password* is one. A weak word is: that is how weak passwords look.
pub(super) fn is_password(value: &str) -> bool {
    let value = value.trim();
    let lower = value.to_ascii_lowercase();
    (PASSWORD_CHARS_MIN..=PASSWORD_CHARS_MAX).contains(&value.chars().count())
        && !NOT_PASSWORDS.split_ascii_whitespace().any(|word| word == lower)
        && value.split_whitespace().count() < PROSE_WORDS_MIN
        && is_literal(value)
        && !is_path(value)
        && !is_url(value)
        && !is_time(value)
}

/// Whether a value under a key that says *secret*, *token* or *key* is random enough to be one.
pub(super) fn is_random(value: &str) -> bool {
    let value = value.trim();
    if value.len() < RANDOM_CHARS_MIN || value.contains(char::is_whitespace) || !is_literal(value) {
        return false;
    }
    if is_url(value) || is_time(value) || bits_a_character(value) < RANDOM_BITS_MIN {
        return false;
    }
    // Names are made of words, short numbers and UUIDs; a credential has a long piece that is none of them.
    UUID.replace_all(value, "-").split(|c: char| !c.is_ascii_alphanumeric()).any(is_random_piece)
}

fn is_random_piece(piece: &str) -> bool {
    let digits = piece.bytes().filter(u8::is_ascii_digit).count();
    let upper = piece.bytes().filter(u8::is_ascii_uppercase).count();
    let letters = piece.len() - digits;
    if piece.len() < RANDOM_PIECE_CHARS_MIN {
        return false;
    }
    if digits >= 2 && letters >= 2 {
        // `backup20240131` is a word and a number: there, letters and digits change over once or twice.
        let changes_over = |pair: &&[u8]| pair.iter().filter(|b| b.is_ascii_digit()).count() == 1;
        return piece.as_bytes().windows(2).filter(changes_over).count() >= 3;
    }
    // Letters only: capitals strewn about, unlike those that begin words.
    piece.len() >= RANDOM_LETTERS_MIN && letters - upper >= 4 && upper * 3 >= letters
}

fn bits_a_character(text: &str) -> f64 {
    let mut characters: Vec<char> = text.chars().collect();
    let total = characters.len() as f64;
    characters.sort_unstable();
    let bits = |run: &[char]| {
        let share = run.len() as f64 / total;
        -share * share.log2()
    };
    characters.chunk_by(|a, b| a == b).map(bits).sum()
}

fn is_uuid(text: &str) -> bool {
    UUID.find(text).is_some_and(|found| found.len() == text.len())
}

/// A path of files, or of names under which things are kept (`prod/db/password`).
fn is_path(text: &str) -> bool {
    let rooted = ["/", "./", "../", "~/"].iter().any(|root| text.starts_with(root)) && text.matches('/').count() > 1;
    let windows = text.as_bytes().get(1..3).is_some_and(|two| two == b":\\");
    let named = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || matches!(c, '-' | '_'));
    rooted || windows || (text.contains('/') && text.split('/').all(named))
}

fn is_url(text: &str) -> bool {
    text.contains("://")
}

/// A date, as in `2024-01-31T…`.
fn is_time(text: &str) -> bool {
    let shape: String = text.chars().take(10).map(|c| if c.is_ascii_digit() { '9' } else { c }).collect();
    shape == "9999-99-99"
}
