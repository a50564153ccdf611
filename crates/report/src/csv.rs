//! CSV with Prowler's columns in Prowler's order, `;` between them, so that what reads its files reads ours.
//! <https://docs.prowler.com/user-guide/cli/tutorials/reporting>
//!
//! `STATUS` has one word more, `UNKNOWN`. A cell that a spreadsheet would take for a formula begins with `'`.
//! <https://owasp.org/www-community/attacks/CSV_Injection>

use crate::{
    Report,
    library::Library,
    text::{fitted, obeyed},
    vocabulary::partition,
};
use model::{Finding, Status};
use std::{borrow::Cow, collections::BTreeMap, io};

/// The longest cell; spreadsheets hold 32,767 letters.
const CELL_BYTES_MAX: usize = 32_000;

const COLUMNS: [&str; 41] = [
    "AUTH_METHOD",
    "TIMESTAMP",
    "ACCOUNT_UID",
    "ACCOUNT_NAME",
    "ACCOUNT_EMAIL",
    "ACCOUNT_ORGANIZATION_UID",
    "ACCOUNT_ORGANIZATION_NAME",
    "ACCOUNT_TAGS",
    "FINDING_UID",
    "PROVIDER",
    "CHECK_ID",
    "CHECK_TITLE",
    "CHECK_TYPE",
    "STATUS",
    "STATUS_EXTENDED",
    "MUTED",
    "SERVICE_NAME",
    "SUBSERVICE_NAME",
    "SEVERITY",
    "RESOURCE_TYPE",
    "RESOURCE_UID",
    "RESOURCE_NAME",
    "RESOURCE_DETAILS",
    "RESOURCE_TAGS",
    "PARTITION",
    "REGION",
    "DESCRIPTION",
    "RISK",
    "RELATED_URL",
    "REMEDIATION_RECOMMENDATION_TEXT",
    "REMEDIATION_RECOMMENDATION_URL",
    "REMEDIATION_CODE_NATIVEIAC",
    "REMEDIATION_CODE_TERRAFORM",
    "REMEDIATION_CODE_CLI",
    "REMEDIATION_CODE_OTHER",
    "COMPLIANCE",
    "CATEGORIES",
    "DEPENDS_ON",
    "RELATED_TO",
    "NOTES",
    "PROWLER_VERSION",
];
/// Prowler's last column, after its version.
const LAST: &str = "ADDITIONAL_URLS";

/// What the rows of one policy share, made once.
#[derive(Default)]
struct Shared<'a> {
    title: &'a str,
    risk: &'a str,
    steps: String,
    references: &'a [String],
    terraform: &'a str,
    cli: &'a str,
    compliance: String,
    category: String,
    notes: String,
}

impl<'a> Shared<'a> {
    fn of(library: &'a Library<'a>, id: &'a str) -> Self {
        let title = library.title(id);
        let Some(policy) = library.policy(id) else { return Self { title, ..Self::default() } };
        let claims = library.claims(id);
        let claims = claims.iter().map(|claim| format!("{}: {}", claim.name, claim.requirements.join(", ")));
        let equivalents = policy.equivalents.by_tool();
        let equivalents = equivalents.iter().map(|(tool, ids)| format!("{tool}: {}", ids.join(", ")));
        Self {
            title,
            risk: policy.risk.trim(),
            steps: library.steps(id),
            references: &policy.references,
            terraform: policy.fix.guide.terraform.as_deref().unwrap_or_default().trim(),
            cli: policy.fix.guide.cli.as_deref().unwrap_or_default().trim(),
            compliance: claims.collect::<Vec<_>>().join(" | "),
            category: serde_json::to_value(policy.category)
                .ok()
                .and_then(|word| word.as_str().map(str::to_owned))
                .unwrap_or_default(),
            notes: equivalents.collect::<Vec<_>>().join(" | "),
        }
    }
}

/// A cell: no formula, no control characters but line ends, not too long, quoted where it must be.
fn cell(text: &str, line: &mut String) {
    let text = fitted(text, CELL_BYTES_MAX);
    let formula = text.trim_start_matches([' ', '\u{a0}', '\u{feff}']);
    let is_formula = formula.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let quoted = is_formula
        || text.contains([';', ',', '"', '\'', '\n', '\r', '\t', '|'])
        || text.starts_with(' ')
        || text.ends_with(' ');
    if quoted {
        line.push('"');
    }
    if is_formula {
        line.push('\'');
    }
    for letter in text.chars() {
        match letter {
            '"' => line.push_str("\"\""),
            '\n' => line.push('\n'),
            '\t' | '\r' => line.push(' '),
            letter if obeyed(letter) => line.push(char::REPLACEMENT_CHARACTER),
            letter => line.push(letter),
        }
    }
    if quoted {
        line.push('"');
    }
}

fn details(finding: &Finding) -> Cow<'_, str> {
    if finding.evidence.is_empty() {
        return Cow::Borrowed("");
    }
    Cow::Owned(serde_json::to_string(&finding.evidence).unwrap_or_default())
}

fn status(finding: &Finding) -> (&'static str, String) {
    match &finding.status {
        Status::Pass => ("PASS", finding.message.to_string()),
        Status::Fail => ("FAIL", finding.message.to_string()),
        Status::Manual => ("MANUAL", finding.message.to_string()),
        Status::Unknown(missing) => ("UNKNOWN", format!("{} Missing: {missing}", finding.message)),
    }
}

fn row(report: &Report<'_>, finding: &Finding, shared: &Shared<'_>, line: &mut String) {
    let resource = &finding.resource;
    let (status, extended) = status(finding);
    let account = &resource.account;
    let service = resource.type_name.service();
    let time = report.meta.finished_at.format("%Y-%m-%d %H:%M:%S%.6f").to_string();
    let references = shared.references.join(" | ");
    let (first, id) = (shared.references.first().map_or("", String::as_str), finding.id.to_string());
    let muted = if finding.exception.is_some() { "True" } else { "False" };
    let cells: [&str; COLUMNS.len()] = [
        "",
        &time,
        account,
        account,
        "",
        "",
        "",
        "",
        &id,
        &resource.provider,
        &finding.policy,
        shared.title,
        "",
        status,
        &extended,
        muted,
        service,
        "",
        finding.severity.as_str(),
        resource.type_name.as_str(),
        &resource.id,
        &resource.name,
        &details(finding),
        "",
        partition(resource),
        &resource.region,
        shared.title,
        shared.risk,
        "",
        &shared.steps,
        first,
        "",
        shared.terraform,
        shared.cli,
        "",
        &shared.compliance,
        &shared.category,
        "",
        "",
        &shared.notes,
        &report.meta.version,
    ];
    line.clear();
    for text in cells {
        cell(text, line);
        line.push(';');
    }
    cell(&references, line);
    line.push('\n');
}

pub(crate) fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let library = Library::of(report.catalog);
    let mut shared: BTreeMap<&str, Shared<'_>> = BTreeMap::new();
    let mut line = String::new();
    writeln!(out, "{};{LAST}", COLUMNS.join(";"))?;
    for finding in report.findings {
        let shared = shared.entry(&finding.policy).or_insert_with(|| Shared::of(&library, &finding.policy));
        row(report, finding, shared, &mut line);
        out.write_all(line.as_bytes())?;
    }
    Ok(())
}
