//! What is happening while a scan runs: on a terminal a few lines that change, else a line an account.

use crate::terminal::{Style, Terminal};
use cloud::AccountHandle;
use engine::scan::Listener;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

/// Between two looks at the counters.
const TICK: Duration = Duration::from_millis(120);
/// Services named on the line.
const SERVICES_MAX: usize = 4;

/// Shows the progress of a scan.
pub(crate) struct Progress {
    terminal: Option<Terminal>,
    bar: ProgressBar,
    handles: Arc<Mutex<Vec<AccountHandle>>>,
    ended: Arc<AtomicBool>,
}

impl Progress {
    /// Show it where somebody looks.
    pub(crate) fn new(terminal: Terminal) -> Self {
        let live = terminal.interactive_talk && !terminal.quiet;
        let target = if live { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        let style = ProgressStyle::with_template("{spinner} {elapsed:>4} {wide_msg}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner());
        bar.set_style(style);
        let progress = Self { terminal: Some(terminal), bar, handles: Arc::default(), ended: Arc::default() };
        if live {
            progress.watch();
        }
        progress
    }

    /// Show nothing.
    pub(crate) fn quiet() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        Self { terminal: None, bar, handles: Arc::default(), ended: Arc::default() }
    }

    /// Take the lines away.
    pub(crate) fn end(&self) {
        self.ended.store(true, Relaxed);
        self.bar.finish_and_clear();
    }

    fn watch(&self) {
        let (bar, handles, ended) = (self.bar.clone(), self.handles.clone(), self.ended.clone());
        thread::spawn(move || {
            while !ended.load(Relaxed) {
                bar.tick();
                if let Some(handle) = handles.lock().unwrap_or_else(PoisonError::into_inner).first() {
                    bar.set_message(line(handle));
                }
                thread::sleep(TICK);
            }
        });
    }
}

/// `1,204 calls · 3 errors · 12 throttled · s3 400, iam 210 …`
fn line(handle: &AccountHandle) -> String {
    let totals = handle.totals();
    let mut services: BTreeMap<Arc<str>, (u64, usize)> = BTreeMap::new();
    for ((service, _), counters) in handle.progress() {
        let entry = services.entry(service).or_default();
        entry.0 += counters.requests;
        entry.1 += 1;
    }
    let mut services: Vec<_> = services.into_iter().collect();
    services.sort_by(|a, b| b.1.0.cmp(&a.1.0).then_with(|| a.0.cmp(&b.0)));
    let busiest: Vec<String> = services
        .iter()
        .take(SERVICES_MAX)
        .map(|(service, (requests, regions))| {
            format!("{service} {requests} in {}", report::text::count(*regions, "region", "regions"))
        })
        .collect();
    let mut text = format!("{} requests", totals.requests);
    for (number, word) in [(totals.errors, "errors"), (totals.throttles, "throttled"), (totals.retries, "repeated")] {
        if number > 0 {
            text.push_str(&format!(" · {number} {word}"));
        }
    }
    format!("{text} · {}", busiest.join(", "))
}

impl Listener for Progress {
    fn account(&self, handle: &AccountHandle) {
        self.handles.lock().unwrap_or_else(PoisonError::into_inner).push(handle.clone());
        if let Some(terminal) = &self.terminal {
            let account = terminal.paint_talk(Style::Bold, handle.id());
            self.bar.suspend(|| {
                terminal.say(&format!(
                    "Reading account {account} in {} as {}",
                    report::text::count(handle.regions().len(), "region", "regions"),
                    handle.identity()
                ))
            });
        }
    }

    fn done(&self, account: &str, resources: usize, findings: usize) {
        if let Some(terminal) = &self.terminal {
            self.bar
                .suspend(|| terminal.say(&format!("Account {account}: {resources} resources, {findings} findings")));
        }
    }
}
