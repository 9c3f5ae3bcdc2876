use super::Heading;
use super::palette::Ink;
use super::svg::{Anchor, FONT, Picture, Type, count, escape, finite, fitted, text_width};

/// Figures beside each other as bars, each under its name.
#[derive(Clone, Debug, Default)]
pub struct Lengths {
    /// What the picture says.
    pub heading: Heading,
    /// One each, in the order they are drawn.
    pub bars: Vec<Length>,
}

/// One bar.
#[derive(Clone, Debug, Default)]
pub struct Length {
    /// What it is of.
    pub name: String,
    /// How long it is, from nought.
    pub size: f64,
    /// The same in words.
    pub label: String,
}

const WIDTH: f64 = 480.0;
const LEFT: f64 = 4.0;
const ROW: f64 = 54.0;
const BAR: f64 = 20.0;

/// The picture of bars.
#[must_use]
pub fn lengths(input: &Lengths) -> String {
    let mut picture = Picture::new(&input.heading, WIDTH, 12.0 + count(input.bars.len()) * ROW);
    let most = input.bars.iter().map(|bar| finite(bar.size)).fold(0.0, f64::max);
    let labels = input.bars.iter().map(|bar| text_width(&bar.label)).fold(0.0, f64::max);
    let room = (WIDTH - LEFT - labels - 16.0).max(40.0);
    let mut y = 8.0;
    for bar in &input.bars {
        let share = if most > 0.0 { finite(bar.size).max(0.0) / most } else { 0.0 };
        let width = room * share;
        picture
            .raw(&format!("<g><title>{}</title>", escape(&format!("{}: {}", bar.name, bar.label))));
        let name = fitted(&bar.name, WIDTH - 2.0 * LEFT);
        picture.text(LEFT, y + FONT, Type::new(Anchor::Start), &name);
        picture.rect(LEFT, y + 24.0, width, BAR, Ink::Gain);
        let end = LEFT + width + 8.0;
        picture.text(end, y + 40.0, Type::new(Anchor::Start).bold(), &bar.label);
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
    fn the_longest_bar_fills_the_room_and_nonsense_none() {
        let bar = |size| Length {
            name: "<i>Elasticity</i> & a long name that does not fit within the picture".to_owned(),
            size,
            label: "12 QALYs".to_owned(),
        };
        let sizes = [24.0, 12.0, 0.0, -3.0, f64::NAN];
        let input = Lengths { bars: sizes.map(bar).into(), ..Lengths::default() };
        let svg = lengths(&input);
        assert_eq!(xml(&svg), Ok(()));
        assert!(!svg.contains("<i>") && !svg.contains("NaN"));
        let widths: Vec<f64> = svg
            .split("<rect ")
            .filter(|part| part.contains("stroke"))
            .filter_map(|part| part.split("width=\"").nth(1)?.split('"').next()?.parse().ok())
            .collect();
        assert_eq!(widths.len(), 5);
        assert!((widths[0] / widths[1] - 2.0).abs() < 0.01, "{widths:?}");
        assert_eq!(&widths[2..], [0.0, 0.0, 0.0]);
        assert_eq!(xml(&lengths(&Lengths::default())), Ok(()));
    }
}
