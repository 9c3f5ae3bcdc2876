use super::Heading;
use super::labels::{Labels, Place};
use super::palette::{Ink, sector_label};
use super::scale::Scale;
use super::svg::{Anchor, BLACK, PALE, Picture, Type, escape, finite, fitted, number, text_width};

/// Services laid end to end, best first: each a triangle as wide as its cost and as high as its
/// health, so that its slope is its value.
#[derive(Clone, Debug, Default)]
pub struct Frontier {
    /// What the picture says.
    pub heading: Heading,
    /// What the height counts, for the axis.
    pub height_label: String,
    /// In the order in which they are drawn; those without cost are left out.
    pub triangles: Vec<Triangle>,
    /// Spend in pounds that cannot be assessed: the grey block at the end.
    pub not_assessable: f64,
    /// The same in words.
    pub not_assessable_label: String,
}

/// One service.
#[derive(Clone, Debug, Default)]
pub struct Triangle {
    /// Its place in the order, as the table beside the picture numbers it.
    pub rank: usize,
    /// The service in words.
    pub name: String,
    /// The sector's code.
    pub sector: String,
    /// Everything there is to say of it, as a sentence.
    pub sentence: String,
    /// The address of its page.
    pub href: String,
    /// Its yearly cost in pounds.
    pub cost: f64,
    /// Its healthy years a year.
    pub health: f64,
    /// The lower end of what its health may be.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
}

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 560.0;
const LEFT: f64 = 84.0;
const RIGHT: f64 = 936.0;
const TOP: f64 = 76.0;
const BOTTOM: f64 = 470.0;
const LINE: f64 = 20.0;

/// Labels may reach this far even where the grey block begins before.
const LABELS: f64 = 200.0;

/// Narrower triangles have no whisker and no label: slider, table and tooltip tell of them.
const NARROW: f64 = 10.0;

/// The axes of a frontier.
struct Axes {
    x: Scale,
    y: Scale,
    cost: f64,
}

/// The picture of a frontier.
#[must_use]
pub fn frontier(input: &Frontier) -> String {
    let mut picture = Picture::new(&input.heading, WIDTH, HEIGHT);
    let drawn: Vec<&Triangle> = input.triangles.iter().filter(|it| finite(it.cost) > 0.0).collect();
    let axes = axes(input, &drawn);
    draw_axes(&mut picture, &axes, &input.height_label);
    draw_legend(&mut picture, &drawn, input.not_assessable > 0.0);
    let mut labels = Labels::default();
    draw_unknown(&mut picture, input, &axes, &mut labels);
    let (mut cost, mut health) = (0.0, 0.0);
    for triangle in drawn {
        draw_triangle(&mut picture, triangle, &axes, (cost, health), &mut labels);
        cost += triangle.cost;
        health += finite(triangle.health);
    }
    picture.finish()
}

fn axes(input: &Frontier, drawn: &[&Triangle]) -> Axes {
    let (mut cost, mut health, mut least, mut most) = (0.0, 0.0_f64, 0.0_f64, 0.0_f64);
    for triangle in drawn {
        cost += triangle.cost;
        let gain = finite(triangle.health);
        // A very long whisker is cut rather than made to flatten the picture.
        let high = triangle.high.map_or(gain, |high| finite(high).min(gain.abs() * 2.0));
        most = most.max(health + gain.max(high));
        health += gain;
        least = least.min(health);
    }
    let all = cost + finite(input.not_assessable).max(0.0);
    Axes {
        x: Scale::new(0.0, all, LEFT, RIGHT),
        y: Scale::new(least, if most > least { most * 1.04 } else { least + 1.0 }, BOTTOM, TOP),
        cost,
    }
}

fn draw_axes(picture: &mut Picture, axes: &Axes, height_label: &str) {
    picture.text(8.0, 20.0, Type::new(Anchor::Start).bold(), height_label);
    for tick in axes.y.ticks(5.0) {
        let y = axes.y.at(tick);
        picture.line((LEFT, y), (RIGHT, y), PALE, 1.0);
        picture.text(LEFT - 8.0, y + 5.0, Type::new(Anchor::End).grey(), &round_figure(tick));
    }
    let zero = axes.y.at(0.0);
    picture.line((LEFT, zero), (RIGHT, zero), BLACK, 1.5);
    for tick in axes.x.ticks(6.0) {
        let x = axes.x.at(tick);
        picture.line((x, BOTTOM + 30.0), (x, BOTTOM + 36.0), BLACK, 1.0);
        let label = money(tick);
        picture.text(x, BOTTOM + 54.0, Type::new(Anchor::Middle).grey(), &label);
    }
    picture.line((LEFT, BOTTOM + 30.0), (RIGHT, BOTTOM + 30.0), BLACK, 1.0);
    let label = "Money spent in a year, best value first";
    picture.text(RIGHT, HEIGHT - 10.0, Type::new(Anchor::End).bold(), label);
}

