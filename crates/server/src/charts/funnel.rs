use super::Heading;
use super::labels::{Labels, Place};
use super::marks::{HALF, Mark, draw_key, draw_mark};
use super::scale::Scale;
use super::svg::{
    Anchor, BLACK, GREY, PALE, Picture, Type, escape, finite, fitted, number, text_width,
};

/// Unit costs against their references: how dear upwards, how sure to the right, and the limits that
/// chance and costing explain.
#[derive(Clone, Debug, Default)]
pub struct Funnel {
    /// What the picture says.
    pub heading: Heading,
    /// The lines, in the order in which their labels find room.
    pub points: Vec<FunnelPoint>,
}

/// One line.
#[derive(Clone, Debug, Default)]
pub struct FunnelPoint {
    /// Its number in the table beside the picture.
    pub number: usize,
    /// The line in words.
    pub name: String,
    /// Everything there is to say of it, as a sentence.
    pub sentence: String,
    /// Own over expected cost.
    pub ratio: f64,
    /// Standard error of that.
    pub standard_error: f64,
    /// Where it lies.
    pub mark: Mark,
}

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 580.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 936.0;
const TOP: f64 = 84.0;
const BOTTOM: f64 = 510.0;
const LINE: f64 = 20.0;
/// Room for a label.
const LABEL: f64 = 250.0;
/// Lines further out lie on the upper edge, with their figure.
const FURTHEST: f64 = 3.0;
/// Nobody is less sure than this on the picture.
const LEAST_SURE: f64 = 0.8;

struct Axes {
    x: Scale,
    y: Scale,
    widest: f64,
    top: f64,
}

/// The picture of a funnel.
#[must_use]
pub fn funnel(input: &Funnel) -> String {
    let mut picture = Picture::new(&input.heading, WIDTH, HEIGHT);
    let axes = axes(&input.points);
    let label = "Unit cost, times what the same work costs at the reference";
    picture.text(8.0, 20.0, Type::new(Anchor::Start).bold(), label);
    draw_key(&mut picture, (LEFT, 52.0), |mark| input.points.iter().any(|it| it.mark == mark));
    draw_frame(&mut picture, &axes);
    let mut labels = Labels::default();
    for point in input.points.iter().rev() {
        let (x, y) = place(&axes, point);
        picture.raw(&format!("<g><title>{}</title>", escape(&point.sentence)));
        draw_mark(&mut picture, point.mark, (x, y));
        picture.raw("</g>");
        if point.mark != Mark::Within {
            let side = HALF * 2.0;
            labels.reserve(Place { x: x - HALF, y: y - HALF, width: side, height: side });
        }
    }
    for point in input.points.iter().filter(|point| point.mark != Mark::Within) {
        draw_label(&mut picture, &axes, point, &mut labels);
    }
    picture.finish()
}

fn axes(points: &[FunnelPoint]) -> Axes {
    let errors = points.iter().map(|point| finite(point.standard_error));
    let widest = errors.fold(0.0, f64::max).clamp(0.05, LEAST_SURE) * 1.1;
    let ratios = points.iter().map(|point| finite(point.ratio));
    let top = ratios.fold(1.0 + 3.0 * widest, f64::max).clamp(1.3, FURTHEST) * 1.04;
    Axes {
        x: Scale::new(0.0, widest, RIGHT, LEFT),
        y: Scale::new(0.0, top, BOTTOM, TOP),
        widest,
        top,
    }
}

fn place(axes: &Axes, point: &FunnelPoint) -> (f64, f64) {
    (axes.x.at(point.standard_error), axes.y.at(point.ratio))
}

