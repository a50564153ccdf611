//! `cargo xtask bench peer`: `stance` and Prowler over the same account, one after the other: what they used and what they said.

use super::{
    moto::{Moto, Serving},
    trace::Trace,
    usage::{Program, Usage},
    verdicts::Verdicts,
};
use crate::ci;
use anyhow::{Context, Result, bail};
use std::{
    cmp::Reverse,
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The peer; one version, so that numbers can be compared over time.
const PEER_PACKAGE: &str = "prowler==5.46.0";
const REGIONS: [&str; 2] = ["us-east-1", "eu-west-1"];
/// The services that the account has something in, in each program's words.
const SERVICES: [&str; 14] = [
    "s3",
    "ec2",
    "iam",
    "kms",
    "lambda",
    "rds",
    "sns",
    "sqs",
    "dynamodb",
    "logs",
    "cloudwatch",
    "cloudtrail",
    "secretsmanager",
    "ecr",
];
const PEER_SERVICES: [&str; 14] = [
    "s3",
    "ec2",
    "vpc",
    "iam",
    "kms",
    "awslambda",
    "rds",
    "sns",
    "sqs",
    "dynamodb",
    "cloudwatch",
    "cloudtrail",
    "secretsmanager",
    "ecr",
];
/// What is aimed at, as parts of the peer's use.
const TARGETS: [(&str, f64); 4] = [("wall, s", 10.0), ("CPU, s", 40.0), ("memory, MiB", 8.0), ("API calls", 2.0)];
/// Operations that are listed with their calls.
const OPERATIONS_SHOWN_MAX: usize = 25;

/// Arguments of the command.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Size of the account: 1 is about 500 resources
    #[arg(long, default_value_t = 1)]
    scale: u32,
    /// Seed of the account
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Delay added to each answer in the runs with a delay
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 50)]
    delay_ms: u64,
    /// The program to measure; by default the release build, which is made first
    #[arg(long, value_name = "FILE")]
    stance: Option<PathBuf>,
    /// Leave the peer out
    #[arg(long)]
    without_peer: bool,
    /// Folder for outputs, requests and differing verdicts
    #[arg(long, default_value = "target/bench-peer")]
    output: PathBuf,
}

struct Bench {
    python: PathBuf,
    scripts: PathBuf,
    output: PathBuf,
    stance: PathBuf,
    moto: Moto,
}

struct Run {
    usage: Usage,
    trace: Trace,
}

impl Run {
    /// In the order of [`TARGETS`].
    fn figures(&self) -> [f64; 4] {
        [self.usage.wall_seconds, self.usage.cpu_seconds(), self.usage.memory_mib(), self.trace.len() as f64]
    }
}

/// Fill, run, compare, print.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let python = ci::python()?;
    let peer = if arguments.without_peer { None } else { Some(peer()?) };
    let stance = stance(arguments)?.canonicalize().context("the program to measure is not there")?;
    let scripts = ci::root().join("xtask/bench");
    let output = ci::root().join(&arguments.output);
    fs::create_dir_all(&output)?;
    let moto = Moto::start(&python, &scripts, arguments.scale, arguments.seed)?;
    print(&format!(
        "account of scale {}, filled in {:.1} s; load of the machine {}",
        arguments.scale,
        moto.filled_seconds,
        load()
    ));
    let mut bench = Bench { python, scripts, output, stance, moto };

    let plain = bench.stance("stance", 0, false, &["--no-store"])?;
    let stored = bench.stance("stance-store", 0, false, &["--store", "store.db"])?;
    let strict = bench.stance("stance-strict", 0, false, &["--no-store", "--profile", "strict"])?;
    let late = bench.stance("stance-late", arguments.delay_ms, false, &["--no-store"])?;
    // From the answers that the first run got.
    fs::copy(bench.output.join("stance/answers"), bench.folder("stance-late-replay")?.join("answers"))?;
    let replay = bench.stance("stance-late-replay", arguments.delay_ms, true, &["--no-store"])?;
    let other = peer.as_deref().map(|peer| bench.peer(peer)).transpose()?;

    let mut columns = vec![("stance", &plain), ("with a store", &stored), ("strict", &strict)];
    columns.extend(other.iter().map(|other| ("Prowler", other)));
    print(&compared(&columns));
    print(&operations(&columns));
    print(&waiting(&plain, &late, &replay, arguments.delay_ms));
    print(&talk(&bench.output.join("stance-strict/stderr"))?);
    if other.is_some() {
        bench.verdicts()?;
    }
    print(&format!("load of the machine at the end {}", load()));
    Ok(())
}

