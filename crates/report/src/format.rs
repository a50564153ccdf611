//! The list of formats. To add one: its file, and one word here.

use crate::Report;
use std::{fmt, io, str::FromStr};

macro_rules! formats {
    ($($(#[doc = $about:literal])+ $module:ident $variant:ident,)+) => {
        /// An output format.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Format { $($(#[doc = $about])+ $variant,)+ }

        impl Format {
            /// All, with what they are.
            pub const ALL: &[(Self, &str, &str)] = &[$((Self::$variant, stringify!($module), concat!($($about),+)),)+];

            /// Write a report.
            ///
            /// # Errors
            /// Where the output can't be written.
            pub fn write(self, report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
                match self { $(Self::$variant => crate::$module::write(report, out),)+ }
            }
        }
    };
}

formats! {
    /// For a terminal: a summary, the top risks, what could not be read.
    table Table,
    /// One JSON document: findings, policies, summary.
    json Json,
    /// One finding a line; a stable contract.
    jsonl Jsonl,
    /// One page that needs no server and no network.
    html Html,
    /// OCSF 1.5.0: Compliance Findings, or Detection Findings.
    ocsf Ocsf,
    /// SARIF 2.1.0, failures only: for code scanning.
    sarif Sarif,
    /// A table with Prowler's columns.
    csv Csv,
    /// JUnit XML: a suite a service.
    junit Junit,
    /// Markdown, short: for a pull request.
    md Md,
    /// ASFF, for Security Hub.
    asff Asff,
}

impl Format {
    /// Its word on the command line.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(format, _, _)| *format == self).map_or("", |(_, word, _)| word)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().find(|(_, known, _)| *known == word).map(|(format, _, _)| *format);
        found.ok_or_else(|| {
            let known = Self::ALL.iter().map(|(_, word, _)| *word).collect::<Vec<_>>().join(", ");
            format!("'{word}' is no format: use one of {known}")
        })
    }
}
