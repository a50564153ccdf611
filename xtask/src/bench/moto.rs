//! The AWS that both programs scan: a Python process that fills moto once and serves it afresh for each run.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

/// A filled moto. Ended when dropped.
pub(super) struct Moto {
    process: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// How long filling took.
    pub(super) filled_seconds: f64,
}

/// How moto answers in one run.
pub(super) struct Serving<'a> {
    /// Added to each answer.
    pub(super) delay_ms: u64,
    /// Where the requests are noted.
    pub(super) trace: &'a Path,
    /// Where the answers are kept.
    pub(super) answers: &'a Path,
    /// Whether answers come from that file where it has them, instead of from moto.
    pub(super) replay: bool,
}

impl Moto {
    /// Start and fill it.
    pub(super) fn start(python: &Path, scripts: &Path, scale: u32, seed: u64) -> Result<Self> {
        let mut process = Command::new(python)
            .arg(scripts.join("peer_server.py"))
            .args([scale.to_string(), seed.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("can't start moto")?;
        let orders = process.stdin.take().context("moto has no standard input")?;
        let answers = BufReader::new(process.stdout.take().context("moto has no standard output")?);
        let mut moto = Self { process, orders, answers, filled_seconds: 0.0 };
        moto.filled_seconds =
            moto.answer()?["filled_seconds"].as_f64().context("moto did not say that it is filled")?;
        Ok(moto)
    }

    /// Serve the account as it was filled, whatever was asked before, while `run` runs with the URL.
    pub(super) fn serve<T>(&mut self, serving: &Serving<'_>, run: impl FnOnce(&str) -> Result<T>) -> Result<T> {
        self.order(&json!({
            "delay_ms": serving.delay_ms,
            "trace": serving.trace,
            "answers": serving.answers,
            "replay": serving.replay,
        }))?;
        let port = self.answer()?["port"].as_u64().context("moto did not say its port")?;
        let outcome = run(&format!("http://127.0.0.1:{port}"));
        self.order(&json!({ "end": true }))?;
        if self.answer()?["ended"] != true {
            bail!("moto did not end its run");
        }
        outcome
    }

    fn order(&mut self, order: &Value) -> Result<()> {
        writeln!(self.orders, "{order}").context("moto does not listen")
    }

    fn answer(&mut self) -> Result<Value> {
        let mut line = String::new();
        self.answers.read_line(&mut line).context("moto does not answer")?;
        serde_json::from_str(&line).with_context(|| format!("moto said {line:?}"))
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
