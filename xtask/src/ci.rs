//! `cargo xtask test` and `cargo xtask ci`: everything that must be green, with what it needs installed first.

use anyhow::{Context, Result, bail};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The AWS that answers in tests, and what it needs; one version, so that a test that fails has failed because of us.
const PYTHON_PACKAGES: [&str; 1] = ["moto[server,all]==5.2.5"];

/// The workspace's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the workspace has a root")
}

/// All the tests.
pub(crate) fn test(arguments: &[String]) -> Result<()> {
    let python = python()?;
    step("tests", cargo(&["test", "--workspace"]).args(arguments).env("STANCE_PYTHON", &python))
}

/// Format, lints, tests, docs, and the release build that users get.
pub(crate) fn ci() -> Result<()> {
    step("format", &mut cargo(&["fmt", "--all", "--check"]))?;
    step("lints", &mut cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    test(&[])?;
    step("docs", cargo(&["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))?;
    step("catalog lint", &mut cargo(&["run", "--quiet", "--package", "stance", "--", "catalog", "lint"]))?;
    step("derived files", &mut cargo(&["run", "--quiet", "--package", "stance", "--", "reference", ".", "--check"]))
}

/// Write what is derived.
pub(crate) fn docs() -> Result<()> {
    step("docs", &mut cargo(&["run", "--quiet", "--package", "stance", "--", "reference", "."]))
}

/// A Python with the packages, in `.venv` of the workspace; made where it is not there.
pub(crate) fn python() -> Result<PathBuf> {
    if let Some(given) = env::var_os("STANCE_PYTHON") {
        return Ok(given.into());
    }
    let folder = root().join(".venv");
    let python = folder.join("bin/python");
    let stamp = folder.join("packages.txt");
    let wanted = PYTHON_PACKAGES.join("\n");
    if python.exists() && fs::read_to_string(&stamp).is_ok_and(|have| have == wanted) {
        return Ok(python);
    }
    step("Python environment", Command::new("python3").args(["-m", "venv"]).arg(&folder))
        .context("the tests need Python 3 with its venv module (on Debian: apt-get install python3-venv)")?;
    step(
        "Python packages",
        Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
            .args(PYTHON_PACKAGES),
    )?;
    fs::write(&stamp, wanted).context("can't note the installed packages")?;
    Ok(python)
}

fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    command
}

#[expect(clippy::print_stderr, reason = "a developer command talks to its developer")]
fn step(name: &str, command: &mut Command) -> Result<()> {
    eprintln!("── {name}");
    let status =
        command.status().with_context(|| format!("{name}: can't start {}", command.get_program().to_string_lossy()))?;
    if !status.success() {
        bail!("{name} failed");
    }
    Ok(())
}
