use super::Heading;
use super::palette::Ink;
use super::scale::Scale;
use super::svg::{Anchor, BLACK, PALE, Picture, Type, count, escape, finite, fitted, text_width};

/// Groups of bars to the left and to the right of nought, in the order given.
#[derive(Clone, Debug, Default)]
pub struct Bars {
    /// What the picture says.
    pub heading: Heading,
    /// What is counted, for the axis.
    pub unit: String,
    /// One group below the other.
    pub groups: Vec<BarGroup>,
}

/// Bars of one thing.
#[derive(Clone, Debug, Default)]
pub struct BarGroup {
    /// The thing in words.
    pub label: String,
    /// Its bars.
    pub bars: Vec<Bar>,
}

/// One bar.
#[derive(Clone, Debug)]
pub struct Bar {
    /// What it shows.
    pub kind: BarKind,
    /// How long it is.
    pub value: f64,
    /// The same in words.
    pub label: String,
}

/// What a bar shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BarKind {
    /// Health gained.
    Gain,
    /// Health that the money would have bought elsewhere.
    Forgone,
    /// The one less the other.
    Net,
    /// More than a fair share.
    Above,
    /// Less than a fair share.
    Below,
}

impl BarKind {
    const ALL: [Self; 5] = [Self::Gain, Self::Forgone, Self::Net, Self::Above, Self::Below];

    const fn ink(self) -> Ink {
        match self {
            Self::Gain | Self::Above => Ink::Gain,
            Self::Forgone | Self::Below => Ink::Loss,
            Self::Net => Ink::Net,
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Gain => "Gained",
            Self::Forgone => "Forgone elsewhere",
            Self::Net => "Net",
            Self::Above => "Above its fair share",
            Self::Below => "Below it",
        }
    }
}

const WIDTH: f64 = 480.0;
const TOP: f64 = 76.0;
const LABEL: f64 = 26.0;
const BAR: f64 = 20.0;
const STEP: f64 = 25.0;
const GAP: f64 = 10.0;
const LEFT: f64 = 4.0;
const END: f64 = 476.0;

/// The picture of groups of bars.
#[must_use]
pub fn bars(input: &Bars) -> String {
    let heights = input.groups.iter().map(|group| LABEL + count(group.bars.len()) * STEP + GAP);
    let bottom = TOP + heights.sum::<f64>();
    let mut picture = Picture::new(&input.heading, WIDTH, bottom + 30.0);
    picture.text(LEFT, 20.0, Type::new(Anchor::Start).bold(), &fitted(&input.unit, END - LEFT));
    draw_key(&mut picture, input);
    let scale = scale(input);
    for tick in scale.ticks(4.0) {
        let x = scale.at(tick);
        let label = crate::pages::format::qaly(tick);
        picture.text(x, bottom + 18.0, Type::new(Anchor::Middle).grey(), &label);
    }
    let mut y = TOP;
    for group in &input.groups {
        picture.text(LEFT, y + 17.0, Type::new(Anchor::Start), &fitted(&group.label, END - LEFT));
        y += LABEL;
        for bar in &group.bars {
            draw_bar(&mut picture, scale, y, &group.label, bar);
            y += STEP;
        }
        y += GAP;
    }
    picture.finish()
}

/// With room for a figure at either end that has a bar.
fn scale(input: &Bars) -> Scale {
    let all = || input.groups.iter().flat_map(|group| &group.bars);
    let least = all().map(|bar| finite(bar.value)).fold(0.0, f64::min);
    let most = all().map(|bar| finite(bar.value)).fold(0.0, f64::max);
    let room = all().map(|bar| text_width(&bar.label) + 14.0).fold(0.0, f64::max).min(150.0);
    let left = if least < 0.0 { LEFT + room } else { LEFT + 20.0 };
    let right = if most > 0.0 || least >= 0.0 { END - room } else { END - 20.0 };
    Scale::new(least, most, left, right)
}

fn draw_key(picture: &mut Picture, input: &Bars) {
    let mut x = LEFT;
    for kind in BarKind::ALL {
        let mut bars = input.groups.iter().flat_map(|group| &group.bars);
        if bars.any(|bar| bar.kind == kind) {
            picture.rect(x, 34.0, 18.0, 18.0, kind.ink());
            picture.text(x + 25.0, 49.0, Type::new(Anchor::Start), kind.words());
            x += 44.0 + text_width(kind.words());
        }
    }
}

fn draw_bar(picture: &mut Picture, scale: Scale, y: f64, of: &str, bar: &Bar) {
    let said = format!("{of}, {}: {}", bar.kind.words().to_lowercase(), bar.label);
    picture.raw(&format!("<g><title>{}</title>", escape(&said)));
    for tick in scale.ticks(4.0) {
        let x = scale.at(tick);
        picture.line((x, y - 2.0), (x, y + BAR + 3.0), PALE, 1.0);
    }
    let (zero, end) = (scale.at(0.0), scale.at(bar.value));
    picture.line((zero, y - 2.0), (zero, y + BAR + 3.0), BLACK, 1.5);
    picture.rect(zero.min(end), y, (end - zero).abs().max(1.0), BAR, bar.kind.ink());
    let (x, anchor) =
        if finite(bar.value) < 0.0 { (end - 6.0, Anchor::End) } else { (end + 6.0, Anchor::Start) };
    picture.text(x, y + 16.0, Type::new(anchor).bold().halo(), &bar.label);
    picture.raw("</g>");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::well_formed::xml;

    fn picture(values: &[f64]) -> String {
        let bar = |value: &f64| Bar {
            kind: if *value < 0.0 { BarKind::Below } else { BarKind::Net },
            value: *value,
            label: crate::pages::format::qaly_signed(*value),
        };
        let groups = values.iter().map(|value| BarGroup {
            label: "<i>Derby</i> & so on".repeat(9),
            bars: vec![bar(value)],
        });
        bars(&Bars { groups: groups.collect(), unit: "£m & more".to_owned(), ..Bars::default() })
    }

    #[test]
    fn any_figures_and_names_make_a_picture() {
        for values in [&[][..], &[f64::NAN, f64::INFINITY], &[-3.0, 2.0, 0.0], &[-1.0], &[7e9]] {
            let svg = picture(values);
            assert_eq!(xml(&svg), Ok(()));
            assert!(!svg.contains("<i>") && !svg.contains("NaN") && !svg.contains("inf"));
        }
    }

    #[test]
    fn a_bar_below_nought_lies_to_the_left_of_one_above() {
        let svg = picture(&[-3.0, 2.0]);
        let lefts: Vec<f64> = svg
            .split("<rect x=\"")
            .skip(3)
            .filter_map(|rest| rest.split('"').next()?.parse().ok())
            .collect();
        let [below, above] = lefts.as_slice() else { panic!("two bars: {lefts:?}") };
        assert!(below < above);
    }
}
