use super::Heading;
use super::palette::Ink;
use super::scale::Scale;
use super::svg::{Anchor, BLACK, FONT, PALE, Picture, Type, count, escape, finite, fitted};

/// What a plan gives up and what that buys, added up line by line.
#[derive(Clone, Debug, Default)]
pub struct Waterfall {
    /// What the picture says.
    pub heading: Heading,
    /// What is added up, for the axis.
    pub unit: String,
    /// The lines, in any order; only the largest are drawn one by one.
    pub moves: Vec<Move>,
    /// The last line's label.
    pub sum_label: String,
}

/// One line of a plan.
#[derive(Clone, Debug, Default)]
pub struct Move {
    /// The service in words.
    pub label: String,
    /// Change in health.
    pub health: f64,
    /// The change in health in words.
    pub health_label: String,
    /// The change in money in words.
    pub money_label: String,
}

/// Lines drawn one by one; the rest are added up in one line.
const LARGEST: usize = 14;

const WIDTH: f64 = 480.0;
const TOP: f64 = 40.0;
/// A line of text with its bar below.
const ROW: f64 = 54.0;
const BAR: f64 = 20.0;
const TEXT: f64 = 24.0;
const LEFT: f64 = 4.0;
const RIGHT: f64 = 412.0;
const END: f64 = 476.0;
/// Room for a figure on either side of the bars.
const FIGURE: f64 = 60.0;
/// Room for a label beside its money.
const LABEL: f64 = 370.0;

/// The picture of a waterfall: losses first, then what they buy, then the sum.
#[must_use]
pub fn waterfall(input: &Waterfall) -> String {
    let rows = rows(&input.moves);
    let lines = count(rows.len() + 1);
    let mut picture = Picture::new(&input.heading, WIDTH, TOP + lines * ROW + 36.0);
    let scale = scale(&rows);
    let bottom = TOP + lines * ROW;
    draw_frame(&mut picture, scale, bottom, &input.unit);
    let mut sum = 0.0;
    let mut y = TOP;
    for row in &rows {
        draw_row(&mut picture, scale, y, (sum, sum + row.health), row);
        sum += row.health;
        y += ROW;
        let x = scale.at(sum);
        picture.line((x, y - ROW + TEXT + BAR), (x, y + TEXT), BLACK, 1.0);
    }
    let total = Move {
        label: input.sum_label.clone(),
        health: sum,
        health_label: crate::pages::format::qaly_signed(sum),
        money_label: String::new(),
    };
    draw_row(&mut picture, scale, y, (0.0, sum), &total);
    picture.finish()
}

/// The largest lines, losses first and each kind by size; the others as one.
fn rows(moves: &[Move]) -> Vec<Move> {
    let mut rows: Vec<Move> = moves
        .iter()
        .map(|line| Move { health: finite(line.health), ..line.clone() })
        .filter(|line| line.health != 0.0)
        .collect();
    rows.sort_by(|one, other| other.health.abs().total_cmp(&one.health.abs()));
    let small = rows.split_off(rows.len().min(LARGEST));
    rows.sort_by(|one, other| {
        let gains = |line: &Move| line.health > 0.0;
        gains(one).cmp(&gains(other)).then(other.health.abs().total_cmp(&one.health.abs()))
    });
    if !small.is_empty() {
        let health: f64 = small.iter().map(|line| line.health).sum();
        let others = Move {
            label: format!("{} other lines together", small.len()),
            health,
            health_label: crate::pages::format::qaly_signed(health),
            money_label: String::new(),
        };
        let losses = rows.iter().filter(|line| line.health < 0.0).count();
        rows.insert(if health < 0.0 { losses } else { rows.len() }, others);
    }
    rows
}

fn scale(rows: &[Move]) -> Scale {
    let (mut sum, mut least, mut most) = (0.0, 0.0_f64, 0.0_f64);
    for row in rows {
        sum += row.health;
        least = least.min(sum);
        most = most.max(sum);
    }
    Scale::new(least, most, LEFT + FIGURE, RIGHT)
}

