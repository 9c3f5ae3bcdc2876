use super::{Frontier, Triangle};
use crate::charts::labels::{Labels, Place};
use crate::charts::palette::{Ink, sector_label};
use crate::charts::scale::Scale;
use crate::charts::svg::{Anchor, BLACK, PALE, Picture, Type, finite, number, text_width};

pub const WIDTH: f64 = 960.0;
pub const HEIGHT: f64 = 560.0;
pub const LINE: f64 = 20.0;
const LEFT: f64 = 84.0;
const RIGHT: f64 = 936.0;
const TOP: f64 = 76.0;
const BOTTOM: f64 = 470.0;

/// The grey block is drawn to scale up to this part of the width.
const WIDEST_BLOCK: f64 = 0.25;
/// The gap before a block that is not to scale.
const GAP: f64 = 16.0;

/// Where things lie.
pub struct Axes {
    /// Money to the right.
    pub x: Scale,
    /// Health upwards.
    pub y: Scale,
    /// Where the last triangle ends.
    pub end: f64,
    /// Where the grey block begins; as `end`, or after a gap where it is not to scale.
    block: f64,
}

/// The axes that hold these triangles and the grey block.
pub fn axes(input: &Frontier, drawn: &[&Triangle]) -> Axes {
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
    let unknown = finite(input.not_assessable).max(0.0);
    let share = if unknown > 0.0 { unknown / (cost + unknown) } else { 0.0 };
    let block = RIGHT - (RIGHT - LEFT) * share.min(WIDEST_BLOCK);
    let end = if share > WIDEST_BLOCK { block - GAP } else { block };
    // Where nothing is assessable, the block is all there is.
    let (end, block) = if cost > 0.0 { (end, block) } else { (LEFT, LEFT) };
    let top = if most > least { most * 1.04 } else { least + 1.0 };
    Axes { x: Scale::new(0.0, cost, LEFT, end), y: Scale::new(least, top, BOTTOM, TOP), end, block }
}

/// The axes with their ticks.
pub fn draw_axes(picture: &mut Picture, axes: &Axes, height_label: &str) {
    picture.text(8.0, 20.0, Type::new(Anchor::Start).bold(), height_label);
    for tick in axes.y.ticks(5.0) {
        let y = axes.y.at(tick);
        picture.line((LEFT, y), (axes.end, y), PALE, 1.0);
        picture.text(LEFT - 8.0, y + 5.0, Type::new(Anchor::End).grey(), &round_figure(tick));
    }
    let zero = axes.y.at(0.0);
    picture.line((LEFT, zero), (axes.end, zero), BLACK, 1.5);
    if axes.end > LEFT {
        for tick in axes.x.ticks(6.0) {
            let x = axes.x.at(tick);
            picture.line((x, BOTTOM + 30.0), (x, BOTTOM + 36.0), BLACK, 1.0);
            picture.text(x, BOTTOM + 54.0, Type::new(Anchor::Middle).grey(), &money(tick));
        }
    }
    picture.line((LEFT, BOTTOM + 30.0), (axes.end, BOTTOM + 30.0), BLACK, 1.0);
    let label = "Money spent in a year, best value first";
    picture.text(RIGHT, HEIGHT - 10.0, Type::new(Anchor::End).bold(), label);
}

/// Which colour, pattern and letter is which sector.
pub fn draw_legend(picture: &mut Picture, drawn: &[&Triangle], unknown: bool) {
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
pub fn draw_unknown(picture: &mut Picture, input: &Frontier, axes: &Axes, labels: &mut Labels) {
    if finite(input.not_assessable) <= 0.0 {
        return;
    }
    let (left, zero) = (axes.block, axes.y.at(0.0));
    let width = RIGHT - left;
    picture.rect(left, TOP, width, zero - TOP, Ink::Unknown);
    labels.reserve(Place { x: left, y: 0.0, width, height: HEIGHT });
    let mut lines = vec!["Not assessable", input.not_assessable_label.as_str()];
    if axes.block > axes.end {
        lines.push("(not to scale)");
        draw_break(picture, axes);
    }
    let wide = lines.iter().map(|line| text_width(line)).fold(0.0, f64::max) + 24.0;
    let middle = if width > wide { left + width / 2.0 } else { left - 8.0 - wide / 2.0 };
    let mut high = 0.8 * LINE;
    for _ in &lines {
        high += LINE;
    }
    let upper = zero - high - 0.6 * LINE;
    let place = Place { x: middle - wide / 2.0, y: upper, width: wide, height: high };
    labels.reserve(place);
    picture.raw(&format!(
        r##"<rect x="{}" y="{}" width="{}" height="{}" fill="#fff" stroke="#768692"/>"##,
        number(place.x),
        number(place.y),
        number(place.width),
        number(place.height),
    ));
    let mut y = upper + 1.2 * LINE;
    for line in lines {
        picture.text(middle, y, Type::new(Anchor::Middle).bold(), line);
        y += LINE;
    }
}

/// Two strokes across the axis: from here on it is not to scale.
fn draw_break(picture: &mut Picture, axes: &Axes) {
    for x in [axes.end + 4.0, axes.end + 10.0] {
        picture.line((x - 4.0, BOTTOM + 38.0), (x + 4.0, BOTTOM + 22.0), BLACK, 1.5);
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