impl Bench {
    fn folder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.output.join(name);
        fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// One scan by `stance`, in a folder of its own.
    fn stance(&mut self, name: &str, delay_ms: u64, replay: bool, more: &[&str]) -> Result<Run> {
        let folder = self.folder(name)?;
        for file in ["store.db", "store.db-wal", "store.db-shm"] {
            let _ = fs::remove_file(folder.join(file));
        }
        let mut words = vec![self.stance.display().to_string()];
        words.extend(["scan", "aws", "--format", "jsonl"].map(str::to_owned));
        words.extend(REGIONS.iter().flat_map(|region| ["--region", region]).map(str::to_owned));
        words.extend(SERVICES.iter().flat_map(|service| ["--service", service]).map(str::to_owned));
        words.extend(more.iter().map(|word| (*word).to_owned()));
        // 3: something failed, as it should here.
        self.measured(words, folder, &[0, 3], delay_ms, replay)
    }

    fn peer(&mut self, program: &Path) -> Result<Run> {
        // It adds to the file of an earlier run.
        let folder = self.output.join("prowler");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        let folder = self.folder("prowler")?;
        let mut words = vec![program.display().to_string()];
        words.extend(["aws", "-M", "json-ocsf", "-o", ".", "-F", "findings"].map(str::to_owned));
        words.extend(["--ignore-exit-code-3", "--no-banner", "--no-color", "-f"].map(str::to_owned));
        words.extend(REGIONS.map(str::to_owned));
        words.push("-s".to_owned());
        words.extend(PEER_SERVICES.map(str::to_owned));
        self.measured(words, folder, &[0], 0, false)
    }

    fn measured(
        &mut self,
        words: Vec<String>,
        folder: PathBuf,
        exits: &[i32],
        delay_ms: u64,
        replay: bool,
    ) -> Result<Run> {
        let (trace, answers) = (folder.join("requests.jsonl"), folder.join("answers"));
        let program = Program { python: &self.python, scripts: &self.scripts, words, folder, exits };
        let serving = Serving { delay_ms, trace: &trace, answers: &answers, replay };
        let usage = self.moto.serve(&serving, |url| program.run(url))?;
        Ok(Run { usage, trace: Trace::read(&trace)? })
    }

    /// Both programs' verdicts; what differs goes to a file.
    fn verdicts(&self) -> Result<()> {
        let policies = self.output.join("policies.json");
        let list = Command::new(&self.stance).args(["policies", "list", "--format", "json"]).output()?;
        fs::write(&policies, list.stdout)?;
        let verdicts = Verdicts::read(
            &policies,
            &self.output.join("stance-strict/stdout"),
            &self.output.join("prowler/findings.ocsf.json"),
        )?;
        print(&verdicts.table());
        let uncovered: Vec<String> =
            verdicts.uncovered.iter().map(|(check, count)| format!("{check} ({count})")).collect();
        print(&format!("checks of the peer that no policy names, with their findings: {}", uncovered.join(", ")));
        let file = self.output.join("differences.jsonl");
        fs::write(&file, verdicts.differences())?;
        print(&format!("differences: {}", file.display()));
        Ok(())
    }
}

/// The peer's program, installed where it is not there.
fn peer() -> Result<PathBuf> {
    let folder = ci::root().join(".venv-prowler");
    let (program, stamp) = (folder.join("bin/prowler"), folder.join("packages.txt"));
    if program.exists() && fs::read_to_string(&stamp).is_ok_and(|have| have == PEER_PACKAGE) {
        return Ok(program);
    }
    done(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    done(Command::new(folder.join("bin/python")).args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        PEER_PACKAGE,
    ]))?;
    fs::write(&stamp, PEER_PACKAGE)?;
    Ok(program)
}