fn draw_frame(picture: &mut Picture, axes: &Axes) {
    for (sigmas, fill) in [(3.0, "#f0f4f5"), (2.0, "#dfe7ea")] {
        picture.raw(&format!(r#"<polygon points="{}" fill="{fill}"/>"#, area(axes, sigmas)));
    }
    for tick in axes.y.ticks(6.0) {
        let y = axes.y.at(tick);
        picture.line((LEFT, y), (RIGHT, y), PALE, 1.0);
        let label = format!("{tick:.1}");
        picture.text(LEFT - 8.0, y + 5.0, Type::new(Anchor::End).grey(), &label);
    }
    for (sigmas, dashes) in [(2.0, r#" stroke-dasharray="6 5""#), (3.0, "")] {
        for corners in [upper(axes, sigmas), lower(axes, sigmas)] {
            picture.raw(&format!(
                r#"<polyline points="{}" fill="none" stroke="{GREY}" stroke-width="1.5"{dashes}/>"#,
                corners.join(" ")
            ));
        }
    }
    let one = axes.y.at(1.0);
    picture.line((LEFT, one), (RIGHT, one), BLACK, 1.5);
    for tick in axes.x.ticks(6.0) {
        let x = axes.x.at(tick);
        picture.line((x, BOTTOM), (x, BOTTOM + 6.0), BLACK, 1.0);
        let label = format!("{tick:.2}");
        picture.text(x, BOTTOM + 24.0, Type::new(Anchor::Middle).grey(), &label);
    }
    picture.line((LEFT, BOTTOM), (RIGHT, BOTTOM), BLACK, 1.0);
    let label = "Standard error: the further to the right, the surer";
    picture.text(RIGHT, HEIGHT - 16.0, Type::new(Anchor::End).bold(), label);
    let key = "Limits: dashed at two standard errors, solid at three";
    picture.text(LEFT, HEIGHT - 16.0, Type::new(Anchor::Start).grey(), key);
}

fn corner(axes: &Axes, error: f64, ratio: f64) -> String {
    format!("{},{}", number(axes.x.at(error)), number(axes.y.at(ratio)))
}

/// From the surest end upwards, until it leaves the picture.
fn upper(axes: &Axes, sigmas: f64) -> Vec<String> {
    let leaves = axes.widest.min((axes.top - 1.0) / sigmas);
    vec![corner(axes, 0.0, 1.0), corner(axes, leaves, 1.0 + sigmas * leaves)]
}

/// From the surest end downwards, along nought once it is there.
fn lower(axes: &Axes, sigmas: f64) -> Vec<String> {
    let ends = axes.widest.min(1.0 / sigmas);
    let mut corners = vec![corner(axes, 0.0, 1.0), corner(axes, ends, 1.0 - sigmas * ends)];
    if ends < axes.widest {
        corners.push(corner(axes, axes.widest, 0.0));
    }
    corners
}

fn area(axes: &Axes, sigmas: f64) -> String {
    let mut corners = upper(axes, sigmas);
    if 1.0 + sigmas * axes.widest > axes.top {
        corners.push(corner(axes, axes.widest, axes.top));
    }
    let mut below = lower(axes, sigmas);
    below.reverse();
    corners.extend(below);
    corners.join(" ")
}

/// Beside its mark, where there is room: the name, else the number alone.
fn draw_label(picture: &mut Picture, axes: &Axes, point: &FunnelPoint, labels: &mut Labels) {
    let (x, y) = place(axes, point);
    let figure = if finite(point.ratio) > axes.top {
        format!(" ({:.1} times)", point.ratio)
    } else {
        String::new()
    };
    let named = format!("{} {}{figure}", point.number, fitted(&point.name, LABEL));
    for text in [named, format!("{}{figure}", point.number)] {
        let width = text_width(&text) + 4.0;
        for (from, at, anchor) in [
            (x + HALF + 4.0, x + HALF + 5.0, Anchor::Start),
            (x - HALF - 4.0 - width, x - HALF - 5.0, Anchor::End),
        ] {
            let room = Place { x: from, y: y - LINE / 2.0, width, height: LINE };
            if from >= LEFT && labels.take(room, WIDTH) {
                picture.text(at, y + 5.0, Type::new(anchor).halo(), &text);
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::well_formed::xml;

    fn of(points: usize) -> Funnel {
        let points = (0..points)
            .map(|at| {
                let at_f = super::super::svg::count(at);
                FunnelPoint {
                    number: at + 1,
                    name: format!("Service <b>{at}</b> & \"so on\""),
                    sentence: format!("Service {at} & <co>"),
                    ratio: 0.4 + at_f * 0.01,
                    standard_error: 0.05 + (at_f * 7.0).rem_euclid(11.0) / 20.0,
                    mark: Mark::ALL[at % 4],
                }
            })
            .collect();
        Funnel { points, ..Funnel::default() }
    }

    #[test]
    fn hostile_names_and_nonsense_stay_a_picture() {
        let mut odd = of(4);
        for (point, number) in odd.points.iter_mut().zip([f64::NAN, f64::INFINITY, -4.0, 1e300]) {
            (point.ratio, point.standard_error) = (number, number);
        }
        for input in [Funnel::default(), of(9), of(2_000), odd] {
            let svg = funnel(&input);
            assert_eq!(xml(&svg), Ok(()));
            assert!(!svg.contains("<b>") && !svg.contains("NaN"));
        }
    }

    #[test]
    fn only_outliers_are_labelled_and_every_line_has_a_mark() {
        let svg = funnel(&of(40));
        assert_eq!(svg.matches("<g><title>").count(), 40);
        let mut quiet = of(40);
        quiet.points.iter_mut().for_each(|point| point.mark = Mark::Within);
        let labels = |svg: &str| svg.matches("paint-order").count();
        assert!(labels(&svg) > 4 && labels(&funnel(&quiet)) == 0);
    }

    #[test]
    fn a_line_far_out_lies_on_the_edge_with_its_figure() {
        let mut far = of(1);
        (far.points[0].ratio, far.points[0].mark) = (4.31, Mark::Query);
        assert!(funnel(&far).contains("(4.3 times)"));
    }
}
