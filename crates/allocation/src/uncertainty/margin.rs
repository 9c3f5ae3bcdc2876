//! How the objective sees one line's pieces, and what this plan's prices say of other gains.

use crate::case::{Case, Curve, Response, Segment};
use crate::families::Built;

/// The pieces of a line's curve: the slopes of one grid serve every year.
pub struct Pieces<'a> {
    /// Their columns in the model, every year's.
    pub columns: Vec<usize>,
    curve: &'a Curve,
    segments: Vec<&'a Segment>,
    /// By year: growth of demand, and what a unit of its health counts.
    years: Vec<(f64, f64)>,
    /// By column: its year and its segment.
    places: Vec<(usize, usize)>,
}

impl<'a> Pieces<'a> {
    /// Nothing where the line has none.
    pub fn of(case: &'a Case, built: &Built, at: usize) -> Option<Self> {
        let line = case.lines.get(at)?;
        let curve = line.curve.as_ref()?;
        let weight = built.weights.lines.get(at).copied().unwrap_or(1.0);
        let (mut columns, mut places, mut years) = (Vec::new(), Vec::new(), Vec::new());
        for (number, year) in case.each_year().enumerate() {
            years.push((line.grown(year).demand, weight * case.discount(year)));
            let own = built.line(year, at)?;
            let reached = |segment: &&Segment| segment.year <= year;
            let lower = curve.below.iter().enumerate().filter(|(_, segment)| reached(segment));
            let upper = curve.above.iter().enumerate().filter(|(_, segment)| reached(segment));
            let below = curve.below.len();
            let lower = own.below.iter().zip(lower.map(|(piece, _)| piece));
            let upper = own.above.iter().zip(upper.map(|(piece, _)| below + piece));
            for (column, piece) in lower.chain(upper) {
                columns.push(*column);
                places.push((number, piece));
            }
        }
        let segments = curve.below.iter().chain(&curve.above).collect();
        let some = !columns.is_empty();
        some.then_some(Self { columns, curve, segments, years, places })
    }

    /// What one unit of health at today's spend gives each column at an elasticity.
    pub fn fill(&self, elasticity: f64, out: &mut Vec<f64>) {
        let one = Response { health: 1.0, elasticity, demand: 1.0 };
        let slope = |segment: &&Segment| self.curve.slope(segment, one);
        let slopes: Vec<f64> = self.segments.iter().map(slope).collect();
        let lift = |(demand, counts): &(f64, f64)| {
            counts * Response { demand: *demand, ..one }.unchanged()
        };
        let lifts: Vec<f64> = self.years.iter().map(lift).collect();
        let at = |list: &[f64], at: usize| list.get(at).copied().unwrap_or(0.0);
        out.clear();
        out.extend(self.places.iter().map(|(year, piece)| at(&lifts, *year) * at(&slopes, *piece)));
    }
}

/// What some columns cost at the prices of this plan, and how far each is from its ends.
pub struct Margin(Vec<(f64, f64, f64)>);

impl Margin {
    /// `reduced` are the reduced gains at this plan's prices, `own` its point.
    pub fn of(built: &Built, reduced: &[f64], own: &[f64], columns: &[usize]) -> Self {
        let one = |at: &usize| {
            let (column, value) = (built.model.columns.get(*at)?, own.get(*at)?);
            let fixed = built.fixed_gains.get(*at)?;
            let price = column.gain - reduced.get(*at)? - fixed;
            Some((price, column.upper - value, value - column.lower))
        };
        Self(columns.iter().filter_map(one).collect())
    }

    /// A bound on what the best plan could bring beyond this one, were these columns to gain so much
    /// by health and everything else as it is. At the prices of this plan a column is worth its gain
    /// less its price: where that is more than nought, what it is short of its upper end is forgone;
    /// where it is less, what it holds above its lower end. Nothing forgone is a proof that this
    /// plan is still the best.
    pub fn forgone(&self, gains: impl Iterator<Item = f64>) -> f64 {
        let one = |(gain, (price, short, over)): (f64, &(f64, f64, f64))| {
            let worth = gain - price;
            if worth > 0.0 { worth * short } else { -worth * over }
        };
        gains.zip(&self.0).map(one).sum()
    }
}

/// What a plan may lose by being floored to pence: a penny of every line at its steepest.
pub fn floor(built: &Built) -> f64 {
    let lines = built.years.iter().flat_map(|year| &year.lines);
    let steepest = |columns: &mut dyn Iterator<Item = &usize>| {
        let gains = columns.filter_map(|at| built.model.columns.get(*at));
        gains.map(|column| column.gain.abs()).fold(0.0, f64::max)
    };
    let pennies = lines.map(|line| steepest(&mut line.below.iter().chain(&line.above)));
    1e-9 + 1e-8 * pennies.sum::<f64>()
}
