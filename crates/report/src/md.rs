//! Markdown, short: for a comment under a pull request or the summary of a pipeline's step.

use crate::{
    Report, Summary,
    library::Library,
    ranking::groups,
    text::{count, obeyed, shortened},
};
use model::Severity;
use std::{
    fmt,
    io::{self, Write},
};

/// Policies in the table.
const POLICIES_MAX: usize = 20;
/// Rows of what was not read or left out.
const ROWS_MAX: usize = 10;
/// Letters of a cell; a comment on GitHub holds 65,536.
const CELL_CHARS_MAX: usize = 160;

/// Text that is shown as it is: no markup, no table's end, nobody mentioned, nothing linked.
struct Plain<'a>(&'a str);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in shortened(self.0, CELL_CHARS_MAX).chars() {
            match letter {
                '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => f.write_str(" ")?,
                letter if obeyed(letter) => f.write_str("\u{fffd}")?,
                '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '!' | '|' | '~' | '$' | '^' | '<'
                | '>' | '&' | '#' | '@' | ':' | '"' => write!(f, "&#{};", u32::from(letter))?,
                letter => fmt::Write::write_char(f, letter)?,
            }
        }
        Ok(())
    }
}

/// `www.` at the start of a word becomes a link by itself.
fn plain(text: &str) -> String {
    Plain(text).to_string().replace("www.", "www&#46;")
}

pub(crate) fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let summary = Summary::of(report.findings);
    let total = summary.total;
    writeln!(out, "## Cloud security: {}\n", count(total.fail, "open failure", "open failures"))?;
    let by = |severity: Severity| summary.by_severity.get(&severity).map_or(0, |counts| counts.fail);
    writeln!(out, "| Critical | High | Medium | Low | Info | Unknown | By hand | Accepted | Passed |")?;
    writeln!(out, "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")?;
    let numbers: Vec<String> = Severity::ALL.iter().rev().map(|severity| by(*severity).to_string()).collect();
    let (unknown, manual, excepted, pass) = (total.unknown, total.manual, total.excepted, total.pass);
    writeln!(out, "| {} | {unknown} | {manual} | {excepted} | {pass} |\n", numbers.join(" | "))?;
    failures(report, out)?;
    let mut missing: Vec<(&String, &usize)> = summary.missing.iter().collect();
    missing.sort_by_key(|(what, number)| (std::cmp::Reverse(**number), *what));
    let missing: Vec<String> = missing
        .iter()
        .map(|(what, number)| format!("{}: {}", plain(what), count(**number, "finding unknown", "findings unknown")))
        .collect();
    list("Could not be read", &missing, out)?;
    list("Left out", &report.meta.left_out.iter().map(|sentence| plain(sentence)).collect::<Vec<_>>(), out)?;
    let time = report.meta.finished_at.format("%Y-%m-%d %H:%M UTC");
    let resources = count(report.meta.resources, "resource", "resources");
    writeln!(out, "<sub>stance {}, {time}, {resources}</sub>", plain(&report.meta.version))
}

fn failures(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let library = Library::of(report.catalog);
    let groups = groups(report.findings);
    if groups.is_empty() {
        return Ok(());
    }
    writeln!(out, "| Risk | Severity | Policy | Resources | Worst |\n| ---: | --- | --- | ---: | --- |")?;
    for group in groups.iter().take(POLICIES_MAX) {
        let Some(first) = group.findings.first() else { continue };
        let (risk, severity, number) = (group.risk(), group.severity(), group.findings.len());
        let (title, message) = (plain(library.title(group.policy)), plain(&first.message));
        writeln!(out, "| {risk} | {severity} | {title} | {number} | {message} |")?;
    }
    if groups.len() > POLICIES_MAX {
        let more = count(groups.len() - POLICIES_MAX, "more policy", "more policies");
        writeln!(out, "\n{more} failed.")?;
    }
    writeln!(out)
}

fn list(title: &str, lines: &[String], out: &mut dyn Write) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out, "**{title}**\n")?;
    for line in lines.iter().take(ROWS_MAX) {
        writeln!(out, "- {line}")?;
    }
    if lines.len() > ROWS_MAX {
        writeln!(out, "- and {} more", lines.len() - ROWS_MAX)?;
    }
    writeln!(out)
}
