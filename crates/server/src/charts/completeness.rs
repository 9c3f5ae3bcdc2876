use super::Heading;
use super::palette::Ink;
use super::svg::{Anchor, Picture, Type, count, escape, finite, fitted};

/// How much of each sector's spend has an outcome that can be valued.
#[derive(Clone, Debug, Default)]
pub struct Completeness {
    /// What the picture says.
    pub heading: Heading,
    /// One bar each.
    pub sectors: Vec<Sector>,
}

/// One sector.
#[derive(Clone, Debug, Default)]
pub struct Sector {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The share of its spend that can be valued, from 0 to 1.
    pub share: f64,
    /// The same in words.
    pub share_label: String,
}

const WIDTH: f64 = 440.0;
const ROW: f64 = 36.0;
const LEFT: f64 = 136.0;
const RIGHT: f64 = 360.0;

/// The picture of completeness: one bar a sector.
#[must_use]
pub fn completeness(input: &Completeness) -> String {
    let mut picture = Picture::new(&input.heading, WIDTH, 16.0 + count(input.sectors.len()) * ROW);
    let mut y = 8.0;
    for sector in &input.sectors {
        let share = finite(sector.share).clamp(0.0, 1.0);
        let label = format!("{}: {}", sector.name, sector.share_label);
        picture.raw(&format!("<g><title>{}</title>", escape(&label)));
        let name = fitted(&sector.name, LEFT - 12.0);
        picture.text(LEFT - 12.0, y + 18.0, Type::new(Anchor::End), &name);
        picture.rect(LEFT, y, RIGHT - LEFT, 24.0, Ink::Unknown);
        picture.rect(LEFT, y, (RIGHT - LEFT) * share, 24.0, Ink::of_sector(&sector.code));
        picture.text(RIGHT + 10.0, y + 18.0, Type::new(Anchor::Start).bold(), &sector.share_label);
        picture.raw("</g>");
        y += ROW;
    }
    picture.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::well_formed::xml;

    #[test]
    fn any_shares_and_names_make_a_picture() {
        let sector = |code: &str, share| Sector {
            code: code.to_owned(),
            name: format!("<i>{code}</i> & others with a long name indeed"),
            share,
            share_label: "52%".to_owned(),
        };
        let sectors = vec![sector("acute", 0.97), sector("\"x", f64::NAN), sector("y", 7.0)];
        let svg = completeness(&Completeness { sectors, ..Completeness::default() });
        assert_eq!(xml(&svg), Ok(()));
        assert!(!svg.contains("<i>") && !svg.contains("NaN"));
        assert_eq!(xml(&completeness(&Completeness::default())), Ok(()));
    }
}
