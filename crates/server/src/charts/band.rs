use super::Heading;
use super::marks::{HALF, Mark, draw_mark};
use super::scale::Scale;
use super::svg::{Anchor, BLACK, Picture, Type, count, escape, finite, fitted, number, text_width};

/// One unit cost against each of its references, within the limits of each.
#[derive(Clone, Debug, Default)]
pub struct Band {
    /// What the picture says.
    pub heading: Heading,
    /// One row a reference.
    pub rows: Vec<BandRow>,
}

/// One reference.
#[derive(Clone, Debug, Default)]
pub struct BandRow {
    /// What it is compared with.
    pub label: String,
    /// Own over expected cost.
    pub ratio: f64,
    /// The same in words.
    pub ratio_label: String,
    /// Limits at two standard errors.
    pub inner: (f64, f64),
    /// Limits at three.
    pub outer: (f64, f64),
    /// Where it lies.
    pub mark: Mark,
}

const WIDTH: f64 = 480.0;
const LEFT: f64 = 16.0;
const RIGHT: f64 = 464.0;
const TOP: f64 = 8.0;
const ROW: f64 = 72.0;
/// Nothing is drawn further out than this many times the reference.
const FURTHEST: f64 = 5.0;

/// The picture of a unit cost within its limits.
#[must_use]
pub fn band(input: &Band) -> String {
    let bottom = TOP + count(input.rows.len()) * ROW;
    let mut picture = Picture::new(&input.heading, WIDTH, bottom + 56.0);
    let widest = input.rows.iter().map(|row| finite(row.ratio).max(finite(row.outer.1)));
    let most = widest.fold(1.6, f64::max).min(FURTHEST);
    let scale = Scale::new(0.0, most, LEFT, RIGHT);
    let mut y = TOP;
    for row in &input.rows {
        draw_row(&mut picture, scale, y, row);
        y += ROW;
    }
    for tick in scale.ticks(5.0) {
        let x = scale.at(tick);
        picture.line((x, bottom), (x, bottom + 6.0), BLACK, 1.0);
        let label = format!("{tick:.1}");
        picture.text(x, bottom + 24.0, Type::new(Anchor::Middle).grey(), &label);
    }
    picture.line((LEFT, bottom), (RIGHT, bottom), BLACK, 1.0);
    let axis = "Times the reference; 1 is just as dear";
    picture.text(RIGHT, bottom + 48.0, Type::new(Anchor::End).bold(), axis);
    picture.finish()
}

fn draw_row(picture: &mut Picture, scale: Scale, y: f64, row: &BandRow) {
    picture.raw(&format!(
        "<g><title>{}</title>",
        escape(&format!("{}: {}", row.label, row.ratio_label))
    ));
    picture.text(
        LEFT,
        y + 17.0,
        Type::new(Anchor::Start).bold(),
        &fitted(&row.label, RIGHT - LEFT),
    );
    let (top, height) = (y + 26.0, 30.0);
    for ((low, high), fill) in [(row.outer, "#e8edee"), (row.inner, "#c8d3d8")] {
        let (from, to) = (scale.at(low), scale.at(high));
        picture.raw(&format!(
            r##"<rect x="{}" y="{}" width="{}" height="{height}" fill="{fill}" stroke="#768692"/>"##,
            number(from),
            number(top),
            number((to - from).max(0.0)),
        ));
    }
    let one = scale.at(1.0);
    picture.line((one, top - 3.0), (one, top + height + 3.0), BLACK, 2.0);
    let x = scale.at(row.ratio);
    draw_mark(picture, row.mark, (x, top + height / 2.0));
    let right = x + HALF + 6.0;
    let (x, anchor) = if right + text_width(&row.ratio_label) > RIGHT {
        (x - HALF - 6.0, Anchor::End)
    } else {
        (right, Anchor::Start)
    };
    picture.text(x, top + 21.0, Type::new(anchor).bold().halo(), &row.ratio_label);
    picture.raw("</g>");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::well_formed::xml;

    #[test]
    fn any_ratio_lies_within_the_picture() {
        let row = |ratio: f64| BandRow {
            label: "<b>The national mean</b> & others".repeat(4),
            ratio,
            ratio_label: "4.31 times".to_owned(),
            inner: (0.8, 1.2),
            outer: (0.7, f64::INFINITY),
            mark: Mark::Query,
        };
        let ratios = [0.0, 1.0, 4.31, 1e9, f64::NAN, -3.0];
        let svg = band(&Band { rows: ratios.map(row).into(), ..Band::default() });
        assert_eq!(xml(&svg), Ok(()));
        assert!(!svg.contains("<b>") && !svg.contains("NaN") && !svg.contains("inf"));
        assert_eq!(xml(&band(&Band::default())), Ok(()));
    }
}