fn draw_legend(picture: &mut Picture, drawn: &[&Triangle], unknown: bool) {
    let mut entries: Vec<(Ink, String)> = Vec::new();
    for triangle in drawn {
        let ink = Ink::of_sector(&triangle.sector);
        if !entries.iter().any(|(known, _)| *known == ink) {
            let label = match ink {
                Ink::OtherSector => "Other sector".to_owned(),
                _ => sector_label(&triangle.sector),
            };
            entries.push((ink, format!("{} {label}", ink.letter())));
        }
    }
    entries.sort_by(|one, other| one.1.cmp(&other.1));
    if unknown {
        entries.push((Ink::Unknown, "Not assessable".to_owned()));
    }
    let mut x = LEFT;
    for (ink, label) in entries {
        picture.rect(x, 36.0, 18.0, 18.0, ink);
        picture.text(x + 25.0, 51.0, Type::new(Anchor::Start), &label);
        x += 46.0 + text_width(&label);
    }
}

/// The grey block at the end, with its label inside or, where it is slim, to its left.
fn draw_unknown(picture: &mut Picture, input: &Frontier, axes: &Axes, labels: &mut Labels) {
    if finite(input.not_assessable) <= 0.0 {
        return;
    }
    let (left, zero) = (axes.x.at(axes.cost), axes.y.at(0.0));
    let width = RIGHT - left;
    picture.rect(left, TOP, width, zero - TOP, Ink::Unknown);
    labels.reserve(Place { x: left, y: 0.0, width, height: HEIGHT });
    let lines = ["Not assessable", input.not_assessable_label.as_str()];
    let wide = lines.iter().map(|line| text_width(line)).fold(0.0, f64::max) + 24.0;
    let middle = if width > wide { left + width / 2.0 } else { left - 8.0 - wide / 2.0 };
    let upper = zero - 3.4 * LINE;
    let box_ = Place { x: middle - wide / 2.0, y: upper, width: wide, height: 2.8 * LINE };
    labels.reserve(box_);
    picture.raw(&format!(
        r##"<rect x="{}" y="{}" width="{}" height="{}" fill="#fff" stroke="#768692"/>"##,
        number(box_.x),
        number(box_.y),
        number(box_.width),
        number(box_.height),
    ));
    let mut y = upper + 1.2 * LINE;
    for line in lines {
        picture.text(middle, y, Type::new(Anchor::Middle).bold(), line);
        y += LINE;
    }
}

