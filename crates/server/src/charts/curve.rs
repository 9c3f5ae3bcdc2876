use super::Heading;
use super::scale::Scale;
use super::svg::{Anchor, BLACK, PALE, Picture, Type, escape, finite, number, text_width};

/// How likely something is at each price: one line a question.
#[derive(Clone, Debug, Default)]
pub struct Curves {
    /// What the picture says.
    pub heading: Heading,
    /// What runs to the right, for the axis.
    pub across: String,
    /// The curves, in the order of the legend.
    pub curves: Vec<Curve>,
    /// A price to stand out, and what it is called.
    pub mark: Option<(f64, String)>,
}

/// One curve.
#[derive(Clone, Debug, Default)]
pub struct Curve {
    /// What is likely.
    pub name: String,
    /// Prices in pounds, rising, each with a share from 0 to 1.
    pub points: Vec<(f64, f64)>,
}

const WIDTH: f64 = 480.0;
const LEFT: f64 = 56.0;
const RIGHT: f64 = 456.0;
const LEGEND: f64 = 26.0;
const PLOT: f64 = 250.0;

/// How a curve is drawn: colour, dashes, and the shape of its points.
struct Pen {
    colour: &'static str,
    dashes: &'static str,
    is_round: bool,
}

const PENS: [Pen; 2] = [
    Pen { colour: "#12436D", dashes: "", is_round: true },
    Pen { colour: "#801650", dashes: r#" stroke-dasharray="8 5""#, is_round: false },
];

/// The picture of curves. More than two would be told apart by too little: they are left out.
#[must_use]
pub fn curves(input: &Curves) -> String {
    let drawn = || input.curves.iter().zip(PENS);
    let mut top = 4.0;
    for _ in drawn() {
        top += LEGEND;
    }
    top += 28.0;
    let bottom = top + PLOT;
    let mut picture = Picture::new(&input.heading, WIDTH, bottom + 62.0);
    let prices = || input.curves.iter().flat_map(|curve| curve.points.iter().map(|at| at.0));
    let least = prices().fold(f64::INFINITY, f64::min);
    let most = prices().fold(f64::NEG_INFINITY, f64::max);
    let x = Scale::new(least, most, LEFT, RIGHT);
    let y = Scale::new(0.0, 1.0, bottom, top);
    draw_axes(&mut picture, x, y, &input.across);
    if let Some((price, name)) = &input.mark {
        draw_mark(&mut picture, x.at(*price), (top, bottom), name);
    }
    let mut key = 18.0;
    for (curve, pen) in drawn() {
        draw_curve(&mut picture, curve, &pen, x, y);
        draw_key(&mut picture, &curve.name, &pen, key);
        key += LEGEND;
    }
    picture.finish()
}

fn draw_axes(picture: &mut Picture, x: Scale, y: Scale, across: &str) {
    for (share, label) in [(0.0, "0%"), (0.25, "25%"), (0.5, "50%"), (0.75, "75%"), (1.0, "100%")] {
        let at = y.at(share);
        let (colour, width) = if share > 0.0 { (PALE, 1.0) } else { (BLACK, 1.5) };
        picture.line((LEFT, at), (RIGHT, at), colour, width);
        picture.text(LEFT - 6.0, at + 5.0, Type::new(Anchor::End).grey(), label);
    }
    let bottom = y.at(0.0);
    for tick in x.ticks(6.0) {
        let at = x.at(tick);
        picture.line((at, bottom), (at, bottom + 6.0), BLACK, 1.0);
        let label = format!("£{:.0}k", tick / 1e3);
        picture.text(at, bottom + 24.0, Type::new(Anchor::Middle).grey(), &label);
    }
    picture.text(RIGHT, bottom + 50.0, Type::new(Anchor::End).bold(), across);
}

/// A line upwards at a price, with its name above.
fn draw_mark(picture: &mut Picture, x: f64, (top, bottom): (f64, f64), name: &str) {
    picture.line((x, top - 6.0), (x, bottom), BLACK, 1.5);
    let half = text_width(name) / 2.0;
    let middle = x.clamp(half.min(WIDTH / 2.0), (WIDTH - half).max(WIDTH / 2.0));
    picture.text(middle, top - 12.0, Type::new(Anchor::Middle).bold(), name);
}

fn draw_curve(picture: &mut Picture, curve: &Curve, pen: &Pen, x: Scale, y: Scale) {
    let places: Vec<(f64, f64)> =
        curve.points.iter().map(|(price, share)| (x.at(*price), y.at(finite(*share)))).collect();
    let path: Vec<String> =
        places.iter().map(|(x, y)| format!("{},{}", number(*x), number(*y))).collect();
    picture.raw(&format!(
        r#"<g><title>{}</title><polyline points="{}" fill="none" stroke="{}" stroke-width="3"{}/>"#,
        escape(&curve.name),
        path.join(" "),
        pen.colour,
        pen.dashes,
    ));
    // A shape at every fourth point tells the curves apart without any colour.
    for (x, y) in places.into_iter().step_by(4) {
        picture.raw(&pen.point(x, y));
    }
    picture.raw("</g>");
}

fn draw_key(picture: &mut Picture, name: &str, pen: &Pen, y: f64) {
    picture.raw(&format!(
        r#"<line x1="8" y1="{y}" x2="44" y2="{y}" stroke="{}" stroke-width="3"{}/>"#,
        pen.colour,
        pen.dashes,
        y = number(y - 5.0),
    ));
    picture.raw(&pen.point(26.0, y - 5.0));
    picture.text(52.0, y, Type::new(Anchor::Start), name);
}

impl Pen {
    fn point(&self, x: f64, y: f64) -> String {
        if self.is_round {
            format!(
                r#"<circle cx="{}" cy="{}" r="5" fill="{}"/>"#,
                number(x),
                number(y),
                self.colour
            )
        } else {
            format!(
                r##"<rect x="{}" y="{}" width="9" height="9" fill="#fff" stroke="{}" stroke-width="2"/>"##,
                number(x - 4.5),
                number(y - 4.5),
                self.colour
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::well_formed::xml;

    fn sample(points: Vec<(f64, f64)>) -> Curves {
        let curve = |name: &str| Curve { name: name.to_owned(), points: points.clone() };
        Curves {
            heading: Heading {
                id: "curve".to_owned(),
                title: "Worth <it> & \"more\"".to_owned(),
                description: "Two curves".to_owned(),
            },
            across: "Price of a healthy year".to_owned(),
            curves: vec![curve("The <whole>"), curve("The last pound")],
            mark: Some((15_000.0, "£15,000".to_owned())),
        }
    }

    #[test]
    fn shares_lie_between_the_axes_at_their_price() {
        let svg = curves(&sample(vec![(7_000.0, 0.0), (21_000.0, 0.5), (35_000.0, 1.0)]));
        assert_eq!(xml(&svg), Ok(()));
        let path = svg.split("points=\"").nth(1).and_then(|rest| rest.split('"').next());
        let (top, bottom) = (84.0, 334.0);
        assert_eq!(
            path,
            Some(format!("56,{bottom} 256,{} 456,{top}", (top + bottom) / 2.0).as_str())
        );
        assert!(
            svg.contains("stroke-dasharray") && svg.contains(">£35k<") || svg.contains(">£30k<")
        );
    }

    #[test]
    fn nothing_and_nonsense_are_pictures_too() {
        let odd = sample(vec![(f64::NAN, f64::INFINITY), (7_000.0, -3.0), (7_000.0, 9.0)]);
        let mut far = sample(vec![(7_000.0, 0.2)]);
        far.mark =
            Some((1e12, "a very long name of a price that nobody would pay for it".to_owned()));
        for input in [Curves::default(), sample(Vec::new()), odd, far] {
            let svg = curves(&input);
            assert_eq!(xml(&svg), Ok(()));
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        }
    }
}
