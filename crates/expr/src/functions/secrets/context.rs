//! What a key says of its value.

/// What a key promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Promise {
    /// A word that people choose: weak ones count.
    Password,
    /// Something made by a machine: only random values count.
    Random,
    /// The secret half of an access key.
    AwsSecretKey,
}

/// Words in a key that say that its value is about a credential rather than one.
const ABOUT: [&str; 98] = [
    "allow",
    "empty",
    "arn",
    "name",
    "path",
    "file",
    "filename",
    "dir",
    "directory",
    "url",
    "uri",
    "endpoint",
    "host",
    "port",
    "id",
    "ids",
    "type",
    "policy",
    "rotation",
    "rotate",
    "version",
    "min",
    "max",
    "length",
    "size",
    "count",
    "limit",
    "enabled",
    "enable",
    "disable",
    "disabled",
    "require",
    "required",
    "expiry",
    "expires",
    "expiration",
    "expired",
    "ttl",
    "age",
    "days",
    "hours",
    "minutes",
    "seconds",
    "lifetime",
    "timeout",
    "validity",
    "interval",
    "date",
    "time",
    "at",
    "last",
    "used",
    "changed",
    "created",
    "updated",
    "status",
    "state",
    "mode",
    "method",
    "strategy",
    "source",
    "hint",
    "label",
    "description",
    "desc",
    "help",
    "prompt",
    "message",
    "plugin",
    "provider",
    "issuer",
    "audience",
    "scope",
    "scopes",
    "header",
    "field",
    "column",
    "param",
    "parameter",
    "format",
    "algorithm",
    "alg",
    "hash",
    "hashed",
    "public",
    "pub",
    "next",
    "continuation",
    "page",
    "pagination",
    "idempotency",
    "request",
    "ref",
    "reference",
    "from",
    "store",
    "manager",
    "encryption",
];

/// Endings that make a promise in spite of a word before: `ENCRYPTION_KEY`, `TOKEN_SECRET`.
const PASSWORDS: [&str; 9] =
    ["password", "passwd", "passphrase", "pwd", "pass", "pw", "passcode", "userpassword", "dbpassword"];
const RANDOMS: [&str; 14] = [
    "secret",
    "secrets",
    "token",
    "apikey",
    "apitoken",
    "authtoken",
    "accesstoken",
    "secretkey",
    "accesskey",
    "privatekey",
    "credential",
    "credentials",
    "clientsecret",
    "creds",
];
/// What a *key* is, so that it is not one of a map or a piano.
const KEY_KINDS: [&str; 16] = [
    "api",
    "access",
    "secret",
    "private",
    "auth",
    "account",
    "storage",
    "encryption",
    "signing",
    "signature",
    "master",
    "shared",
    "license",
    "app",
    "application",
    "session",
];

/// What a key says of its value, if anything.
pub(super) fn promise(key: &str) -> Option<Promise> {
    let words = words(key);
    let has = |wanted: &str| words.iter().any(|word| word == wanted);
    if has("aws") && has("secret") && has("key") {
        return Some(Promise::AwsSecretKey);
    }
    let keyed = words
        .windows(2)
        .position(|pair| matches!(pair, [kind, key] if key == "key" && KEY_KINDS.contains(&kind.as_str())));
    let position = words.iter().position(|word| PASSWORDS.contains(&word.as_str()) || RANDOMS.contains(&word.as_str()));
    let last = words.last()?;
    // Tokens that mark a place in a list or a repeated request, not a right.
    if matches!(words.as_slice(), [first, second] if second == "token" && matches!(first.as_str(), "client" | "next" | "page" | "request"))
    {
        return None;
    }
    let about = |word: &String| ABOUT.contains(&word.as_str());
    let passwords = |word: &String| PASSWORDS.contains(&word.as_str());
    match (position, keyed) {
        (Some(at), _) => {
            let (before, after) = (words.get(..at).unwrap_or_default(), words.get(at + 1..).unwrap_or_default());
            // `SECRET_ARN` is about one, `REQUEST_TOKEN` too; `DB_HOST_PASSWORD` is one.
            let about_before = before.iter().any(|word| {
                matches!(
                    word.as_str(),
                    "allow"
                        | "empty"
                        | "next"
                        | "continuation"
                        | "page"
                        | "pagination"
                        | "idempotency"
                        | "public"
                        | "require"
                        | "enable"
                        | "disable"
                        | "hash"
                        | "hashed"
                        | "reset"
                        | "change"
                        | "use"
                        | "manage"
                        | "min"
                        | "max"
                        | "has"
                        | "is"
                        | "no"
                )
            });
            if about_before || after.iter().any(about) {
                return None;
            }
            Some(if words.iter().any(passwords) { Promise::Password } else { Promise::Random })
        }
        (None, Some(at)) => {
            let after = words.get(at + 2..).unwrap_or_default();
            (!after.iter().any(about) && last != "id" && !has("public")).then_some(Promise::Random)
        }
        (None, None) => None,
    }
}

/// The words of a key, lower case: `dbPassword`, `DB_PASSWORD` and `db-password` have the same.
fn words(key: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let characters: Vec<char> = key.chars().collect();
    for (index, c) in characters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| characters.get(index));
        let after = characters.get(index + 1);
        let begins = c.is_ascii_uppercase()
            && (before.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
                || (before.is_some_and(char::is_ascii_uppercase) && after.is_some_and(char::is_ascii_lowercase)));
        if (begins || !c.is_ascii_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_ascii_alphanumeric() {
            word.push(c.to_ascii_lowercase());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}