fn draw_frame(picture: &mut Picture, scale: Scale, bottom: f64, unit: &str) {
    picture.text(LEFT, 20.0, Type::new(Anchor::Start).bold(), unit);
    picture.text(END, 20.0, Type::new(Anchor::End).bold(), "Money");
    for tick in scale.ticks(4.0) {
        let label = crate::pages::format::qaly_signed(tick);
        let x = scale.at(tick);
        picture.text(x, bottom + 20.0, Type::new(Anchor::Middle).grey(), &label);
    }
}

/// The line's name and money, and below them its bar with the change in health where it ends.
fn draw_row(picture: &mut Picture, scale: Scale, y: f64, (from, to): (f64, f64), row: &Move) {
    let ink = if row.health < 0.0 { Ink::Loss } else { Ink::Gain };
    let (start, end) = (scale.at(from), scale.at(to));
    let title = format!("{}: {}", row.label, row.health_label);
    picture.raw(&format!("<g><title>{}</title>", escape(&title)));
    let label = fitted(&row.label, LABEL);
    picture.text(LEFT, y + 17.0, Type::new(Anchor::Start).halo(), &label);
    picture.text(END, y + 17.0, Type::new(Anchor::End).halo(), &row.money_label);
    let bar = y + TEXT;
    let band = |x: f64| ((x, bar - 4.0), (x, bar + BAR + 4.0));
    for tick in scale.ticks(4.0) {
        let (top, bottom) = band(scale.at(tick));
        picture.line(top, bottom, PALE, 1.0);
    }
    let (top, bottom) = band(scale.at(0.0));
    picture.line(top, bottom, BLACK, 1.5);
    picture.rect(start.min(end), bar, (end - start).abs().max(1.0), BAR, ink);
    let (x, anchor) = if row.health < 0.0 {
        (start.min(end) - 6.0, Anchor::End)
    } else {
        (start.max(end) + 6.0, Anchor::Start)
    };
    picture.text(x, bar + 16.0, Type::new(anchor).bold().halo(), &row.health_label);
    picture.raw("</g>");
}

/// The smallest text is the usual one.
const _: () = assert!(FONT >= 14.0);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::well_formed::xml;

    fn moves(lines: usize) -> Waterfall {
        let moves = (0..lines)
            .map(|at| {
                let health = if at % 2 == 0 { -1.0 } else { 1.5 } * (1.0 + count(at));
                Move {
                    label: format!(
                        "<script>{at}</script> a very long name {}",
                        "of a line ".repeat(20)
                    ),
                    health,
                    health_label: crate::pages::format::qaly_signed(health),
                    money_label: "−£1.2m".to_owned(),
                }
            })
            .collect();
        Waterfall {
            heading: Heading { id: "moves".to_owned(), ..Heading::default() },
            unit: "Healthy years (QALYs) a year".to_owned(),
            moves,
            sum_label: "The plan".to_owned(),
        }
    }

    #[test]
    fn hostile_names_stay_text_and_are_cut() {
        let svg = waterfall(&moves(6));
        assert_eq!(xml(&svg), Ok(()));
        assert!(!svg.contains("<script>") && svg.contains('…'));
    }

    #[test]
    fn nothing_and_nonsense_are_pictures_too() {
        let mut odd = moves(3);
        for (line, health) in odd.moves.iter_mut().zip([f64::NAN, f64::INFINITY, 0.0]) {
            line.health = health;
        }
        for input in [Waterfall::default(), odd] {
            let svg = waterfall(&input);
            assert_eq!(xml(&svg), Ok(()));
            assert!(!svg.contains("NaN"));
        }
    }

    #[test]
    fn the_small_lines_are_added_up() {
        let many = moves(2000);
        let rows = rows(&many.moves);
        assert_eq!(rows.len(), LARGEST + 1);
        let sum: f64 = rows.iter().map(|line| line.health).sum();
        let all: f64 = many.moves.iter().map(|line| line.health).sum();
        assert!((sum - all).abs() < 1e-6);
        assert_eq!(xml(&waterfall(&many)), Ok(()));
    }

    #[test]
    fn losses_come_before_what_they_buy() {
        let rows = rows(&moves(6).moves);
        let signs: Vec<bool> = rows.iter().map(|line| line.health > 0.0).collect();
        assert_eq!(signs, [false, false, false, true, true, true]);
    }
}
