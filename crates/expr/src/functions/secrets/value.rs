//! What a value looks like: a reference, a placeholder, a flag, or something random enough to be a credential.

/// Words that stand for a switch, an absence or a type rather than a password.
const NOT_PASSWORDS: [&str; 48] = [
    "true",
    "false",
    "yes",
    "no",
    "on",
    "off",
    "none",
    "null",
    "nil",
    "undefined",
    "enabled",
    "disabled",
    "enable",
    "disable",
    "required",
    "optional",
    "default",
    "auto",
    "empty",
    "n/a",
    "na",
    "unset",
    "string",
    "str",
    "text",
    "bool",
    "boolean",
    "int",
    "number",
    "object",
    "bytes",
    "any",
    "secret",
    "token",
    "plain",
    "plaintext",
    "basic",
    "bearer",
    "ask",
    "prompt",
    "random",
    "generate",
    "generated",
    "hidden",
    "masked",
    "removed",
    "encrypted",
    "todo",
];

/// Beginnings of values that name where a credential is kept, or are not readable as one.
const REFERENCES: [&str; 44] = [
    "arn:",
    "{{",
    "${",
    "$(",
    "$",
    "#{",
    "%{",
    "[[",
    "[parameters(",
    "[variables(",
    "[reference(",
    "[listkeys(",
    "[concat(",
    "@microsoft.keyvault(",
    "ssm:",
    "ssm-secure:",
    "/aws/reference/",
    "secretsmanager:",
    "aws-sm:",
    "vault:",
    "vault://",
    "vault+",
    "secret://",
    "secrets://",
    "sm://",
    "gcp-sm:",
    "projects/",
    "op://",
    "kv://",
    "keyvault:",
    "env:",
    "env.",
    "file:",
    "ref:",
    "ref+",
    "!ref",
    "!sub",
    "!getatt",
    "valuefrom",
    "enc[",
    "enc(",
    "{cipher}",
    "secretref:",
    "https://vault.",
];

/// Parts of values that were put there to be replaced.
const PLACEHOLDERS: [&str; 19] = [
    "example",
    "placeholder",
    "your-",
    "your_",
    "yourpassword",
    "yoursecret",
    "yourtoken",
    "yourkey",
    "replace",
    "insert",
    "todo",
    "redacted",
    "fixme",
    "dummy",
    "<",
    "****",
    "xxxx",
    "....",
    "••",
];

/// Beginnings of public keys, certificates and password hashes.
const PUBLIC: [&str; 12] = [
    "ssh-rsa ",
    "ssh-ed25519 ",
    "ecdsa-sha2-",
    "-----begin public",
    "-----begin certificate",
    "-----begin rsa public",
    "$2a$",
    "$2b$",
    "$2y$",
    "$argon2",
    "$pbkdf2",
    "{ssha",
];

/// Shorter passwords are as likely to be something else, in characters.
const PASSWORD_CHARS_MIN: usize = 4;
/// Longer texts are no passwords, in characters.
const PASSWORD_CHARS_MAX: usize = 256;
/// Shorter keys and tokens are as likely to be names, in characters.
const RANDOM_CHARS_MIN: usize = 16;
/// Randomness a character of a key or token has at least, in bits.
const RANDOM_BITS_MIN: f64 = 3.0;
/// Length of the piece between separators that no word or number reaches, in characters.
const RANDOM_PIECE_CHARS_MIN: usize = 10;
/// Different characters that a token of a known format has at least.
const DISTINCT_CHARS_MIN: usize = 6;

/// Whether a token of a known format is one from a manual: `AKIAIOSFODNN7EXAMPLE`, `ghp_xxxxxxxx…`.
pub(super) fn is_example(token: &str) -> bool {
    let mut seen: Vec<u8> = token.bytes().collect();
    let lower = token.to_ascii_lowercase();
    seen.sort_unstable();
    seen.dedup();
    seen.len() < DISTINCT_CHARS_MIN || (lower.len() < 200 && (lower.contains("example") || lower.contains("xxxxxxxx")))
}

