//! Credentials that are known by their format alone, one a line.

use super::value;
use regex::{Regex, RegexSet};
use std::{cell::OnceCell, ops::Range, sync::LazyLock};

/// What is known of a format.
struct Detector {
    kind: &'static str,
    /// The credential is its first group where it has one, else all of it.
    pattern: &'static str,
    /// Its format guarantees more randomness than can be guessed.
    random: bool,
    /// What else must hold of the text and the credential.
    also: Also,
}

/// A second look at what a pattern has found.
#[derive(Clone, Copy, PartialEq)]
enum Also {
    /// Nothing more than that it is no example (`…EXAMPLE`, `xxxxxxxx`).
    NoExample,
    /// It looks random, which its format alone does not say.
    Random,
    /// It is a literal rather than a reference or a placeholder, and no port with a path behind it.
    UrlPassword,
    /// Literal, and the text around is a connection string.
    LiteralInConnection,
}

const fn token(kind: &'static str, pattern: &'static str) -> Detector {
    Detector { kind, pattern, random: true, also: Also::NoExample }
}

/// The name of an AWS access key: no secret, but a sign of one nearby. Not taken out of documents, which need it.
pub(super) const ACCESS_KEY_ID: &str = "aws-access-key-id";

/// A private key in its armour, to its end or that of the text; line ends may be escaped.
const PRIVATE_KEY: &str = r"(?s)-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----[\sA-Za-z0-9+/=\\,:.()-]{0,200}?[A-Za-z0-9+/=\\\s]{40}.*?(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|\z)";

