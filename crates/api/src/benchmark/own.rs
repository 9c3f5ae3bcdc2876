//! What a provider may see of the comparisons: its own lines, and nothing that would tell another
//! provider's costs.

use value::benchmark::FEWEST_OTHERS;

use super::{BenchmarkJson, ComparisonJson, LineBenchmarkJson, ProductivityJson, coverage};
use crate::evidence::is_of;

impl BenchmarkJson {
    /// Leaves one provider's lines. What rests on fewer than [`FEWEST_OTHERS`] other providers goes:
    /// the mean of one peer is that peer's cost.
    pub fn keep_own(&mut self, own: &str) {
        self.lines.retain(|line| is_of(own, &line.service));
        let mut hidden = Vec::new();
        for line in &mut self.lines {
            if line.hide_few() {
                hidden.push(line.service.clone());
            }
        }
        let shown = |service: &String| is_of(own, service) && !hidden.contains(service);
        self.unreviewed.retain(shown);
        self.productivity.lines.retain(|line| shown(&line.service));
        for line in &mut self.productivity.lines {
            let of_line = self.lines.iter().find(|known| known.service == line.service);
            if of_line.is_none_or(|known| known.best_quartile.is_none()) {
                line.release_at_best_quartile_gbp = None;
            }
        }
        self.productivity.add_up();
        self.coverage = coverage(&self.lines);
    }
}

impl LineBenchmarkJson {
    /// Hides what rests on few others; whether the main comparison was among it.
    fn hide_few(&mut self) -> bool {
        let few = self.main().and_then(ComparisonJson::few);
        for beside in [&mut self.peers, &mut self.best_quartile] {
            beside.take_if(|with| with.few().is_some());
        }
        if self.peers.is_none() {
            self.beside_peers = None;
        }
        if few.is_some() || self.mix_providers.is_some_and(is_few) {
            self.groups.clear();
            (self.mix, self.mix_providers, self.spent_on) = (None, None, None);
        }
        let Some(few) = few else { return false };
        let others = match few {
            1 => "one other provider does".to_owned(),
            few => format!("{few} other providers do"),
        };
        let reason = format!("only {others} the same: the Board sees the comparison");
        self.standing = None;
        self.best_quartile = None;
        self.is_it_different = format!("Only {others} the same: the Board sees the comparison.");
        self.why = "What may explain a difference is the Board's to see.".to_owned();
        self.what_can_we_do = "Ask the Board what it found.".to_owned();
        self.reason = Some(reason);
        true
    }
}

impl ComparisonJson {
    /// How few other providers it rests on, where they are too few to be shown.
    fn few(&self) -> Option<u32> {
        self.fewest_providers.or(self.providers).filter(|count| is_few(*count))
    }
}

fn is_few(others: u32) -> bool {
    usize::try_from(others).is_ok_and(|others| others < FEWEST_OTHERS)
}

impl ProductivityJson {
    /// The sums of the lines that are left.
    fn add_up(&mut self) {
        let (mut mean, mut best, mut queried) = (0.0, 0.0, 0.0);
        for line in &self.lines {
            if line.standing == "query" {
                queried += line.release_at_mean_gbp;
            } else {
                mean += line.release_at_mean_gbp;
                best += line.release_at_best_quartile_gbp.unwrap_or_default();
            }
        }
        self.release_at_mean_gbp = mean;
        self.release_at_best_quartile_gbp = best;
        self.queried_gbp = queried;
    }
}
