//! One page that needs nothing else: no server, no network. Summary and top risks are plain HTML; the findings are compact
//! JSON that a small script renders as far as somebody scrolls, so that a hundred thousand of them open.
//!
//! Outside text reaches the page in two ways only: through [`safe::Escaped`] or as JSON made by [`safe::InScript`].

mod data;
mod safe;
mod sections;

use crate::{Report, Summary, library::Library};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use sections::Sections;
use sha2::{Digest as _, Sha256};
use std::io;

static PAGE: &str = include_str!("html/page.html");
static STYLE: &str = include_str!("html/style.css");
static SCRIPT: &str = include_str!("html/script.js");

/// The page's source is text with holes, `{{name}}`.
pub(crate) fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let library = Library::of(report.catalog);
    let sections = Sections { report, library: &library, summary: &Summary::of(report.findings) };
    let mut parts = PAGE.split("{{");
    out.write_all(parts.next().unwrap_or_default().as_bytes())?;
    for part in parts {
        let (hole, text) = part.split_once("}}").expect("holes of the page are closed");
        match hole {
            "policy" => write!(
                out,
                "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
                hash(STYLE),
                hash(SCRIPT)
            )?,
            "style" => out.write_all(STYLE.as_bytes())?,
            "script" => out.write_all(SCRIPT.as_bytes())?,
            "facts" => sections.facts(out)?,
            "verdict" => sections.verdict(out)?,
            "severities" => sections.severities(out)?,
            "statuses" => sections.statuses(out)?,
            "services" => sections.services(out)?,
            "top" => sections.top(out)?,
            "unread" => sections.unread(out)?,
            "left-out" => sections.left_out(out)?,
            "about" => sections.about(out)?,
            "data" => data::write(report, &library, out)?,
            other => unreachable!("the page has a hole {other} that nobody fills"),
        }
        out.write_all(text.as_bytes())?;
    }
    Ok(())
}

/// As a content security policy names inline text.
fn hash(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text)))
}
