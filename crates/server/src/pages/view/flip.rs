//! Where an answer flips, in words: a figure now, and what it would have to be.

use api::uncertainty::FlipJson;

/// A figure that the answer hangs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lever {
    /// How health follows the last pounds.
    Elasticity,
    /// Years the gain lasts.
    Duration,
    /// The part of the gain that would have come without care.
    WithoutCare,
}

impl Lever {
    /// A value with so many decimals more than usual.
    fn write(self, value: f64, more: usize) -> String {
        let trimmed = |text: String| match text.contains('.') {
            true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
            false => text,
        };
        match self {
            Self::Elasticity => format!("{value:.*}", 2 + more),
            Self::Duration => match trimmed(format!("{value:.*}", 1 + more)).as_str() {
                "1" => "1 year".to_owned(),
                years => format!("{years} years"),
            },
            Self::WithoutCare => format!("{}%", trimmed(format!("{:.*}", more, value * 100.0))),
        }
    }

    /// A value as it stands in a table.
    pub fn value(self, value: f64) -> String {
        self.write(value, 0)
    }

    /// The figure now, and another with a word that tells on which side of it: `less than 2.1
    /// years`. Both with as many decimals as tell them apart.
    fn beside(self, now: f64, at: f64) -> (String, String) {
        let apart = (0..=2).find(|more| self.write(now, *more) != self.write(at, *more));
        let more = apart.unwrap_or(2);
        let side = if at < now { "less than" } else { "more than" };
        (self.write(now, more), format!("{side} {}", self.write(at, more)))
    }
}

/// A figure of a service with where its answer flips.
#[derive(Clone, Copy, Debug)]
pub struct Turn<'a> {
    /// Which figure.
    pub lever: Lever,
    /// Its value now, and where it would flip.
    pub flip: &'a FlipJson,
}

impl Turn<'_> {
    /// Its value now.
    pub fn now(&self) -> String {
        match self.flip.at_threshold {
            Some(at) => self.lever.beside(self.flip.now, at).0,
            None => self.lever.value(self.flip.now),
        }
    }

    /// What it would have to be for the last pound to be on the other side of its price.
    pub fn at_threshold(&self) -> Option<String> {
        self.flip.at_threshold.map(|at| self.lever.beside(self.flip.now, at).1)
    }

    /// What it would have to be for the service to change places with the one before or after it.
    pub fn places(&self) -> Vec<String> {
        let to = |at: Option<f64>, what: &str| {
            at.map(|at| format!("{what} at {}", self.lever.beside(self.flip.now, at).1))
        };
        let before = to(self.flip.passes_the_cheaper, "passes the one before it");
        let after = to(self.flip.falls_behind_the_dearer, "falls behind the one after it");
        before.into_iter().chain(after).collect()
    }

    /// The whole as a sentence. `of` names the patients where they are not all.
    pub fn sentence(&self, is_worth: bool, of: Option<&str>) -> String {
        let now = self.now();
        let goal = if is_worth { "not to be worth its price" } else { "to be worth its price" };
        let stays = if is_worth { "is still worth" } else { "is still not worth" };
        let of = of.map_or_else(String::new, |cohort| format!(" of {cohort}"));
        let (today, would, whatever) = match self.lever {
            Lever::Elasticity => (
                format!("The elasticity is {now}"),
                "would have to be",
                "whatever elasticity it can have",
            ),
            Lever::Duration => (
                format!("The gain{of} is taken to last {now}"),
                "would have to last",
                if is_worth { "however short it is" } else { "however long it lasts" },
            ),
            Lever::WithoutCare => (
                format!("{now} of the gain{of} would have come without care"),
                "would have to be",
                if is_worth { "however much of it" } else { "even if none of it" },
            ),
        };
        match self.at_threshold() {
            Some(at) => format!("{today}; it {would} {at} for the last pound {goal}."),
            None => format!("{today}; {whatever}, the last pound {stays} its price."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flip(now: f64, at_threshold: Option<f64>) -> FlipJson {
        FlipJson { now, at_threshold, passes_the_cheaper: None, falls_behind_the_dearer: None }
    }

    #[test]
    fn a_sentence_says_what_it_would_take() {
        let says = |lever, now, at, is_worth, of| {
            Turn { lever, flip: &flip(now, at) }.sentence(is_worth, of)
        };
        assert_eq!(
            says(Lever::Duration, 10.0, Some(2.08), true, None),
            "The gain is taken to last 10 years; it would have to last less than 2.1 years for the \
             last pound not to be worth its price."
        );
        assert_eq!(
            says(Lever::WithoutCare, 0.6, Some(0.214), false, Some("back pain")),
            "60% of the gain of back pain would have come without care; it would have to be less \
             than 21% for the last pound to be worth its price."
        );
        assert_eq!(
            says(Lever::Elasticity, 0.5, None, true, None),
            "The elasticity is 0.50; whatever elasticity it can have, the last pound is still \
             worth its price."
        );
        assert_eq!(
            says(Lever::Duration, 1.0, None, false, None),
            "The gain is taken to last 1 year; however long it lasts, the last pound is still not \
             worth its price."
        );
    }

    #[test]
    fn figures_that_are_close_are_told_apart() {
        let turn = |lever, now, at| {
            let flip = flip(now, Some(at));
            let turn = Turn { lever, flip: &flip };
            (turn.now(), turn.at_threshold().expect("a flip"))
        };
        let close = ("0.503".to_owned(), "less than 0.501".to_owned());
        assert_eq!(turn(Lever::Elasticity, 0.5031, 0.5012), close);
        let close = ("2 years".to_owned(), "more than 2.03 years".to_owned());
        assert_eq!(turn(Lever::Duration, 2.0, 2.03), close);
        let close = ("40%".to_owned(), "more than 40.4%".to_owned());
        assert_eq!(turn(Lever::WithoutCare, 0.4, 0.404), close);
    }

    #[test]
    fn places_change_on_either_side() {
        let flip = FlipJson {
            passes_the_cheaper: Some(12.0),
            falls_behind_the_dearer: Some(8.7),
            ..flip(10.0, None)
        };
        assert_eq!(
            Turn { lever: Lever::Duration, flip: &flip }.places(),
            [
                "passes the one before it at more than 12 years",
                "falls behind the one after it at less than 8.7 years",
            ]
        );
    }
}