fn stance(arguments: &Arguments) -> Result<PathBuf> {
    if let Some(given) = &arguments.stance {
        return Ok(given.clone());
    }
    let root = ci::root();
    done(
        Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(["build", "--release", "--package", "stance"])
            .current_dir(&root),
    )?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    Ok(target.join("release/stance"))
}

fn done(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("can't start {}", command.get_program().display()))?;
    if !status.success() {
        bail!("{} failed: {status}", command.get_program().display());
    }
    Ok(())
}

/// The table of all runs. The ratios are the last one's use to the first one's.
fn compared(columns: &[(&str, &Run)]) -> String {
    let mut out = format!("{:<12}", "");
    columns.iter().for_each(|(name, _)| out += &format!("{name:>14}"));
    out += &format!("{:>10}{:>6}\n", "ratio", "aim");
    for (index, (name, aim)) in TARGETS.iter().enumerate() {
        let values: Vec<f64> = columns.iter().map(|(_, run)| run.figures()[index]).collect();
        out += &format!("{name:<12}");
        values.iter().for_each(|value| out += &format!("{value:>14.2}"));
        let ratio = values.last().zip(values.first()).map_or(0.0, |(last, first)| last / first);
        out += &format!("{ratio:>10.1}{aim:>6.0}{}\n", if ratio >= *aim { "" } else { "  missed" });
    }
    for (name, run) in columns {
        let trace = &run.trace;
        out += &format!(
            "{name}: {:.1} s of {:.1} s with requests open, moto's CPU {:.1} s, at most {} requests at once, server errors {:?}\n",
            trace.waited_seconds(),
            run.usage.wall_seconds,
            trace.server_cpu_seconds,
            trace.open_max(),
            trace.server_errors(),
        );
    }
    out
}

/// The operations with the most calls.
fn operations(columns: &[(&str, &Run)]) -> String {
    let counts: Vec<BTreeMap<&str, usize>> = columns.iter().map(|(_, run)| run.trace.by_operation()).collect();
    let most = |name: &str| counts.iter().filter_map(|count| count.get(name)).max().copied();
    let mut names: Vec<&str> = counts.iter().flat_map(BTreeMap::keys).copied().collect();
    names.sort_unstable();
    names.dedup();
    names.sort_by_key(|name| Reverse(most(name)));
    let mut out = format!("{:<44}", "calls");
    columns.iter().for_each(|(name, _)| out += &format!("{name:>14}"));
    for name in names.iter().take(OPERATIONS_SHOWN_MAX) {
        out += &format!("\n{name:<44}");
        counts.iter().for_each(|count| out += &format!("{:>14}", count.get(name).copied().unwrap_or(0)));
    }
    out + "\n"
}

/// The runs with a delay against what no client can go below.
fn waiting(plain: &Run, late: &Run, replay: &Run, delay_ms: u64) -> String {
    let (length, last) = plain.trace.chain();
    let bound = f64::from(length) * delay_ms as f64 / 1000.0;
    let mut out = format!(
        "the longest chain of dependent calls is {length} (to {last}): with {delay_ms} ms a call no scan is faster than {bound:.2} s\n"
    );
    for (name, run) in [("moto", late), ("answers from memory", replay)] {
        out += &format!(
            "with {delay_ms} ms more a call, {name}: {:.2} s, {:.1} times the bound; {:.2} s with requests open, at most {} at once, server CPU {:.1} s, {} of {} calls by moto\n",
            run.usage.wall_seconds,
            run.usage.wall_seconds / bound,
            run.trace.busy_seconds(),
            run.trace.open_max(),
            run.trace.server_cpu_seconds,
            run.trace.new_answers(),
            run.trace.len(),
        );
    }
    out
}

/// What `stance` said beside its findings.
fn talk(stderr: &Path) -> Result<String> {
    let text = fs::read_to_string(stderr)?;
    let faults = text.lines().filter(|line| line.contains("fault:")).count();
    Ok(format!("stance said ({faults} faults of policies):\n{text}"))
}

/// Load averages, since a busy machine makes the numbers worse.
fn load() -> String {
    fs::read_to_string("/proc/loadavg").map_or_else(|_| "unknown".to_owned(), |text| text.trim().to_owned())
}

#[expect(clippy::print_stdout, reason = "a developer command talks to its developer")]
fn print(text: &str) {
    println!("{text}");
}
