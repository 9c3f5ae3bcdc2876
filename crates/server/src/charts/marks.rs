use super::svg::{Anchor, BLACK, GREY, Picture, Type, number, text_width};

/// Where a unit cost lies: each with a shape of its own, so that no colour has to be told apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// Within two standard errors.
    #[default]
    Within,
    /// Beyond two.
    Beyond2,
    /// Beyond three.
    Beyond3,
    /// So far out that the figures are asked about first.
    Query,
}

impl Mark {
    /// All of them, the nearest first.
    pub const ALL: [Self; 4] = [Self::Within, Self::Beyond2, Self::Beyond3, Self::Query];

    /// The mark of a standing's code.
    #[must_use]
    pub fn of_standing(code: &str) -> Self {
        match code {
            "beyond_2_sigma" => Self::Beyond2,
            "beyond_3_sigma" => Self::Beyond3,
            "query" => Self::Query,
            _ => Self::Within,
        }
    }

    /// What it says.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Within => "Within its limits",
            Self::Beyond2 => "Beyond two standard errors",
            Self::Beyond3 => "Beyond three",
            Self::Query => "Query the figures",
        }
    }

    const fn fill(self) -> &'static str {
        match self {
            Self::Within => "#fff",
            Self::Beyond2 => "#12436D",
            Self::Beyond3 => "#801650",
            Self::Query => "#F46A25",
        }
    }
}

/// Half of a mark's size.
pub const HALF: f64 = 7.0;

/// Draws one.
pub fn draw_mark(picture: &mut Picture, mark: Mark, (x, y): (f64, f64)) {
    let (fill, left, right) = (mark.fill(), number(x - HALF), number(x + HALF));
    let (top, bottom) = (number(y - HALF), number(y + HALF));
    let (x, y) = (number(x), number(y));
    picture.raw(&match mark {
        Mark::Within => format!(
            r##"<circle cx="{x}" cy="{y}" r="5" fill="{fill}" stroke="{GREY}" stroke-width="2"/>"##
        ),
        Mark::Beyond2 => format!(
            r##"<circle cx="{x}" cy="{y}" r="6" fill="{fill}" stroke="{BLACK}"/>"##
        ),
        Mark::Beyond3 => format!(
            r##"<polygon points="{x},{top} {right},{y} {x},{bottom} {left},{y}" fill="{fill}" stroke="{BLACK}"/>"##
        ),
        Mark::Query => format!(
            r##"<polygon points="{x},{top} {right},{bottom} {left},{bottom}" fill="{fill}" stroke="{BLACK}"/>"##
        ),
    });
}

/// Which shape says what; of those that are there.
pub fn draw_key(picture: &mut Picture, (left, y): (f64, f64), there: impl Fn(Mark) -> bool) {
    let mut x = left;
    for mark in Mark::ALL.into_iter().filter(|mark| there(*mark)) {
        draw_mark(picture, mark, (x + HALF, y - 5.0));
        picture.text(x + 22.0, y, Type::new(Anchor::Start), mark.words());
        x += 44.0 + text_width(mark.words());
    }
}
