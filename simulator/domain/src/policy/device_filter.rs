//! Filters for devices: the rule that a policy writes down.
//!
//! No device is registered here. All properties of an unregistered device are null, so that a comparison holds exactly when
//! its operator is a negative one (MicrosoftDocs/entra-docs concept-condition-filters-for-devices.md): a rule is read once,
//! and what it says of such a device is kept with its text.

/// `conditionalAccessFilter` of `conditions/devices`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DeviceFilter {
    pub mode: DeviceFilterMode,
    pub rule: DeviceRule,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DeviceFilterMode {
    Include,
    Exclude,
}

/// A rule that was understood.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DeviceRule {
    text: String,
    holds_unregistered: bool,
}

/// The same page: "The maximum length for the filter rule is 3072 characters".
const LONGEST: usize = 3_072;
/// Parentheses and negations inside of each other.
const DEEPEST: usize = 64;

const EQUALITY: &[&str] = &["eq", "ne"];
const IDENTITY: &[&str] = &["eq", "ne", "in", "notin"];
const COLLECTION: &[&str] = &["contains", "notcontains"];
const TEXT: &[&str] = &[
    "eq",
    "ne",
    "startswith",
    "notstartswith",
    "endswith",
    "notendswith",
    "contains",
    "notcontains",
    "in",
    "notin",
];

/// The properties, in small letters, and the operators that each takes (the table of the same page).
const PROPERTIES: [(&str, &[&str]); 14] = [
    ("deviceid", IDENTITY),
    ("displayname", TEXT),
    ("deviceownership", EQUALITY),
    ("enrollmentprofilename", TEXT),
    ("iscompliant", EQUALITY),
    ("manufacturer", TEXT),
    ("mdmappid", IDENTITY),
    ("model", TEXT),
    ("operatingsystem", TEXT),
    ("operatingsystemversion", TEXT),
    ("physicalids", COLLECTION),
    ("profiletype", EQUALITY),
    ("systemlabels", COLLECTION),
    ("trusttype", EQUALITY),
];

impl DeviceRule {
    /// Reads a rule; `None` where the real service would not understand it.
    pub fn parse(text: &str) -> Option<Self> {
        if text.chars().count() > LONGEST {
            return None;
        }
        let tokens = tokens(text)?;
        let mut reader = Reader { left: &tokens };
        let holds_unregistered = reader.any_of(DEEPEST)?;
        reader.left.is_empty().then(|| Self {
            text: text.to_owned(),
            holds_unregistered,
        })
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether a device that is not registered matches.
    pub fn holds_unregistered(&self) -> bool {
        self.holds_unregistered
    }
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Token {
    Sign(char),
    Quoted,
    /// A property, an operator or a bare value, in small letters and without the hyphen of operators.
    Word(String),
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            _ if character.is_whitespace() => {}
            '(' | ')' | '[' | ']' | ',' => tokens.push(Token::Sign(character)),
            '"' | '\'' => {
                // The end of the text must not come before the closing mark.
                rest.by_ref().find(|next| *next == character)?;
                tokens.push(Token::Quoted);
            }
            _ => {
                let mut word = String::from(character);
                while let Some(next) =
                    rest.next_if(|next| next.is_alphanumeric() || matches!(next, '.' | '_' | '$'))
                {
                    word.push(next);
                }
                let word = word.strip_prefix('-').unwrap_or(&word).to_ascii_lowercase();
                tokens.push(Token::Word(word));
            }
        }
    }
    Some(tokens)
}

/// Folds the rule to what it says of a device whose properties are all null.
struct Reader<'t> {
    left: &'t [Token],
}

