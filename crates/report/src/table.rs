//! For a terminal: what to fix first, counts by service, what could not be read and what would mend it; the verdict last, where
//! the eye is when the command ends. Meaning is never in colour alone.

use crate::{
    Report, Summary,
    ranking::{Group, groups},
    summary::Counts,
    text::{count, harmless, shortened, wrapped},
};
use model::{Cause, Severity, Status};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
};

/// Columns kept for a resource's name.
const NAME_CHARS_MAX: usize = 40;
/// Columns kept for a service's name.
const SERVICE_CHARS_MAX: usize = 20;
/// A narrower terminal wraps lines itself.
const WIDTH_MIN: usize = 60;
/// Lines of prose are not longer, however wide the terminal.
const PROSE_WIDTH_MAX: usize = 120;
/// Columns before the sentence of a risk.
const MARGIN: usize = 18;
/// Lines of one sentence.
const SENTENCE_LINES_MAX: usize = 2;
/// Other resources named beside the riskiest.
const ALSO_MAX: usize = 3;

struct Table<'a> {
    report: &'a Report<'a>,
    summary: Summary,
    groups: Vec<Group<'a>>,
}

pub(crate) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let table = Table { report, summary: Summary::of(report.findings), groups: groups(report.findings) };
    table.first(out)?;
    table.services(out)?;
    table.unread(out)?;
    table.verdict(out)?;
    table.next(out)
}

/// Short, since it stands in a column.
fn word(severity: Severity) -> &'static str {
    if severity == Severity::Informational { "info" } else { severity.as_str() }
}

fn or_dot(number: usize) -> String {
    if number == 0 { "·".to_owned() } else { number.to_string() }
}

