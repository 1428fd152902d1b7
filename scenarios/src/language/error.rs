//! What is wrong with a file, and where.

use core::fmt;

use serde_saphyr::Location;

/// A place in a file, counted from one.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Place {
    /// The line.
    pub line: u64,
    /// The column.
    pub column: u64,
}

impl From<Location> for Place {
    fn from(location: Location) -> Self {
        Self {
            line: location.line(),
            column: location.column(),
        }
    }
}

/// A file that cannot be read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ParseError {
    /// The file's name.
    pub file: String,
    /// Where in it; line 0 for the file as a whole.
    pub place: Place,
    /// What is wrong, and what to do.
    pub message: String,
    /// The line that is wrong.
    pub source_line: String,
}

impl ParseError {
    /// An error at a place of a text.
    pub fn at(file: &str, text: &str, place: Place, message: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            place,
            message: message.into(),
            source_line: source_line(text, place),
        }
    }
}

impl core::error::Error for ParseError {}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { line, column } = self.place;
        if line == 0 {
            return writeln!(f, "{}: {}", self.file, self.message);
        }
        writeln!(f, "{}:{line}:{column}: {}", self.file, self.message)?;
        write!(f, "{}", caret(&self.source_line, self.place))
    }
}

/// One line of a text.
pub(crate) fn source_line(text: &str, place: Place) -> String {
    let at = usize::try_from(place.line)
        .unwrap_or(usize::MAX)
        .saturating_sub(1);
    text.lines().nth(at).unwrap_or_default().to_owned()
}

/// A source line with a mark under the column.
pub(crate) fn caret(line: &str, place: Place) -> String {
    let number = place.line.to_string();
    let margin = " ".repeat(number.len());
    let before = " ".repeat(usize::try_from(place.column).unwrap_or(1).saturating_sub(1));
    format!("  {number} | {line}\n  {margin} | {before}^\n")
}
