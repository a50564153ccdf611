//! Exit codes: a contract, documented in `docs/reference/exit-codes.md`.

use std::process::ExitCode;

/// How a command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// Done, and nothing failed.
    Success,
    /// The command itself could not be done, or only in part.
    Incomplete,
    /// The command line or a file of the user's is wrong.
    Usage,
    /// Done, and something failed.
    Failed,
}

impl Exit {
    /// All, with what they mean.
    pub(crate) const ALL: [(Self, &'static str); 4] = [
        (Self::Success, "done; nothing failed"),
        (Self::Incomplete, "the command itself could not be done, or less was scanned than was asked for"),
        (Self::Usage, "the command line, the configuration or a catalog file is wrong"),
        (Self::Failed, "done; at least one policy failed (`--fail-on SEVERITY` moves the line)"),
    ];

    /// The number.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Incomplete => 1,
            Self::Usage => 2,
            Self::Failed => 3,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