impl<'a> Table<'a> {
    fn paint(&self, code: &str, text: &str) -> String {
        if self.report.look.colour && !text.is_empty() { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn severity(&self, severity: Severity) -> String {
        let code = match severity {
            Severity::Critical => "1;31",
            Severity::High => "31",
            Severity::Medium => "33",
            Severity::Low => "34",
            Severity::Informational => "2",
        };
        self.paint(code, &format!("{:<8}", word(severity)))
    }

    fn width(&self) -> usize {
        self.report.look.width.max(WIDTH_MIN)
    }

    /// How many of a list are shown.
    fn shown(&self, all: usize) -> usize {
        if self.report.look.rows_max == 0 { all } else { all.min(self.report.look.rows_max) }
    }

    /// A sentence in lines beside a margin that the caller has begun.
    fn sentence(&self, text: &str, width: usize) -> Vec<String> {
        let mut lines = wrapped(&harmless(text), width);
        let cut = lines.len() > SENTENCE_LINES_MAX;
        lines.truncate(SENTENCE_LINES_MAX);
        if let (true, Some(last)) = (cut, lines.last_mut()) {
            last.push('…');
        }
        lines.into_iter().map(|line| shortened(&line, width)).collect()
    }

    /// Failed policies by their highest risk, each with the resource that has it.
    fn first(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.groups.is_empty() {
            return Ok(());
        }
        let shown = self.shown(self.groups.len());
        writeln!(out, "{}", self.paint("1", "Fix first"))?;
        writeln!(out, "{}", self.paint("2", "  risk"))?;
        for group in self.groups.iter().take(shown) {
            self.group(group, out)?;
        }
        if self.groups.len() > shown {
            let more = count(self.groups.len() - shown, "more policy", "more policies");
            writeln!(out, "{:MARGIN$}and {more} failed", "")?;
        }
        writeln!(out)
    }

    fn group(&self, group: &Group<'_>, out: &mut dyn Write) -> io::Result<()> {
        let Some(first) = group.findings.first() else { return Ok(()) };
        let width = self.width().min(PROSE_WIDTH_MAX).saturating_sub(MARGIN);
        for (index, line) in self.sentence(&first.message, width).iter().enumerate() {
            match index {
                0 => writeln!(out, "  {:>4}  {}  {line}", first.risk.score, self.severity(first.severity))?,
                _ => writeln!(out, "{:MARGIN$}{line}", "")?,
            }
        }
        let mut below = vec![group.policy.to_owned()];
        if self.report.meta.accounts.len() > 1 && !first.resource.account.is_empty() {
            below.push(first.resource.account.clone());
        }
        if !matches!(first.resource.region.as_str(), "" | "global") {
            below.push(first.resource.region.clone());
        }
        let names: Vec<String> = (group.findings.iter().skip(1).take(ALSO_MAX))
            .map(|finding| shortened(&harmless(&finding.resource.name), NAME_CHARS_MAX))
            .collect();
        let rest = group.findings.len().saturating_sub(1 + names.len());
        match (names.is_empty(), rest) {
            (true, _) => {}
            (false, 0) => below.push(format!("also {}", names.join(", "))),
            (false, rest) => below.push(format!("also {} and {rest} more", names.join(", "))),
        }
        for line in self.sentence(&below.join(" · "), width) {
            writeln!(out, "{:MARGIN$}{}", "", self.paint("2", &line))?;
        }
        Ok(())
    }

    /// Numbers by service, the one with the worst failures first; those in which nothing is wrong in a line.
    fn services(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut failed: BTreeMap<&str, [usize; 5]> = BTreeMap::new();
        for finding in self.report.findings.iter().filter(|finding| finding.is_open_failure()) {
            let row = failed.entry(finding.resource.type_name.service()).or_default();
            if let Some(number) = row.get_mut(finding.severity as usize) {
                *number += 1;
            }
        }
        let failed = |service: &str| failed.get(service).copied().unwrap_or_default();
        let (clean, mut open): (Vec<_>, Vec<_>) =
            self.summary.by_service.iter().partition(|(_, counts)| counts.total() == counts.pass);
        open.sort_by_cached_key(|(service, _)| {
            let [informational, low, medium, high, critical] = failed(service);
            (Reverse([critical, high, medium, low, informational]), (*service).clone())
        });
        if open.is_empty() && clean.is_empty() {
            return Ok(());
        }
        writeln!(out, "{}", self.paint("1", "By service"))?;
        if !open.is_empty() {
            let wide = open.iter().map(|(service, _)| service.chars().count()).max().unwrap_or(0);
            let wide = wide.clamp("service".len(), SERVICE_CHARS_MAX);
            let head = ["critical", "high", "medium", "low", "info", "unknown", "set aside", "passed"];
            let head: String = head.iter().map(|name| format!("  {name:>6}")).collect();
            writeln!(out, "{}", self.paint("2", &format!("  {:<wide$}{head}", "service")))?;
            for (service, counts) in open {
                let [informational, low, medium, high, critical] = failed(service).map(or_dot);
                let (unknown, aside) = (or_dot(counts.unknown), or_dot(counts.manual + counts.excepted));
                writeln!(
                    out,
                    "  {:<wide$}  {critical:>8}  {high:>6}  {medium:>6}  {low:>6}  {informational:>6}  {unknown:>7}  \
                     {aside:>9}  {:>6}",
                    shortened(&harmless(service), wide),
                    or_dot(counts.pass),
                )?;
            }
        }
        if !clean.is_empty() {
            let names = clean.iter().map(|(service, _)| harmless(service)).collect::<Vec<_>>().join(", ");
            self.paragraph(&format!("Nothing wrong in {names}"), out)?;
        }
        writeln!(out)
    }

    fn paragraph(&self, text: &str, out: &mut dyn Write) -> io::Result<()> {
        for line in wrapped(text, self.width().min(PROSE_WIDTH_MAX).saturating_sub(2)) {
            writeln!(out, "  {line}")?;
        }
        Ok(())
    }

    /// What is missing and how many findings want it; then what would mend it.
    fn unread(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.summary.missing.is_empty() {
            return Ok(());
        }
        writeln!(out, "{}", self.paint("1", "Could not be read"))?;
        let mut missing: Vec<(&String, &usize)> = self.summary.missing.iter().collect();
        missing.sort_by_key(|(what, number)| (Reverse(**number), *what));
        let shown = self.shown(missing.len());
        let room = self.width().saturating_sub(30);
        let wide = missing.iter().take(shown).map(|(what, _)| what.chars().count()).max().unwrap_or(0).min(room);
        for (what, number) in missing.iter().take(shown) {
            let what = shortened(&harmless(what), wide);
            writeln!(out, "  {what:<wide$}  {}", count(**number, "finding unknown", "findings unknown"))?;
        }
        if missing.len() > shown {
            writeln!(out, "  and {} more", missing.len() - shown)?;
        }
        for provider in self.denied() {
            self.paragraph(
                &format!("`stance permissions {}` prints the permissions to grant.", harmless(provider)),
                out,
            )?;
        }
        writeln!(out)
    }

    /// Providers that refused something.
    fn denied(&self) -> BTreeSet<&'a str> {
        let denied = self.report.findings.iter().filter(|finding| match &finding.status {
            Status::Unknown(missing) => missing.lacks().iter().any(|lack| lack.cause == Cause::Denied),
            _ => false,
        });
        denied.map(|finding| finding.resource.type_name.provider()).collect()
    }

    /// One line, and what was left out.
    fn verdict(&self, out: &mut dyn Write) -> io::Result<()> {
        let Counts { fail, pass, unknown, manual, excepted } = self.summary.total;
        let by = |severity: Severity| self.summary.by_severity.get(&severity).map_or(0, |counts| counts.fail);
        let worst = Severity::ALL.into_iter().rev().filter(|severity| by(*severity) > 0);
        let worst: Vec<String> = worst.map(|severity| format!("{} {}", by(severity), word(severity))).collect();
        let worst = if worst.is_empty() { String::new() } else { format!(" ({})", worst.join(", ")) };
        let mut line = format!("{fail} failed{worst}, {pass} passed, {unknown} unknown");
        for (number, word) in [(manual, "to look at by hand"), (excepted, "excepted")] {
            if number > 0 {
                line.push_str(&format!(", {number} {word}"));
            }
        }
        for line in wrapped(&line, self.width()) {
            writeln!(out, "{}", self.paint("1", &line))?;
        }
        for left_out in &self.report.meta.left_out {
            for line in wrapped(&format!("Left out: {}", harmless(left_out)), self.width()) {
                writeln!(out, "{}", self.paint("33", &shortened(&line, self.width())))?;
            }
        }
        Ok(())
    }

    /// What to type now. Only for a scan that is remembered, since that is where the commands look.
    fn next(&self, out: &mut dyn Write) -> io::Result<()> {
        let first = self.groups.first().and_then(|group| group.findings.first());
        let (Some(first), false) = (first, self.report.meta.scan.is_empty()) else { return Ok(()) };
        let id: String = first.id.to_string().chars().take(8).collect();
        writeln!(out, "\n  stance explain {id}   why the first one failed, and how to fix it")?;
        writeln!(out, "  stance findings           all of them; --format html writes a report to share")
    }
}
