//! The parts of the page that need no script: the verdict, the counts, what to fix first, what could not be read.

use super::safe::{Escaped, escaped};
use crate::{
    Report, Summary,
    library::Library,
    ranking::{Group, groups},
    summary::Counts,
    text::count,
};
use model::Severity;
use std::{
    cmp::Reverse,
    collections::BTreeMap,
    io::{self, Write},
};

/// Policies under "Fix first".
const TOP_MAX: usize = 8;
/// Resources named under each of them.
const TOP_RESOURCES_MAX: usize = 3;
/// Rows of a list before the rest is only counted.
const ROWS_MAX: usize = 200;
/// Rows of a table before the rest is folded.
const SHOWN_MAX: usize = 10;
/// Letters of a name.
const NAME_CHARS_MAX: usize = 120;
/// Letters of a sentence.
const MESSAGE_CHARS_MAX: usize = 320;

pub(super) struct Sections<'a> {
    pub(super) report: &'a Report<'a>,
    pub(super) library: &'a Library<'a>,
    pub(super) summary: &'a Summary,
}

/// `1,234`.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

const SERVICES_HEAD: &str = "<th scope=\"col\">Service</th><th scope=\"col\">Critical</th><th scope=\"col\">High</th>\
    <th scope=\"col\">Medium</th><th scope=\"col\">Low</th><th scope=\"col\">Info</th><th scope=\"col\">Unknown</th>\
    <th scope=\"col\">Set aside</th><th scope=\"col\">Passed</th>";
const UNREAD_HEAD: &str = "<th scope=\"col\">Missing</th><th scope=\"col\">Findings unknown</th>";

/// A table of which only the first rows are shown at once.
fn folded(class: &str, head: &str, rows: &[String], what: &str, out: &mut dyn Write) -> io::Result<()> {
    let table = |hidden: &str, rows: &[String]| {
        format!(
            "<table class=\"{class}\"><thead{hidden}><tr>{head}</tr></thead><tbody>\n{}</tbody></table>",
            rows.concat()
        )
    };
    // One row more is no longer than the line that would unfold it.
    let (first, rest) = rows.split_at(if rows.len() <= SHOWN_MAX + 1 { rows.len() } else { SHOWN_MAX });
    out.write_all(table("", first).as_bytes())?;
    if rest.is_empty() {
        return Ok(());
    }
    let table = table(" class=\"repeated\"", rest);
    write!(out, "<details><summary>{} more {what}</summary>{table}</details>", thousands(rest.len()))
}

fn service_row(service: &str, failed: [usize; 5], counts: Counts) -> String {
    let dash = |number: usize| match number {
        0 => "<td class=\"nil\">–</td>".to_owned(),
        number => format!("<td>{}</td>", thousands(number)),
    };
    let name = escaped(service, NAME_CHARS_MAX);
    let by_severity: String = failed.iter().rev().map(|number| dash(*number)).collect();
    format!(
        "<tr><th scope=\"row\"><a href=\"#service={name}\">{name}</a></th>{by_severity}{}{}{}</tr>\n",
        dash(counts.unknown),
        dash(counts.excepted + counts.manual),
        dash(counts.pass),
    )
}

fn few(names: &[String], what: &str) -> String {
    match names {
        [] => String::new(),
        [one] => escaped(one, NAME_CHARS_MAX),
        [..] if names.len() <= 3 => {
            names.iter().map(|name| escaped(name, NAME_CHARS_MAX)).collect::<Vec<_>>().join(", ")
        }
        [..] => format!("{} {what}", names.len()),
    }
}

