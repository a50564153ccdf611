//! What a program used: time, processor and memory of its whole process tree, as the kernel counted them.

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// What a run used.
#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Usage {
    pub(super) wall_seconds: f64,
    pub(super) user_seconds: f64,
    pub(super) system_seconds: f64,
    /// Of the largest process.
    pub(super) memory_kib_max: f64,
    pub(super) exit: i32,
}

impl Usage {
    /// Processor time, of the program and the kernel for it.
    pub(super) fn cpu_seconds(&self) -> f64 {
        self.user_seconds + self.system_seconds
    }

    /// Peak memory.
    pub(super) fn memory_mib(&self) -> f64 {
        self.memory_kib_max / 1024.0
    }
}

/// A program to run: its words, and a folder of its own.
pub(super) struct Program<'a> {
    pub(super) python: &'a Path,
    pub(super) scripts: &'a Path,
    pub(super) words: Vec<String>,
    pub(super) folder: PathBuf,
    /// Exit codes of a scan that was done.
    pub(super) exits: &'a [i32],
}

impl Program<'_> {
    /// Run it against an AWS. Standard output and error are `stdout` and `stderr` in its folder, which is also its home.
    pub(super) fn run(&self, url: &str) -> Result<Usage> {
        let [usage, stdout, stderr] = ["usage.json", "stdout", "stderr"].map(|name| self.folder.join(name));
        let status = Command::new(self.python)
            .args(["-S", "-E"])
            .arg(self.scripts.join("peer_measure.py"))
            .args([&usage, &stdout, &stderr])
            .args(&self.words)
            .current_dir(&self.folder)
            .env("HOME", &self.folder)
            .envs([
                ("AWS_ENDPOINT_URL", url),
                ("AWS_ACCESS_KEY_ID", "bench"),
                ("AWS_SECRET_ACCESS_KEY", "bench"),
                ("AWS_DEFAULT_REGION", "us-east-1"),
                ("AWS_EC2_METADATA_DISABLED", "true"),
            ])
            .env_remove("AWS_PROFILE")
            .status()
            .context("can't start the measuring script")?;
        if !status.success() {
            bail!("the measuring script failed: {status}");
        }
        let usage: Usage =
            serde_json::from_str(&fs::read_to_string(&usage)?).context("what a run used can't be read")?;
        if !self.exits.contains(&usage.exit) {
            let talk = fs::read_to_string(&stderr).unwrap_or_default();
            bail!("{} ended with {}:\n{talk}", self.words.join(" "), usage.exit);
        }
        Ok(usage)
    }
}
