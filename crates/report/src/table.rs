//! For a terminal: the top risks, a summary by severity and service, what could not be read and what would mend it.

use crate::{
    Report, Summary,
    summary::Counts,
    text::{count, harmless, shortened},
};
use model::{Finding, Severity};
use std::{collections::BTreeMap, io};

/// Columns kept for a resource's name.
const NAME_CHARS_MAX: usize = 44;
/// Columns of a narrow terminal.
const WIDTH_MIN: usize = 60;

struct Table<'a> {
    report: &'a Report<'a>,
    summary: Summary,
}

pub(crate) fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let table = Table { report, summary: Summary::of(report.findings) };
    table.top(out)?;
    table.services(out)?;
    table.unread(out)?;
    table.last_line(out)
}

impl Table<'_> {
    fn paint(&self, code: &str, text: &str) -> String {
        if self.report.look.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn severity(&self, severity: Severity) -> String {
        let code = match severity {
            Severity::Critical => "1;31",
            Severity::High => "31",
            Severity::Medium => "33",
            Severity::Low => "34",
            Severity::Informational => "2",
        };
        self.paint(code, &format!("{:<13}", severity.as_str()))
    }

    /// Failed policies by their worst risk, each with the resources that it fails on.
    fn top(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let mut groups: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
        for finding in self.report.findings.iter().filter(|finding| finding.is_open_failure()) {
            groups.entry(&finding.policy).or_default().push(finding);
        }
        if groups.is_empty() {
            return Ok(());
        }
        let mut groups: Vec<(&str, Vec<&Finding>)> = groups.into_iter().collect();
        for (_, findings) in &mut groups {
            findings.sort_by_key(|finding| std::cmp::Reverse(finding.risk.score));
        }
        let risk = |findings: &[&Finding]| findings.first().map_or(0, |finding| finding.risk.score);
        groups.sort_by_key(|(policy, findings)| (std::cmp::Reverse(risk(findings)), *policy));
        let width = self.report.look.width.max(WIDTH_MIN);
        let rows_max = if self.report.look.rows_max == 0 { groups.len() } else { self.report.look.rows_max };
        writeln!(out, "{}", self.paint("1", "Top risks"))?;
        writeln!(out, "{}", self.paint("2", "risk  severity       what is wrong"))?;
        for (policy, findings) in groups.iter().take(rows_max) {
            let Some(first) = findings.first() else { continue };
            let title = self.report.catalog.policies.get(*policy).map_or(*policy, |entry| &entry.value.title);
            writeln!(
                out,
                "{:>4}  {}  {}",
                first.risk.score,
                self.severity(first.severity),
                shortened(&harmless(&first.message), width.saturating_sub(21))
            )?;
            let names: Vec<String> = findings
                .iter()
                .skip(1)
                .take(3)
                .map(|finding| shortened(&harmless(&finding.resource.name), NAME_CHARS_MAX))
                .collect();
            let more = match findings.len() {
                1 => String::new(),
                all => format!(
                    " · also {}{}",
                    names.join(", "),
                    if all > 4 { format!(" and {} more", all - 4) } else { String::new() }
                ),
            };
            let below = format!("{policy} · {title}{more}");
            writeln!(out, "{:21}{}", "", self.paint("2", &shortened(&below, width.saturating_sub(21))))?;
        }
        if groups.len() > rows_max {
            writeln!(
                out,
                "{:21}… and {} more policies failed: `stance findings` lists all",
                "",
                groups.len() - rows_max
            )?;
        }
        writeln!(out)
    }

    fn services(&self, out: &mut dyn io::Write) -> io::Result<()> {
        writeln!(out, "{}", self.paint("1", "By service"))?;
        let wide = self.summary.by_service.keys().map(|name| name.chars().count()).max().unwrap_or(7).max(7);
        let head = format!(
            "{:<wide$}  {:>8} {:>6} {:>6} {:>6} {:>6}  {:>6} {:>8} {:>7}",
            "service", "critical", "high", "medium", "low", "info", "passed", "unknown", "excepted"
        );
        writeln!(out, "{}", self.paint("2", &head))?;
        let mut failed: BTreeMap<(&str, Severity), usize> = BTreeMap::new();
        for finding in self.report.findings.iter().filter(|finding| finding.is_open_failure()) {
            *failed.entry((finding.resource.type_name.service(), finding.severity)).or_default() += 1;
        }
        let dash = |number: usize| if number == 0 { "·".to_owned() } else { number.to_string() };
        for (service, counts) in &self.summary.by_service {
            let of = |severity: Severity| dash(failed.get(&(service.as_str(), severity)).copied().unwrap_or(0));
            writeln!(
                out,
                "{service:<wide$}  {:>8} {:>6} {:>6} {:>6} {:>6}  {:>6} {:>8} {:>7}",
                of(Severity::Critical),
                of(Severity::High),
                of(Severity::Medium),
                of(Severity::Low),
                of(Severity::Informational),
                dash(counts.pass),
                dash(counts.unknown),
                dash(counts.excepted),
            )?;
        }
        writeln!(out)
    }

    fn unread(&self, out: &mut dyn io::Write) -> io::Result<()> {
        if self.summary.missing.is_empty() {
            return Ok(());
        }
        writeln!(out, "{}", self.paint("1", "Could not be read"))?;
        let mut missing: Vec<(&String, &usize)> = self.summary.missing.iter().collect();
        missing.sort_by_key(|(what, number)| (std::cmp::Reverse(**number), *what));
        let rows_max = if self.report.look.rows_max == 0 { missing.len() } else { self.report.look.rows_max };
        for (what, number) in missing.iter().take(rows_max) {
            writeln!(out, "  {:<52} {}", harmless(what), count(**number, "finding unknown", "findings unknown"))?;
        }
        if missing.len() > rows_max {
            writeln!(out, "  … and {} more", missing.len() - rows_max)?;
        }
        writeln!(out)
    }

    fn last_line(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let Counts { fail, pass, unknown, manual, excepted } = self.summary.total;
        let by = |severity: Severity| self.summary.by_severity.get(&severity).map_or(0, |counts| counts.fail);
        let worst: Vec<String> = Severity::ALL
            .iter()
            .rev()
            .filter(|severity| by(**severity) > 0)
            .map(|severity| format!("{} {severity}", by(*severity)))
            .collect();
        let worst = if worst.is_empty() { String::new() } else { format!(" ({})", worst.join(", ")) };
        let mut line = format!("{fail} failed{worst}, {pass} passed, {unknown} unknown");
        for (number, word) in [(manual, "to look at by hand"), (excepted, "excepted")] {
            if number > 0 {
                line.push_str(&format!(", {number} {word}"));
            }
        }
        writeln!(out, "{}", self.paint("1", &line))?;
        for left_out in &self.report.meta.left_out {
            writeln!(out, "{}", self.paint("33", &format!("Left out: {}", harmless(left_out))))?;
        }
        Ok(())
    }
}
