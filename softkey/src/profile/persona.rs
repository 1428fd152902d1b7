//! Named profiles. The data is in `personas.toml`, each with the source of its facts.

use std::sync::OnceLock;

use serde::Deserialize;

use super::Profile;

/// A named profile.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Persona {
    /// The name on the command line.
    pub name: String,
    /// What it stands for.
    pub description: String,
    /// Where its facts come from.
    pub source: String,
    /// What differs from the default profile.
    #[serde(default)]
    pub profile: Profile,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    persona: Vec<Persona>,
}

/// All personas, in the order of the file.
pub fn all() -> &'static [Persona] {
    static ALL: OnceLock<Vec<Persona>> = OnceLock::new();
    ALL.get_or_init(|| {
        let file: File = toml::from_str(include_str!("personas.toml"))
            .expect("personas.toml is part of the build and a test reads it");
        let mut personas = file.persona;
        for persona in &mut personas {
            persona.profile.persona.clone_from(&persona.name);
        }
        personas
    })
}

/// Finds a persona by name.
pub fn find(name: &str) -> Option<&'static Persona> {
    all().iter().find(|persona| persona.name == name)
}

/// The names that look most like a wrong one, for a message that helps.
pub fn similar(name: &str) -> Vec<&'static str> {
    let words: Vec<&str> = name
        .split(['-', '_', ' ', '.'])
        .filter(|word| word.len() > 1)
        .collect();
    let mut scored: Vec<(usize, &str)> = all()
        .iter()
        .map(|one| {
            (
                words
                    .iter()
                    .filter(|word| one.name.contains(**word))
                    .count(),
                one.name.as_str(),
            )
        })
        .filter(|(score, _)| *score > 0)
        .collect();
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    scored.into_iter().take(3).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn every_persona_is_coherent_has_a_source_and_a_name_of_its_own() {
        let mut names = BTreeSet::new();
        for persona in super::all() {
            assert_eq!(
                persona.profile.problems(),
                Vec::<String>::new(),
                "{}",
                persona.name
            );
            assert!(!persona.source.is_empty() && !persona.description.is_empty());
            assert!(names.insert(&persona.name));
            assert!(
                persona.profile.certifications.is_empty(),
                "{} claims to be certified",
                persona.name
            );
        }
        assert!(names.len() >= 10);
    }

    #[test]
    fn a_wrong_name_is_answered_with_near_ones() {
        assert!(super::find("yubikey5-nfc-5.7").is_some());
        assert!(super::similar("yubikey5-nfc").contains(&"yubikey5-nfc-5.7"));
    }
}
