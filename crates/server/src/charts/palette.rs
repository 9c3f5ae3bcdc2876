/// What fills a shape: a colour with a pattern, so that no colour has to be told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Acute hospitals.
    Acute,
    /// Community services.
    Community,
    /// Mental health.
    MentalHealth,
    /// General practice and its neighbours.
    PrimaryCare,
    /// Any other sector.
    OtherSector,
    /// What cannot be assessed.
    Unknown,
    /// More health than today.
    Gain,
    /// Less health than today.
    Loss,
    /// What is left of a gain.
    Net,
}

impl Ink {
    /// The ink of a sector's code.
    pub fn of_sector(code: &str) -> Self {
        match code {
            "acute" => Self::Acute,
            "community" => Self::Community,
            "mental_health" => Self::MentalHealth,
            "primary_care" => Self::PrimaryCare,
            _ => Self::OtherSector,
        }
    }

    /// The end of its pattern's id.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Acute => "acute",
            Self::Community => "community",
            Self::MentalHealth => "mental-health",
            Self::PrimaryCare => "primary-care",
            Self::OtherSector => "other-sector",
            Self::Unknown => "unknown",
            Self::Gain => "gain",
            Self::Loss => "loss",
            Self::Net => "net",
        }
    }

    /// The letter that stands beside its colour.
    pub const fn letter(self) -> &'static str {
        match self {
            Self::Acute => "A",
            Self::Community => "C",
            Self::MentalHealth => "M",
            Self::PrimaryCare => "P",
            _ => "O",
        }
    }

    /// Its colour: at least 3 to 1 on white.
    pub const fn colour(self) -> &'static str {
        match self {
            Self::Acute | Self::Gain => "#12436D",
            Self::Community => "#28A197",
            Self::MentalHealth | Self::Net => "#801650",
            Self::PrimaryCare | Self::Loss => "#F46A25",
            Self::OtherSector => "#4c6272",
            Self::Unknown => "#768692",
        }
    }

    /// The definition of its pattern in the picture so named.
    pub fn pattern(self, picture: &str) -> String {
        let colour = self.colour();
        let (ground, lines) = match self {
            Self::Acute | Self::Gain => (colour, ""),
            Self::Community => {
                (colour, r##"<path d="M-2 10 10-2M2 14 14 2" stroke="#fff" stroke-width="2"/>"##)
            }
            Self::MentalHealth | Self::Net => {
                (colour, r##"<circle cx="6" cy="6" r="2" fill="#fff"/>"##)
            }
            Self::PrimaryCare => {
                (colour, r##"<path d="M0 6H12" stroke="#fff" stroke-width="2"/>"##)
            }
            Self::OtherSector => {
                (colour, r##"<path d="M6 0V12" stroke="#fff" stroke-width="2"/>"##)
            }
            Self::Unknown => (
                "#fff",
                r##"<path d="M-2-2 14 14M10-2 14 2M-2 10 2 14" stroke="#aeb7bd" stroke-width="2"/>"##,
            ),
            Self::Loss => (
                colour,
                r##"<path d="M-2-2 14 14M10-2 14 2M-2 10 2 14" stroke="#fff" stroke-width="2"/>"##,
            ),
        };
        format!(
            r#"<pattern id="{picture}-{}" width="12" height="12" patternUnits="userSpaceOnUse"><rect width="12" height="12" fill="{ground}"/>{lines}</pattern>"#,
            self.id(),
        )
    }
}

/// A sector's code in words.
#[must_use]
pub fn sector_label(code: &str) -> String {
    match code {
        "acute" => "Acute".to_owned(),
        "community" => "Community".to_owned(),
        "mental_health" => "Mental health".to_owned(),
        "primary_care" => "Primary care".to_owned(),
        "ambulance" => "Ambulance".to_owned(),
        "social_care" => "Social care".to_owned(),
        other => other.replace('_', " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_sectors_share_colour_pattern_or_letter() {
        let sectors = ["acute", "community", "mental_health", "primary_care", "ambulance"];
        let inks = sectors.map(Ink::of_sector);
        for (at, ink) in inks.iter().enumerate() {
            for other in inks.iter().skip(at + 1) {
                assert_ne!(ink.colour(), other.colour());
                assert_ne!(ink.letter(), other.letter());
                assert_ne!(ink.pattern("x"), other.pattern("x"));
            }
        }
    }
}