impl Sections<'_> {
    /// Under the title: which accounts, which regions, when.
    pub(super) fn facts(&self, out: &mut dyn Write) -> io::Result<()> {
        let meta = &self.report.meta;
        let accounts = match meta.accounts.as_slice() {
            accounts @ [_] => format!("Account {}", few(accounts, "accounts")),
            accounts => few(accounts, "accounts"),
        };
        let finished = meta.finished_at.format("%e %B %Y, %H:%M UTC").to_string();
        let finished = format!("<time datetime=\"{}\">{}</time>", meta.finished_at.to_rfc3339(), finished.trim());
        let facts = [accounts, few(&meta.regions, "regions"), finished];
        let facts: Vec<String> =
            facts.into_iter().filter(|fact| !fact.is_empty()).map(|fact| format!("<li>{fact}</li>")).collect();
        out.write_all(facts.concat().as_bytes())
    }

    /// The page's first sentence.
    pub(super) fn verdict(&self, out: &mut dyn Write) -> io::Result<()> {
        let Counts { fail, unknown, .. } = self.summary.total;
        let policies = groups(self.report.findings).len();
        match (fail, unknown) {
            (0, 0) => write!(out, "Nothing failed."),
            (0, _) => write!(out, "Nothing failed of what could be read."),
            (1, _) => write!(out, "<b>1</b> finding needs attention."),
            _ => write!(
                out,
                "<b>{}</b> findings need attention, under {}.",
                thousands(fail),
                count(policies, "policy", "policies")
            ),
        }
    }

    /// Tiles, one a severity.
    pub(super) fn severities(&self, out: &mut dyn Write) -> io::Result<()> {
        let most = self.summary.by_severity.values().map(|counts| counts.fail).max().unwrap_or(0);
        for severity in Severity::ALL.iter().rev() {
            let fail = self.summary.by_severity.get(severity).map_or(0, |counts| counts.fail);
            write!(
                out,
                "<li class=\"tile {severity}{}\"><a href=\"#status=fail&amp;severity={severity}\"><span class=\"number\">\
                 {}</span> <span class=\"word\">{severity}</span><meter min=\"0\" max=\"{}\" value=\"{fail}\" \
                 aria-hidden=\"true\"></meter></a></li>",
                if fail == 0 { " none" } else { "" },
                thousands(fail),
                most.max(1),
            )?;
        }
        Ok(())
    }

    /// One line: how many findings have each status.
    pub(super) fn statuses(&self, out: &mut dyn Write) -> io::Result<()> {
        let Counts { fail, pass, unknown, manual, excepted } = self.summary.total;
        let rows = [
            ("fail", fail, "failed"),
            ("unknown", unknown, "unknown: could not be read"),
            ("manual", manual, "for a person to look at"),
            ("excepted", excepted, "failed, accepted for now"),
            ("pass", pass, "passed"),
        ];
        for (status, number, words) in rows {
            if number > 0 || matches!(status, "fail" | "pass") {
                let number = thousands(number);
                write!(out, "<li><a href=\"#status={status}\"><b>{number}</b> <span>{words}</span></a></li>")?;
            }
        }
        Ok(())
    }

    /// A row a service, the one with the worst failures first; all but the first few are folded.
    pub(super) fn services(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut failed: BTreeMap<&str, [usize; 5]> = BTreeMap::new();
        for finding in self.report.findings.iter().filter(|finding| finding.is_open_failure()) {
            let row = failed.entry(finding.resource.type_name.service()).or_default();
            if let Some(number) = row.get_mut(finding.severity as usize) {
                *number += 1;
            }
        }
        let failed = |service: &str| failed.get(service).copied().unwrap_or_default();
        let mut services: Vec<(&String, &Counts)> = self.summary.by_service.iter().collect();
        services.sort_by_cached_key(|(service, _)| {
            let [informational, low, medium, high, critical] = failed(service);
            (Reverse([critical, high, medium, low, informational]), (*service).clone())
        });
        let rows: Vec<String> =
            services.into_iter().map(|(service, counts)| service_row(service, failed(service), *counts)).collect();
        folded("services", SERVICES_HEAD, &rows, "services", out)
    }

    /// The riskiest policies with their riskiest resources, and why.
    pub(super) fn top(&self, out: &mut dyn Write) -> io::Result<()> {
        let groups = groups(self.report.findings);
        if groups.is_empty() {
            return out.write_all(b"<li class=\"empty\">Nothing to fix.</li>");
        }
        groups.iter().take(TOP_MAX).try_for_each(|group| self.group(group, out))
    }

    fn group(&self, group: &Group<'_>, out: &mut dyn Write) -> io::Result<()> {
        let Some(first) = group.findings.first() else { return Ok(()) };
        write!(
            out,
            "<li class=\"{severity}\"><span class=\"score\" title=\"risk, of 100\"><span class=\"quiet-label\">Risk \
             </span>{}</span><div><h3><a href=\"#policy={}\">{}</a></h3><p class=\"tag {severity}\">{severity} · {}</p>\
             <p>{}</p>",
            first.risk.score,
            Escaped(group.policy),
            Escaped(self.library.title(group.policy)),
            count(group.findings.len(), "resource", "resources"),
            escaped(&first.message, MESSAGE_CHARS_MAX),
            severity = group.severity(),
        )?;
        if !first.risk.factors.is_empty() {
            out.write_all(b"<ul class=\"factors\" aria-label=\"Why this score\">")?;
            for factor in &first.risk.factors {
                write!(
                    out,
                    "<li><b>{:+}</b> {} <span>{}</span></li>",
                    factor.points,
                    escaped(&factor.name, NAME_CHARS_MAX),
                    escaped(&factor.detail, NAME_CHARS_MAX)
                )?;
            }
            out.write_all(b"</ul>")?;
        }
        if group.findings.len() > 1 {
            let also = group.findings.iter().skip(1).take(TOP_RESOURCES_MAX);
            let also: Vec<String> =
                also.map(|finding| format!("<bdi>{}</bdi>", escaped(&finding.resource.name, NAME_CHARS_MAX))).collect();
            let rest = group.findings.len() - 1 - also.len();
            let rest = if rest > 0 { format!(" and {} more", thousands(rest)) } else { String::new() };
            write!(out, "<p class=\"quiet\">Also {}{rest}</p>", also.join(", "))?;
        }
        out.write_all(b"</div></li>\n")
    }

    /// What could not be read, and the permission that would mend it.
    pub(super) fn unread(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.summary.missing.is_empty() {
            return out.write_all(b"<p>Everything that the policies ask for was read.</p>");
        }
        out.write_all(
            b"<p>These findings are unknown, which is neither a pass nor a failure. Give the scan what is named here, \
              and scan again.</p>\n",
        )?;
        let mut missing: Vec<(&String, &usize)> = self.summary.missing.iter().collect();
        missing.sort_by_key(|(what, number)| (Reverse(**number), *what));
        let rows = missing.iter().take(ROWS_MAX).map(|(what, number)| {
            let (what, number) = (escaped(what, NAME_CHARS_MAX), thousands(**number));
            format!("<tr><th scope=\"row\"><code>{what}</code></th><td>{number}</td></tr>\n")
        });
        folded("unread", UNREAD_HEAD, &rows.collect::<Vec<_>>(), "permissions and calls", out)?;
        match missing.len().saturating_sub(ROWS_MAX) {
            0 => Ok(()),
            more => write!(out, "<p class=\"quiet\">And {} more.</p>", thousands(more)),
        }
    }

    /// What was asked for and not scanned.
    pub(super) fn left_out(&self, out: &mut dyn Write) -> io::Result<()> {
        let left_out = &self.report.meta.left_out;
        if left_out.is_empty() {
            return out.write_all(b"<p>Nothing that was asked for was left out.</p>");
        }
        out.write_all(b"<ul>")?;
        for sentence in left_out.iter().take(ROWS_MAX) {
            writeln!(out, "<li>{}</li>", escaped(sentence, MESSAGE_CHARS_MAX))?;
        }
        if left_out.len() > ROWS_MAX {
            write!(out, "<li>And {} more.</li>", thousands(left_out.len() - ROWS_MAX))?;
        }
        out.write_all(b"</ul>")
    }

    /// The scan in numbers.
    pub(super) fn about(&self, out: &mut dyn Write) -> io::Result<()> {
        let meta = &self.report.meta;
        let seconds = (meta.finished_at - meta.started_at).num_milliseconds().max(0) as f64 / 1_000.0;
        let rows = [
            ("Scan", meta.scan.clone()),
            ("Began", meta.started_at.format("%Y-%m-%d %H:%M:%S UTC").to_string()),
            ("Took", format!("{seconds:.1} s")),
            ("Accounts", meta.accounts.join(", ")),
            ("Regions", meta.regions.join(", ")),
            ("Resources", thousands(meta.resources)),
            ("Findings", thousands(self.summary.total.total())),
            ("Calls made", thousands(usize::try_from(meta.calls).unwrap_or(usize::MAX))),
            ("Made by", format!("stance {}", meta.version)),
        ];
        for (name, value) in rows.iter().filter(|(_, value)| !value.is_empty()) {
            writeln!(out, "<div><dt>{name}</dt><dd>{}</dd></div>", escaped(value, 10 * MESSAGE_CHARS_MAX))?;
        }
        Ok(())
    }
}
