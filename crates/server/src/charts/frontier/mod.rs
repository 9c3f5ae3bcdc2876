mod frame;

use super::Heading;
use super::labels::{Labels, Place};
use super::palette::Ink;
use super::svg::{Anchor, BLACK, Picture, Type, escape, finite, fitted, number, text_width};
use frame::{Axes, HEIGHT, LINE, WIDTH, axes, draw_axes, draw_legend, draw_unknown};

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

/// Narrower triangles have no whisker and no label: slider, table and tooltip tell of them.
const NARROW: f64 = 10.0;

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
    draw_label(picture, triangle, ink, (left, base, axes.y.at(0.0), axes.end), labels);
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
