//! The only place that prints. stdout is data, stderr is talk; a reader that goes away is success, not an error.

use std::{
    io::{self, BufWriter, IsTerminal, Write},
    process,
};

/// How to talk to the user.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terminal {
    /// Whether a person reads stdout on a screen, so that lines have to fit.
    pub(crate) fits: bool,
    /// Whether stderr is.
    pub(crate) interactive_talk: bool,
    /// Whether colours are wanted on stdout.
    pub(crate) colour: bool,
    /// Whether colours are wanted on stderr.
    pub(crate) colour_talk: bool,
    /// Say nothing but errors.
    pub(crate) quiet: bool,
    /// Columns of the terminal.
    pub(crate) width: usize,
}

/// Columns where there is no terminal to ask.
const WIDTH_DEFAULT: usize = 100;

impl Terminal {
    /// From the environment: `NO_COLOR`, `CLICOLOR_FORCE`, `TERM=dumb`, `COLUMNS`, and what the streams are.
    pub(crate) fn detect(quiet: bool) -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let (interactive, interactive_talk) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        let plain = set("NO_COLOR") || std::env::var("TERM").is_ok_and(|term| term == "dumb");
        let forced = set("CLICOLOR_FORCE") || set("FORCE_COLOR");
        let colour = |is_terminal: bool| !plain && (is_terminal || forced);
        let columns = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
        let width = columns
            .or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)))
            .unwrap_or(WIDTH_DEFAULT);
        Self {
            fits: interactive,
            interactive_talk,
            colour: colour(interactive),
            colour_talk: colour(interactive_talk),
            quiet,
            width,
        }
    }

    /// Data, to stdout.
    pub(crate) fn data(&self, text: &str) {
        self.stream(|out| out.write_all(text.as_bytes()));
    }

    /// Data written by a function, to stdout.
    pub(crate) fn stream(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
        let mut out = BufWriter::with_capacity(64 * 1024, io::stdout().lock());
        if let Err(error) = write(&mut out).and_then(|()| out.flush()) {
            end_of_output(&error);
        }
    }

    /// Talk, to stderr, unless quiet.
    pub(crate) fn say(&self, text: &str) {
        if !self.quiet {
            self.insist(text);
        }
    }

    /// Talk that is said even when quiet: errors and what was left undone.
    #[expect(clippy::unused_self, reason = "printing goes through the terminal")]
    pub(crate) fn insist(&self, text: &str) {
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// A text in a colour of stdout, where colours are wanted.
    pub(crate) fn paint(&self, style: Style, text: &str) -> String {
        if self.colour { format!("\x1b[{}m{text}\x1b[0m", style.code()) } else { text.to_owned() }
    }

    /// A text in a colour of stderr, where colours are wanted.
    pub(crate) fn paint_talk(&self, style: Style, text: &str) -> String {
        if self.colour_talk { format!("\x1b[{}m{text}\x1b[0m", style.code()) } else { text.to_owned() }
    }
}

fn end_of_output(error: &io::Error) -> ! {
    if error.kind() == io::ErrorKind::BrokenPipe {
        process::exit(0);
    }
    let _ = writeln!(io::stderr().lock(), "error: can't write the output: {error}");
    process::exit(i32::from(crate::exit::Exit::Incomplete.code()));
}

/// How a text looks; meaning is never in the colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// A heading.
    Bold,
    /// Beside the point.
    Dim,
    /// Bad.
    Red,
    /// Worrying.
    Yellow,
    /// Good.
    Green,
}

impl Style {
    fn code(self) -> &'static str {
        match self {
            Self::Bold => "1",
            Self::Dim => "2",
            Self::Red => "31",
            Self::Yellow => "33",
            Self::Green => "32",
        }
    }
}