fn draw_triangle(
    picture: &mut Picture,
    triangle: &Triangle,
    axes: &Axes,
    (cost, health): (f64, f64),
    labels: &mut Labels,
) {
    let ink = Ink::of_sector(&triangle.sector);
    let fill = picture.fill(ink);
    let (left, right) = (axes.x.at(cost), axes.x.at(cost + triangle.cost));
    let gain = finite(triangle.health);
    let (base, top) = (axes.y.at(health), axes.y.at(health + gain));
    picture.raw(&format!(
        concat!(
            r#"<g data-mark="{rank}" data-href="{href}"><title>{sentence}</title>"#,
            r#"<polygon class="vb-shape" points="{left},{base} {right},{base} {right},{top}""#,
            r#" fill="{fill}" stroke="{colour}"{thick}/></g>"#,
        ),
        rank = triangle.rank,
        href = escape(&triangle.href),
        sentence = escape(&triangle.sentence),
        left = number(left),
        right = number(right),
        base = number(base),
        top = number(top),
        fill = fill,
        colour = ink.colour(),
        // What is too narrow to be seen is drawn as a stroke.
        thick = if right - left < NARROW { r#" stroke-width="4""# } else { "" },
    ));
    if right - left < NARROW {
        return;
    }
    if let (Some(low), Some(high)) = (triangle.low, triangle.high) {
        let (lower, upper) = (axes.y.at(health + low), axes.y.at(health + high));
        picture.line((right, lower), (right, upper), BLACK, 2.0);
        for y in [lower, upper] {
            picture.line((right - 4.0, y), (right + 4.0, y), BLACK, 2.0);
        }
    }
    draw_label(
        picture,
        triangle,
        ink,
        (left, base, axes.y.at(0.0), axes.x.at(axes.cost).max(LABELS)),
        labels,
    );
}

/// Below the triangle's base everything is white: the label goes there, shorter where it must.
fn draw_label(
    picture: &mut Picture,
    triangle: &Triangle,
    ink: Ink,
    (left, base, zero, right): (f64, f64, f64, f64),
    labels: &mut Labels,
) {
    // Clear of the whisker of the triangle before, and of the axis.
    let x = left + 9.0;
    let top = if base < zero && base + 3.0 + LINE > zero { zero + 2.0 } else { base + 3.0 };
    let number = format!("{} {}", triangle.rank, ink.letter());
    let named = fitted(&format!("{number} {}", triangle.name), right - x - 6.0);
    // A name of which hardly anything is left says less than its number alone.
    let readable = named.chars().count() > number.chars().count() + 6;
    for text in readable.then_some(named).into_iter().chain([number]) {
        let place = Place { x, y: top, width: text_width(&text) + 6.0, height: LINE };
        if labels.take(place, right) {
            picture.text(x, top + 15.0, Type::new(Anchor::Start), &text);
            return;
        }
    }
}

/// A tick's money.
fn money(pounds: f64) -> String {
    if pounds >= 1e9 {
        format!("£{}bn", round_figure(pounds / 1e9))
    } else if pounds > 0.0 {
        format!("£{}m", round_figure(pounds / 1e6))
    } else {
        "£0".to_owned()
    }
}

/// A tick's figure without more decimals than it needs.
fn round_figure(value: f64) -> String {
    let size = value.abs();
    let decimals = if size >= 10.0 || size == 0.0 {
        0
    } else if size >= 1.0 {
        1
    } else {
        3
    };
    let text = format!("{value:.decimals$}");
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        crate::pages::format::thousands(&text)
    };
    text.replace('-', "−")
}

#[cfg(test)]
fn many(services: usize) -> Frontier {
    let sectors = ["acute", "community", "mental_health", "primary_care", "ambulance"];
    let triangles = (0..services)
        .map(|at| {
            let health = 900.0 / (1.0 + super::svg::count(at));
            Triangle {
                rank: at + 1,
                name: format!("Service <b>{at}</b> & \"so on\""),
                sector: sectors[at % sectors.len()].to_owned(),
                sentence: format!("Service {at} & <co>"),
                href: format!("/value/R<{at}>/\"x\""),
                cost: 1e6,
                health,
                low: Some(health * 0.6),
                high: Some(health * 1.7),
            }
        })
        .collect();
    Frontier {
        heading: Heading {
            id: "value\"<".to_owned(),
            title: "Talking therapies <first>".to_owned(),
            description: "Best & worst".to_owned(),
        },
        height_label: "Healthy years (QALYs) a year".to_owned(),
        triangles,
        not_assessable: 3e6,
        not_assessable_label: "£3.0m".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::well_formed::xml;

    #[test]
    fn hostile_names_stay_text() {
        let svg = frontier(&many(12));
        assert_eq!(xml(&svg), Ok(()));
        assert!(!svg.contains("<b>") && svg.contains("Service &lt;b&gt;0&lt;/b&gt;"));
    }

    #[test]
    fn nothing_and_nonsense_are_pictures_too() {
        let mut odd = many(3);
        odd.not_assessable = f64::NAN;
        for (triangle, health) in odd.triangles.iter_mut().zip([f64::NAN, -20.0, f64::INFINITY]) {
            triangle.health = health;
        }
        for input in [Frontier::default(), many(0), odd] {
            let svg = frontier(&input);
            assert_eq!(xml(&svg), Ok(()));
            assert!(!svg.contains("NaN") && !svg.contains("inf"));
        }
    }

    #[test]
    fn two_thousand_services_each_have_a_mark_and_few_have_labels() {
        let svg = frontier(&many(2000));
        assert_eq!(xml(&svg), Ok(()));
        assert_eq!(svg.matches("data-mark").count(), 2000);
        assert!(svg.matches("<text").count() < 40);
    }

    #[test]
    fn each_triangle_begins_where_the_last_one_ended() {
        let svg = frontier(&many(2));
        let corners: Vec<&str> =
            svg.split("points=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let end = corners[0].split(' ').next_back();
        assert_eq!(end, corners[1].split(' ').next());
    }
}