/// Formats as the services publish them.
static DETECTORS: [Detector; 63] = [
    token("private-key", PRIVATE_KEY),
    token("age-secret-key", r"\bAGE-SECRET-KEY-1[0-9A-Z]{58}\b"),
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
    Detector { random: false, ..token(ACCESS_KEY_ID, r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b") },
    token(
        "aws-secret-access-key",
        r#"(?i)aws_?secret_?(?:access_?)?key["']?\s*(?:[=:]|=>)\s*["']?([A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+=]|$)"#,
    ),
    // In URLs percent-encoded.
    token("aws-session-token", r"\b(?:F[QwI]oGZXIvYXdz|FQoDYXdz|AQoDYXdz|IQoJb3JpZ2lu)[A-Za-z0-9/+=%_-]{100,}"),
    token("aws-presigned-url", r"[?&]X-Amz-Signature=([0-9a-f]{64})"),
    token("aws-bedrock-api-key", r"\bABSK[A-Za-z0-9+/]{100,}={0,2}"),
    token("amazon-mws-token", r"\bamzn\.mws\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"),
    // https://github.blog/engineering/behind-githubs-new-authentication-token-formats/
    token("github-token", r"\bgh[pousr]_[A-Za-z0-9]{36,255}\b"),
    token("github-token", r"\bgithub_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}\b"),
    // https://docs.gitlab.com/security/tokens/#token-prefixes
    token("gitlab-token", r"\b(?:glpat|gldt|glrt|glptt|glft|glcbt|glsoat|glagent|gloas|glimt)-[A-Za-z0-9_.-]{20,}"),
    token("gitlab-token", r"\bGR1348941[A-Za-z0-9_-]{20}\b"),
    token("slack-token", r"\bxox[abeoprs]-(?:[0-9]+-){1,4}[A-Za-z0-9-]{16,}"),
    token("slack-token", r"\bxapp-[0-9]-[A-Z0-9]+-[0-9]+-[a-f0-9]{32,}"),
    token(
        "slack-webhook",
        r"hooks\.slack\.com/(?:services|workflows|triggers)/[A-Z0-9]{6,}/[A-Za-z0-9]{6,}/[A-Za-z0-9]{16,}",
    ),
    token("discord-webhook", r"discord(?:app)?\.com/api/webhooks/[0-9]{15,20}/[A-Za-z0-9_-]{60,}"),
    token(
        "teams-webhook",
        r"\b[a-z0-9]+\.webhook\.office\.com/webhookb2/[0-9a-f-]{36}@[0-9a-f-]{36}/IncomingWebhook/[0-9a-f]{32}/[0-9a-f-]{36}",
    ),
    Detector {
        also: Also::Random,
        ..token("discord-bot-token", r"\b[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38}\b")
    },
    token("telegram-bot-token", r"\b[0-9]{8,10}:AA[A-Za-z0-9_-]{33}\b"),
    token("stripe-key", r"\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}\b"),
    token("stripe-webhook-secret", r"\bwhsec_[A-Za-z0-9]{32,}\b"),
    token("square-token", r"\bsq0(?:atp|csp)-[A-Za-z0-9_-]{22,43}"),
    token("shopify-token", r"\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b"),
    token("google-api-key", r"\bAIza[A-Za-z0-9_-]{35}(?:[^A-Za-z0-9_-]|$)"),
    token("google-oauth-secret", r"\bGOCSPX-[A-Za-z0-9_-]{28}"),
    token("google-oauth-token", r"\bya29\.[A-Za-z0-9_-]{50,}"),
    token("azure-storage-key", r"(?i)\bAccountKey\s*=\s*([A-Za-z0-9+/]{86}==)"),
    token("azure-shared-access-key", r"(?i)\bSharedAccessKey\s*=\s*([A-Za-z0-9+/]{43}=)"),
    token("azure-sas", r"[?&;]sig=([A-Za-z0-9%/+]{40,}(?:%3D|=)?)"),
    token(
        "azure-client-secret",
        r"(?:^|[^A-Za-z0-9_~.-])([A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34})(?:[^A-Za-z0-9_~.-]|$)",
    ),
    token("azure-function-key", r"[?&]code=([A-Za-z0-9_/+-]{50,}={0,2})"),
    token("npm-token", r"\bnpm_[A-Za-z0-9]{36}\b"),
    token("npm-token", r"(?m)_authToken\s*=\s*([A-Za-z0-9+/=_-]{20,})"),
    token("pypi-token", r"\bpypi-AgEI[A-Za-z0-9_-]{50,}"),
    token("rubygems-token", r"\brubygems_[a-f0-9]{48}\b"),
    token("crates-token", r"\bcio[A-Za-z0-9]{32}\b"),
    token("docker-token", r"\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{27,}"),
    token("artifactory-token", r"\bAKCp[0-9][A-Za-z0-9]{60,}\b"),
    token("twilio-key", r"\bSK[0-9a-f]{32}\b"),
    token("sendgrid-key", r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"),
    token("mailgun-key", r"\bkey-[0-9a-f]{32}\b"),
    token("mailchimp-key", r"\b[0-9a-f]{32}-us[0-9]{1,2}\b"),
    token("openai-key", r"\bsk-(?:[A-Za-z]+-)?[A-Za-z0-9_-]{20,}T3BlbkFJ[A-Za-z0-9_-]{20,}"),
    token("anthropic-key", r"\bsk-ant-[a-z]+[0-9]{2}-[A-Za-z0-9_-]{80,}"),
    token("huggingface-token", r"\bhf_[A-Za-z]{34}\b"),
    token("databricks-token", r"\bdapi[0-9a-f]{32}(?:-[0-9])?\b"),
    token("digitalocean-token", r"\bdo[opr]_v1_[0-9a-f]{64}\b"),
    token("vault-token", r"\bhv[bsr]\.[A-Za-z0-9_-]{24,}"),
    token("terraform-cloud-token", r"\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,}"),
    token("pulumi-token", r"\bpul-[a-f0-9]{40}\b"),
    token("doppler-token", r"\bdp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9_.-]{40,}"),
    token("newrelic-key", r"\bNR(?:AK|JS|II)-[A-Za-z0-9_-]{19,}"),
    token("grafana-token", r"\bglsa_[A-Za-z0-9]{32}_[a-f0-9]{8}\b"),
    token("grafana-token", r"\bglc_[A-Za-z0-9+/]{32,}={0,2}"),
    token("sentry-token", r"\bsntry[su]_[A-Za-z0-9+/=_-]{40,}"),
    token("linear-key", r"\blin_api_[A-Za-z0-9]{40}\b"),
    token("postman-key", r"\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}\b"),
    token("heroku-key", r"\bHRKU-[A-Za-z0-9_-]{36,}"),
    token("planetscale-token", r"\bpscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{32,}"),
    token("atlassian-token", r"\bATATT3[A-Za-z0-9_=-]{100,}"),
    // https://www.rfc-editor.org/rfc/rfc7519
    token("jwt", r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}"),
    Detector {
        kind: "url-password",
        pattern: r#"\b[A-Za-z][A-Za-z0-9+.-]{1,30}://[^\s:/?#@'"<>\\]{0,128}:([^\s@'"<>\\]{1,256})@[^\s'"]"#,
        random: false,
        also: Also::UrlPassword,
    },
    Detector {
        kind: "connection-string",
        pattern: r#"(?i)(?:^|[;?&\s"'])(?:password|pwd)\s*=\s*([^;&\s"']{3,256})"#,
        random: false,
        also: Also::LiteralInConnection,
    },
];

/// Cheap to look for, and part of everything that a detector finds.
const LITERALS: &str = r"-----BEGIN |AGE-SECRET|AKIA|ASIA|oGZXIvYXdz|[FA]QoDYXdz|X-Amz-Sig|IQoJb3JpZ2lu|ABSK|amzn\.mws|gh[pousr]_|github_pat_|gl[a-z]{2,6}-|GR1348941|xox[abeoprs]-|xapp-|hooks\.slack|/api/webhooks/|webhook\.office|:AA|sk_|rk_|whsec_|sq0|shp[acps]|AIza|GOCSPX-|ya29\.|[?&;]sig=|Q~|[?&]code=|npm_|_authToken|pypi-|rubygems_|cio[A-Za-z0-9]|dckr_|AKCp|SK[0-9a-f]{6}|SG\.|key-[0-9a-f]{6}|-us[0-9]|T3BlbkFJ|sk-ant-|hf_|dapi|do[opr]_v1_|hv[bsr]\.|\.atlasv1\.|pul-|dp\.|NR[AJI][A-Z]-|glsa_|glc_|sntry|lin_api_|PMAK-|HRKU-|pscale_|ATATT3|eyJ|://|(?i-u:access_?key|secret_?key|accountkey|password|pwd)|[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.";

/// No credential of a known format is shorter, in bytes.
const TEXT_BYTES_MIN: usize = 11;

static PREFILTER: LazyLock<Regex> = LazyLock::new(|| Regex::new(LITERALS).expect("the pattern is valid"));
static SET: LazyLock<RegexSet> =
    LazyLock::new(|| RegexSet::new(DETECTORS.iter().map(pattern)).expect("the patterns are valid"));
static EACH: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    DETECTORS.iter().map(|detector| Regex::new(&pattern(detector)).expect("the patterns are valid")).collect()
});
static CONNECTION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i-u)\b(?:server|data source|host|hostname|user id|uid|user|username|database|dbname|initial catalog|accountname)\s*=|jdbc:")
        .expect("the pattern is valid")
});

