//! Runs the command and reads what it says. Every finding that any test sees is held against the contract.

use crate::proxy::Proxy;
use serde::Deserialize;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// A folder of its own to run in: no configuration, no store, no environment of whoever runs the tests.
pub(crate) struct Place {
    folder: tempfile::TempDir,
    environment: Vec<(String, String)>,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A scan's findings by policy, resource and finding's id.
pub(crate) type Findings = BTreeMap<(String, String, String), Finding>;

/// A finding as the contract has it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Finding {
    pub(crate) id: String,
    pub(crate) policy: String,
    pub(crate) status: String,
    pub(crate) severity: String,
    pub(crate) risk: u8,
    #[serde(default)]
    pub(crate) risk_factors: Vec<Value>,
    pub(crate) resource: Resource,
    pub(crate) message: String,
    pub(crate) evidence: Vec<Value>,
    pub(crate) missing: Vec<String>,
    #[serde(default)]
    pub(crate) exception: Option<Value>,
}

/// The resource of a finding. The last three are there, and null for what no code declares.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Resource {
    pub(crate) id: String,
    #[serde(rename = "type")]
    pub(crate) type_name: String,
    pub(crate) name: String,
    pub(crate) region: String,
    pub(crate) account: String,
    pub(crate) provider: String,
    pub(crate) address: Value,
    pub(crate) file: Value,
    pub(crate) line: Value,
}

impl Place {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("there is a folder for temporary files");
        Self { folder, environment: Vec::new() }
    }

    /// With credentials for what is behind the proxy.
    pub(crate) fn before(proxy: &Proxy) -> Self {
        let mut place = Self::new();
        let url = format!("http://127.0.0.1:{}", proxy.port);
        for (name, value) in [
            ("AWS_ENDPOINT_URL", url.as_str()),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
        ] {
            place.set(name, value);
        }
        place
    }

    /// Set a variable of the environment.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("the folder can be written to");
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stance"));
        command.args(arguments).current_dir(self.folder.path()).env_clear();
        command
            .env("XDG_DATA_HOME", self.folder.path())
            .env("HOME", self.folder.path())
            .env("AWS_EC2_METADATA_DISABLED", "true");
        command.envs(self.environment.iter().map(|(name, value)| (name, value))).stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        let output = self.command(arguments).output().expect("the command starts");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("what it says is UTF-8");
        let code = output.status.code().unwrap_or_else(|| panic!("{arguments:?} was ended by a signal"));
        let ended = Ended { code, stdout: text(output.stdout), stderr: text(output.stderr) };
        assert!(!ended.stderr.contains("panicked"), "{arguments:?}: {}", ended.stderr);
        ended
    }

    /// Start it with its output thrown away.
    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the command starts")
    }

    /// Start it with its output at hand.
    pub(crate) fn start_piped(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the command starts")
    }

    /// A scan of the account in its home region, which must end with this code.
    pub(crate) fn scan(&self, code: i32, arguments: &[&str]) -> Findings {
        let ended = self.scan_as_is(arguments);
        assert_eq!(ended.code, code, "{arguments:?}: {}", ended.stderr);
        findings(&ended.stdout)
    }

    /// The same, however it ends.
    pub(crate) fn scan_as_is(&self, arguments: &[&str]) -> Ended {
        let region: &[&str] = if arguments.contains(&"--region") { &[] } else { &["--region", "us-east-1"] };
        self.run(&[&["scan", "aws", "--format", "jsonl"], region, arguments].concat())
    }
}

/// The findings of a report in JSON lines, each held against the contract.
pub(crate) fn findings(text: &str) -> Findings {
    let mut all = Findings::new();
    for line in text.lines() {
        let finding: Finding = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        check(&finding, line);
        let key = (finding.policy.clone(), finding.resource.id.clone(), finding.id.clone());
        assert!(all.insert(key, finding).is_none(), "twice: {line}");
    }
    all
}

/// The contract: `docs/reference` and every consumer rely on it.
fn check(finding: &Finding, line: &str) {
    let members: Value = serde_json::from_str(line).expect("it was read just above");
    for name in ["id", "policy", "status", "severity", "risk", "resource", "message", "evidence", "missing"] {
        assert!(members.get(name).is_some_and(|value| !value.is_null()), "{name}: {line}");
    }
    for name in ["id", "type", "name", "region", "account", "provider", "address", "file", "line"] {
        assert!(members["resource"].get(name).is_some(), "{name}: {line}");
    }
    assert!(finding.id.len() == 32 && finding.id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{line}");
    assert!(["pass", "fail", "unknown", "manual"].contains(&finding.status.as_str()), "{line}");
    assert!(["critical", "high", "medium", "low", "informational"].contains(&finding.severity.as_str()), "{line}");
    assert!(finding.risk <= 100 && (finding.status == "fail" || finding.risk == 0), "{line}");
    assert_eq!(finding.risk > 0, !finding.risk_factors.is_empty(), "{line}");
    assert_eq!(finding.status == "unknown", !finding.missing.is_empty(), "{line}");
    assert!(finding.missing.is_sorted_by(|before, after| before < after), "{line}");
    assert!(finding.status == "fail" || (finding.evidence.is_empty() && finding.exception.is_none()), "{line}");
    assert!(!finding.message.is_empty(), "{line}");
    let resource = &finding.resource;
    for text in [&resource.id, &resource.type_name, &resource.name, &resource.region, &resource.account] {
        assert!(!text.is_empty(), "{line}");
    }
    assert_eq!(
        (resource.provider.as_str(), &resource.file, &resource.line, &resource.address),
        ("aws", &Value::Null, &Value::Null, &Value::Null),
        "{line}"
    );
    assert!(
        resource.account.len() == 12 && finding.policy.starts_with("aws-") && resource.type_name.starts_with("aws."),
        "{line}"
    );
}

/// The store's size on disk, with its journal.
pub(crate) fn bytes_of(folder: &Path) -> u64 {
    let files = fs::read_dir(folder).expect("the store's folder is there").flatten();
    files.filter_map(|file| file.metadata().ok()).map(|metadata| metadata.len()).sum()
}