/// Whether a value is itself something rather than a reference to it or a placeholder for it.
pub(super) fn is_literal(value: &str) -> bool {
    let value = value.trim();
    let lower = value.to_ascii_lowercase();
    let bracketed = |open: char, close: char| value.starts_with(open) && value.ends_with(close);
    !(value.is_empty()
        || REFERENCES.iter().any(|reference| lower.starts_with(reference))
        || PLACEHOLDERS.iter().any(|placeholder| lower.contains(placeholder))
        || PUBLIC.iter().any(|public| lower.starts_with(public))
        || bracketed('<', '>')
        || bracketed('{', '}')
        || bracketed('[', ']')
        || bracketed('%', '%')
        || bracketed('@', '@')
        || (value.starts_with("__") && value.ends_with("__"))
        || value.contains("${")
        || value.contains("{{")
        || value.contains("$(")
        || value.contains(super::marker::OPENING)
        || has_one_character(&lower)
        || is_uuid(value))
}

fn has_one_character(text: &str) -> bool {
    text.chars().next().is_some_and(|first| text.chars().all(|c| c == first))
}

/// Whether a value under a key that says *password* is one. A weak word is: that is how weak passwords look.
pub(super) fn is_password(value: &str) -> bool {
    let value = value.trim();
    let characters = value.chars().count();
    let lower = value.to_ascii_lowercase();
    (PASSWORD_CHARS_MIN..=PASSWORD_CHARS_MAX).contains(&characters)
        && !NOT_PASSWORDS.contains(&lower.as_str())
        && value.split_whitespace().count() < 3
        && is_literal(value)
        && !is_path(value)
        && !is_url(value)
        && !is_time(value)
}

/// Whether a value under a key that says *secret*, *token* or *key* is random enough to be one.
pub(super) fn is_random(value: &str) -> bool {
    let value = value.trim();
    if value.chars().count() < RANDOM_CHARS_MIN
        || value.contains(char::is_whitespace)
        || !is_literal(value)
        || is_url(value)
        || is_time(value)
    {
        return false;
    }
    if bits_a_character(value) < RANDOM_BITS_MIN {
        return false;
    }
    // Names are made of words and short numbers; a credential has a long piece that is neither.
    value.split(|c: char| !c.is_ascii_alphanumeric()).any(is_random_piece)
}

fn is_random_piece(piece: &str) -> bool {
    let digits = piece.bytes().filter(u8::is_ascii_digit).count();
    let upper = piece.bytes().filter(u8::is_ascii_uppercase).count();
    let letters = piece.len() - digits;
    if piece.len() < RANDOM_PIECE_CHARS_MIN {
        return false;
    }
    if digits >= 2 && letters >= 2 {
        // `backup20240131` is a word and a number: there, digits and letters change over once or twice.
        let changes =
            piece.as_bytes().windows(2).filter(|pair| pair.iter().filter(|b| b.is_ascii_digit()).count() == 1).count();
        return changes >= 3;
    }
    // Letters only: capitals strewn about, unlike those that begin words.
    let lower = letters - upper;
    piece.len() >= 20 && lower >= 4 && upper * 3 >= letters
}

fn bits_a_character(text: &str) -> f64 {
    let mut characters: Vec<char> = text.chars().collect();
    let total = characters.len() as f64;
    characters.sort_unstable();
    characters
        .chunk_by(|a, b| a == b)
        .map(|run| {
            let share = run.len() as f64 / total;
            -share * share.log2()
        })
        .sum()
}

fn is_uuid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12])
        && parts.iter().all(|part| part.bytes().all(|b| b.is_ascii_hexdigit()))
}

fn is_path(text: &str) -> bool {
    let windows = text.as_bytes().get(1..3).is_some_and(|two| two == b":\\");
    windows || ["/", "./", "../", "~/"].iter().any(|start| text.starts_with(start)) && text.matches('/').count() > 1
}

fn is_url(text: &str) -> bool {
    text.contains("://")
}

/// A date, as in `2024-01-31T…`.
fn is_time(text: &str) -> bool {
    let shape: String = text.chars().take(10).map(|c| if c.is_ascii_digit() { '9' } else { c }).collect();
    shape == "9999-99-99"
}
