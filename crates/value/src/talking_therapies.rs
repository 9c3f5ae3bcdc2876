//! Courses of Talking Therapies: recovery, reliable improvement and reliable recovery, by the
//! cut-offs of the national manual. They are shown, not valued; a mapping values the scores.

use crate::parameters::TherapyCutoffs;

/// Scores of one person on one day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scores {
    /// PHQ-9, 0 to 27.
    pub phq9: f64,
    /// GAD-7, 0 to 21.
    pub gad7: f64,
}

/// A finished course: the first scores and the last.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Course {
    /// At the start.
    pub first: Scores,
    /// At the end.
    pub last: Scores,
}

impl Scores {
    /// Whether the person is a case: either score at or above its cut-off.
    #[must_use]
    pub fn is_case(self, cutoffs: &TherapyCutoffs) -> bool {
        self.phq9 >= cutoffs.case_phq9 || self.gad7 >= cutoffs.case_gad7
    }
}

impl Course {
    /// Whether a case at the start was none at the end; nothing for who was no case.
    #[must_use]
    pub fn recovered(self, cutoffs: &TherapyCutoffs) -> Option<bool> {
        self.first.is_case(cutoffs).then(|| !self.last.is_case(cutoffs))
    }

    /// Whether one score fell reliably and the other did not rise reliably.
    #[must_use]
    pub fn reliably_improved(self, cutoffs: &TherapyCutoffs) -> bool {
        let (phq9, gad7) = (self.first.phq9 - self.last.phq9, self.first.gad7 - self.last.gad7);
        let falls = phq9 >= cutoffs.reliable_phq9 || gad7 >= cutoffs.reliable_gad7;
        let rises = -phq9 >= cutoffs.reliable_phq9 || -gad7 >= cutoffs.reliable_gad7;
        falls && !rises
    }

    /// Whether both; nothing for who was no case at the start.
    #[must_use]
    pub fn reliably_recovered(self, cutoffs: &TherapyCutoffs) -> Option<bool> {
        self.recovered(cutoffs).map(|recovered| recovered && self.reliably_improved(cutoffs))
    }
}