/// A word ends where ASCII letters and digits do; so it is fast also in texts that hold others.
fn pattern(detector: &Detector) -> String {
    detector.pattern.replace(r"\b", r"(?-u:\b)")
}

/// A credential in a text.
pub(super) struct Known {
    pub range: Range<usize>,
    pub kind: &'static str,
    pub random: bool,
}

/// The credentials of known formats in a text, in no order, perhaps overlapping.
pub(super) fn known(text: &str) -> Vec<Known> {
    if text.len() < TEXT_BYTES_MIN || !PREFILTER.is_match(text) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let connection = OnceCell::new();
    for index in SET.matches(text) {
        let (Some(detector), Some(pattern)) = (DETECTORS.get(index), EACH.get(index)) else { continue };
        for captures in pattern.captures_iter(text) {
            let Some(credential) = captures.get(1).or(captures.get(0)) else { continue };
            if holds(detector.also, credential.as_str(), || *connection.get_or_init(|| CONNECTION.is_match(text))) {
                found.push(Known { range: credential.range(), kind: detector.kind, random: detector.random });
            }
        }
    }
    found
}

fn holds(also: Also, credential: &str, in_connection: impl Fn() -> bool) -> bool {
    match also {
        Also::NoExample => !value::is_example(credential),
        Also::Random => !value::is_example(credential) && value::is_random(credential),
        Also::UrlPassword => {
            let port = credential.split_once('/').is_some_and(|(port, _)| port.bytes().all(|b| b.is_ascii_digit()));
            !port && value::is_literal(credential)
        }
        Also::LiteralInConnection => value::is_literal(credential) && in_connection(),
    }
}

/// The patterns that find nothing in any of the texts.
#[cfg(test)]
pub(super) fn without_hit(texts: &[String]) -> Vec<&'static str> {
    let hit = |index: usize| texts.iter().any(|text| PREFILTER.is_match(text) && SET.matches(text).matched(index));
    DETECTORS.iter().enumerate().filter(|(index, _)| !hit(*index)).map(|(_, detector)| detector.pattern).collect()
}
