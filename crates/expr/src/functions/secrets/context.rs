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

/// Words for what people choose.
const PASSWORDS: &str = "password passwd passphrase passcode pwd pass pw userpassword dbpassword";
/// Words for what machines make.
const RANDOMS: &str = "secret secrets token apikey apitoken authtoken accesstoken secretkey accesskey privatekey \
    credential credentials clientsecret creds";
/// What a *key* is for, so that it is not one of a map or a piano.
const KEY_KINDS: &str = "api access secret private auth account storage encryption signing signature master shared \
    license app application session";
/// Words behind a credential's that make the key say something about one: `SECRET_ARN`, `TOKEN_URL`.
const ABOUT: &str = "allow empty arn name path file filename dir directory url uri endpoint host port id ids type policy \
    rotation rotate version min max length size count limit enabled enable disable disabled require required expiry \
    expires expiration expired ttl age days hours minutes seconds lifetime timeout validity interval date time at last \
    used changed created updated status state mode method strategy source hint label description desc help prompt \
    message plugin provider issuer audience scope scopes header field column param parameter format algorithm alg hash \
    hashed public pub ref reference from store manager encryption prevention reuse ssm vault location prefix suffix";
/// Words before a credential's that do the same: `MYSQL_ALLOW_EMPTY_PASSWORD`.
const ABOUT_BEFORE: &str = "allow empty public require enable disable hash hashed reset change use manage min minimum max \
    maximum has is no";
/// Words before *token* that make it the mark of a place in a list or of a repeated request, not a right.
const BOOKMARKS: &str = "client next page pagination continuation request creation creator caller idempotency";
/// Words behind *password* that may make it the name under which one is kept: only a random value tells.
const LOOKUPS: &str = "key secret token alias";
/// Parts of every word above that promises something, to pass over other keys quickly.
const STEMS: [&str; 6] = ["pass", "pw", "secret", "token", "key", "cred"];

/// What a key says of its value, if anything.
pub(super) fn promise(key: &str) -> Option<Promise> {
    let lower = key.to_ascii_lowercase();
    if !STEMS.iter().any(|stem| lower.contains(stem)) {
        return None;
    }
    let words = words(key);
    let has = |wanted: &str| words.iter().any(|word| word == wanted);
    if has("secret") && has("key") && (has("aws") || has("access")) {
        return Some(Promise::AwsSecretKey);
    }
    let single = words.iter().position(|word| among(PASSWORDS, word) || among(RANDOMS, word)).map(|at| (at, at + 1));
    let keyed =
        || words.windows(2).position(|pair| matches!(pair, [kind, key] if key == "key" && among(KEY_KINDS, kind)));
    let (start, end) = single.or_else(|| keyed().map(|at| (at, at + 2)))?;
    let (before, after) = (words.get(..start).unwrap_or_default(), words.get(end..).unwrap_or_default());
    let word = words.get(start)?;
    let bookmark = word == "token" && before.last().is_some_and(|word| among(BOOKMARKS, word));
    if bookmark || before.iter().any(|word| among(ABOUT_BEFORE, word)) || after.iter().any(|word| among(ABOUT, word)) {
        return None;
    }
    let chosen = among(PASSWORDS, word) && !after.iter().any(|word| among(LOOKUPS, word));
    Some(if chosen { Promise::Password } else { Promise::Random })
}

fn among(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|listed| listed == word)
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