impl Reader<'_> {
    fn next(&mut self) -> Option<&Token> {
        let (first, left) = self.left.split_first()?;
        self.left = left;
        Some(first)
    }

    fn next_if(&mut self, wanted: &Token) -> bool {
        let found = self.left.first() == Some(wanted);
        if found {
            self.left = &self.left[1..];
        }
        found
    }

    fn next_word(&mut self, wanted: &str) -> bool {
        self.next_if(&Token::Word(wanted.to_owned()))
    }

    fn any_of(&mut self, depth: usize) -> Option<bool> {
        let mut holds = self.all_of(depth)?;
        while self.next_word("or") {
            holds |= self.all_of(depth)?;
        }
        Some(holds)
    }

    fn all_of(&mut self, depth: usize) -> Option<bool> {
        let mut holds = self.one(depth)?;
        while self.next_word("and") {
            holds &= self.one(depth)?;
        }
        Some(holds)
    }

    fn one(&mut self, depth: usize) -> Option<bool> {
        let deeper = depth.checked_sub(1)?;
        if self.next_word("not") {
            return self.one(deeper).map(|holds| !holds);
        }
        if self.next_if(&Token::Sign('(')) {
            let holds = self.any_of(deeper)?;
            return self.next_if(&Token::Sign(')')).then_some(holds);
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Option<bool> {
        let Token::Word(property) = self.next()? else {
            return None;
        };
        let operators = operators(property.strip_prefix("device.")?)?;
        let Token::Word(operator) = self.next()? else {
            return None;
        };
        let operator = operators.iter().find(|known| *known == operator)?;
        let is_null = if matches!(*operator, "in" | "notin") {
            self.list()?;
            false
        } else {
            self.value()?
        };
        let negative = *operator == "ne" || operator.starts_with("not");
        Some(negative != is_null)
    }

    /// A value; whether it is null.
    fn value(&mut self) -> Option<bool> {
        match self.next()? {
            Token::Quoted => Some(false),
            Token::Word(word) => match word.as_str() {
                "true" | "false" => Some(false),
                "null" | "$null" => Some(true),
                _ => None,
            },
            Token::Sign(_) => None,
        }
    }

    fn list(&mut self) -> Option<()> {
        if !self.next_if(&Token::Sign('[')) {
            return None;
        }
        loop {
            self.value()?;
            if self.next_if(&Token::Sign(']')) {
                return Some(());
            }
            if !self.next_if(&Token::Sign(',')) {
                return None;
            }
        }
    }
}

fn operators(property: &str) -> Option<&'static [&'static str]> {
    let numbered = property
        .strip_prefix("extensionattribute")
        .and_then(|number| number.parse::<u8>().ok())
        .is_some_and(|number| (1..=15).contains(&number));
    if numbered {
        return Some(TEXT);
    }
    PROPERTIES
        .iter()
        .find(|(known, _)| *known == property)
        .map(|(_, operators)| *operators)
}

#[cfg(test)]
mod tests {
    use super::DeviceRule;

    #[test]
    fn a_device_that_nobody_knows_matches_negative_operators_alone() {
        for (rule, holds) in [
            ("device.isCompliant -eq True", false),
            ("device.isCompliant -ne True", true),
            ("device.extensionAttribute1 -ne \"SAW\"", true),
            ("(device.extensionAttribute15 -eq 'SAW')", false),
            ("device.model -notContains \"Surface (\"", true),
            (
                "device.operatingSystemVersion -in [\"10.0.1\", \"10.0.2\"]",
                false,
            ),
            (
                "device.mdmAppId -notIn [\"00001111-aaaa-2222-bbbb-3333cccc4444\"]",
                true,
            ),
            (
                "device.isCompliant -ne True -and device.trustType -eq \"ServerAD\"",
                false,
            ),
            (
                "device.isCompliant -ne True -or device.trustType -eq \"ServerAD\"",
                true,
            ),
            (
                "device.trustType -eq \"A\" -and device.trustType -eq \"B\" -or device.model -ne \"C\"",
                true,
            ),
            (
                "device.trustType -eq \"A\" -and (device.trustType -eq \"B\" -or device.model -ne \"C\")",
                false,
            ),
            ("-not (device.isCompliant -eq True)", true),
            ("device.model -eq null", true),
            ("device.model -ne $null", false),
        ] {
            let read = DeviceRule::parse(rule).expect(rule);
            assert_eq!(read.holds_unregistered(), holds, "{rule}");
            assert_eq!(read.text(), rule);
        }
    }

    #[test]
    fn rules_that_say_nothing_sensible_are_not_understood() {
        let deep = format!(
            "{}device.model -eq \"A\"{}",
            "(".repeat(100),
            ")".repeat(100)
        );
        let long = format!("device.model -eq \"{}\"", "A".repeat(3_100));
        for rule in [
            "",
            "device.isCompliant",
            "device.isCompliant -eq",
            "isCompliant -eq True",
            "device.weather -eq \"rain\"",
            "device.extensionAttribute16 -eq \"A\"",
            "device.isCompliant -startsWith \"T\"",
            "device.physicalIds -eq \"A\"",
            "device.model -eq \"A",
            "device.model -eq \"A\" device.model -eq \"B\"",
            "(device.model -eq \"A\"",
            "device.model -in \"A\"",
            "device.model -in []",
            &deep,
            &long,
        ] {
            assert_eq!(DeviceRule::parse(rule), None, "{rule}");
        }
    }
}
