//! JUnit XML for a pipeline's test view: a suite a service, a case a policy and resource.
//! <https://github.com/jenkinsci/xunit-plugin/blob/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd>
//!
//! An unknown finding is an `error`, since the test could not be made; manual and accepted ones are `skipped`.

use crate::{
    Report,
    library::Library,
    text::{fitted, obeyed},
};
use model::{Finding, Status};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    io::{self, Write},
};

/// The longest name or message.
const TEXT_BYTES_MAX: usize = 2_000;
/// The most evidence of one case.
const EVIDENCE_BYTES_MAX: usize = 8_000;

/// Text in an attribute or an element; what XML 1.0 does not allow is replaced.
/// <https://www.w3.org/TR/xml/#charsets>
struct Xml<'a>(&'a str);

impl fmt::Display for Xml<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in fitted(self.0, EVIDENCE_BYTES_MAX).chars() {
            match letter {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&apos;")?,
                '\n' => f.write_str("&#10;")?,
                '\t' | '\r' => f.write_str(" ")?,
                '\u{fffe}' | '\u{ffff}' => f.write_str("\u{fffd}")?,
                letter if obeyed(letter) => f.write_str("\u{fffd}")?,
                letter => fmt::Write::write_char(f, letter)?,
            }
        }
        Ok(())
    }
}

/// Cut, then escaped.
fn attribute(text: &str) -> String {
    Xml(&fitted(text, TEXT_BYTES_MAX)).to_string()
}

#[derive(Default)]
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

impl Counts {
    fn of<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Self {
        let mut counts = Self::default();
        for finding in findings {
            counts.tests += 1;
            match finding.status {
                Status::Pass => {}
                Status::Fail if finding.exception.is_some() => counts.skipped += 1,
                Status::Manual => counts.skipped += 1,
                Status::Fail => counts.failures += 1,
                Status::Unknown(_) => counts.errors += 1,
            }
        }
        counts
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tests, failures, errors, skipped } = self;
        write!(f, "tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\"")
    }
}

/// What a person reads who opens a failed case.
fn explanation(library: &Library<'_>, finding: &Finding) -> String {
    let resource = &finding.resource;
    let mut text = format!("{}\n\nResource: {}\n", finding.message, resource.id);
    if !resource.file.is_empty() {
        text.push_str(&format!("File: {}:{}\n", resource.file, resource.line));
    }
    text.push_str(&format!(
        "Account: {}\nRegion: {}\nRisk: {} of 100\n",
        resource.account, resource.region, finding.risk.score
    ));
    if !finding.evidence.is_empty() {
        let evidence = serde_json::to_string(&finding.evidence).unwrap_or_default();
        text.push_str(&format!("Evidence: {}\n", fitted(&evidence, TEXT_BYTES_MAX)));
    }
    let steps = library.steps(&finding.policy);
    if !steps.is_empty() {
        text.push_str(&format!("How to fix it: {steps}\n"));
    }
    text.push_str(&format!("Finding: {}\n", finding.id));
    text
}

fn case(library: &Library<'_>, finding: &Finding, name: &str, out: &mut dyn Write) -> io::Result<()> {
    let policy = attribute(&finding.policy);
    write!(out, "    <testcase classname=\"{policy}\" name=\"{}\" time=\"0\"", attribute(name))?;
    let message = attribute(&finding.message);
    match (&finding.status, &finding.exception) {
        (Status::Pass, _) => return out.write_all(b"/>\n"),
        (Status::Manual, _) => write!(out, "><skipped message=\"To look at by hand: {message}\"/>")?,
        (Status::Fail, Some(note)) => {
            let until = if note.until.is_empty() { String::new() } else { format!(" until {}", note.until) };
            let accepted = format!("Accepted by {}{until}: {}", note.owner, note.reason);
            write!(out, "><skipped message=\"{}\"/>", attribute(&accepted))?;
        }
        (Status::Fail, None) => {
            let text = explanation(library, finding);
            write!(out, "><failure type=\"{}\" message=\"{message}\">{}</failure>", finding.severity, Xml(&text))?;
        }
        (Status::Unknown(missing), _) => {
            let missing = format!("Could not be read: {missing}");
            let text = explanation(library, finding);
            write!(out, "><error type=\"unknown\" message=\"{}\">{}</error>", attribute(&missing), Xml(&text))?;
        }
    }
    out.write_all(b"</testcase>\n")
}

pub(crate) fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let library = Library::of(report.catalog);
    let mut services: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in report.findings {
        services.entry(finding.resource.type_name.service()).or_default().push(finding);
    }
    out.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")?;
    writeln!(out, "<testsuites name=\"stance\" {} time=\"0\">", Counts::of(report.findings))?;
    // The schema's time has no zone; it is UTC.
    let time = report.meta.finished_at.format("%Y-%m-%dT%H:%M:%S");
    for (service, findings) in services {
        let counts = Counts::of(findings.iter().copied());
        writeln!(out, "  <testsuite name=\"{}\" {counts} time=\"0\" timestamp=\"{time}\">", attribute(service))?;
        // Readers take two cases of one name for one.
        let mut names: BTreeSet<(&str, &str)> = BTreeSet::new();
        for finding in findings {
            let resource = &finding.resource;
            let name = if resource.address.is_empty() { &resource.id } else { &resource.address };
            if names.insert((&finding.policy, name)) {
                case(&library, finding, name, out)?;
            } else {
                case(&library, finding, &format!("{} {}", fitted(name, TEXT_BYTES_MAX / 2), finding.id), out)?;
            }
        }
        out.write_all(b"  </testsuite>\n")?;
    }
    out.write_all(b"</testsuites>\n")
}
