//! Starts moto once for all tests, with the estate of `tests/estate.py` in it.

use cloud::aws::{Client, ClientOptions, Session, SessionSource};
use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

/// The server; it ends with this process, whose end closes its standard input.
struct Moto {
    _child: Child,
    url: String,
}

static MOTO: OnceLock<Moto> = OnceLock::new();

/// The server's address.
pub(crate) fn url() -> &'static str {
    &MOTO.get_or_init(start).url
}

fn start() -> Moto {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/estate.py");
    let mut child = Command::new(python())
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{} does not start: {error}", python().display()));
    let mut port = String::new();
    let stdout = child.stdout.take().expect("standard output was piped just above");
    BufReader::new(stdout).read_line(&mut port).expect("moto prints its port");
    assert!(!port.trim().is_empty(), "moto did not start; see its words above");
    Moto { _child: child, url: format!("http://127.0.0.1:{}", port.trim()) }
}

/// A Python that has moto: `STANCE_PYTHON`, or else `.venv` at the root.
fn python() -> PathBuf {
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

/// Options for that server.
pub(crate) fn options() -> ClientOptions {
    ClientOptions { endpoint_url: Some(url().to_owned()), ..ClientOptions::default() }
}

/// Ready credentials in a region.
pub(crate) fn source() -> SessionSource {
    SessionSource {
        region: Some("us-east-1".to_owned()),
        keys: Some(("test".to_owned(), "test".to_owned(), None)),
        ..SessionSource::default()
    }
}

/// A client and a session of the default account.
pub(crate) async fn connect() -> (Client, Session) {
    let client = Client::new(options()).expect("options are sound");
    let session = client.session(&source()).await.expect("moto knows everybody");
    (client, session)
}
