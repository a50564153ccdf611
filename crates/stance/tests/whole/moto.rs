//! Starts moto once for all tests, fills accounts of it, and makes calls there that change them.

use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{LazyLock, Mutex, PoisonError},
};

/// The server; it ends with this process, whose end closes its standard input.
struct Moto {
    _child: Child,
    port: u16,
    pipe: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
    labels: Mutex<BTreeMap<String, BTreeMap<String, String>>>,
}

static MOTO: LazyLock<Moto> = LazyLock::new(start);

/// The server's port on loopback.
pub(crate) fn port() -> u16 {
    MOTO.port
}

/// Fill an account with an estate of `estates/`, once; gives the names of what has no name of its own, by label.
pub(crate) fn estate(name: &str, account: &str) -> BTreeMap<String, String> {
    let mut labels = MOTO.labels.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = labels.get(account) {
        return known.clone();
    }
    let answer = ask(&json!({ "estate": name, "account": account }));
    let made: BTreeMap<String, String> = serde_json::from_value(answer).expect("an estate answers with its labels");
    labels.insert(account.to_owned(), made.clone());
    made
}

/// One call as boto3 names it, in the account's home region.
pub(crate) fn call(account: &str, service: &str, call: &str, with: Value) -> Value {
    ask(&json!({ "account": account, "service": service, "call": call, "with": with }))
}

fn ask(request: &Value) -> Value {
    let mut pipe = MOTO.pipe.lock().unwrap_or_else(PoisonError::into_inner);
    writeln!(pipe.0, "{request}").expect("moto listens");
    let mut line = String::new();
    pipe.1.read_line(&mut line).expect("moto answers");
    let answer: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{request}: {error}: {line}"));
    assert!(answer.get("error").is_none(), "{request}: {answer}");
    answer["answer"].clone()
}

fn start() -> Moto {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/whole/serve.py");
    let mut child = Command::new(python())
        .arg(script)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{} does not start: {error}", python().display()));
    let input = child.stdin.take().expect("standard input was piped just above");
    let mut output = BufReader::new(child.stdout.take().expect("standard output was piped just above"));
    let mut port = String::new();
    output.read_line(&mut port).expect("moto prints its port");
    let port = port.trim().parse().expect("moto did not start; see its words above");
    Moto { _child: child, port, pipe: Mutex::new((input, output)), labels: Mutex::default() }
}

/// A proxy that takes TLS off, as `tunnel.py` says.
pub(crate) struct Tunnel {
    _child: Child,
    pub(crate) port: u16,
    /// A file with the authority that its certificates are of.
    pub(crate) certificate: String,
    _folder: tempfile::TempDir,
}

/// Start one before a port; hosts with this end can't be reached.
pub(crate) fn tunnel(upstream: u16, down: &str) -> Tunnel {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let certificate = folder.path().join("authority.pem").display().to_string();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/whole/tunnel.py");
    let mut child = Command::new(python())
        .arg(script)
        .args([&upstream.to_string(), down, &certificate])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{} does not start: {error}", python().display()));
    let mut port = String::new();
    let output = child.stdout.take().expect("standard output was piped just above");
    BufReader::new(output).read_line(&mut port).expect("the tunnel prints its port");
    let port = port.trim().parse().expect("the tunnel did not start; see its words above");
    Tunnel { _child: child, port, certificate, _folder: folder }
}

/// A Python that has moto: `STANCE_PYTHON`, or else `.venv` at the root.
pub(crate) fn python() -> PathBuf {
    if let Some(path) = std::env::var_os("STANCE_PYTHON") {
        return path.into();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.venv/bin/python");
    assert!(
        path.exists(),
        "these tests need moto: run `cargo xtask test`, or set STANCE_PYTHON to a Python that has moto[server]"
    );
    path
}
