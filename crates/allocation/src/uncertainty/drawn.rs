//! What is drawn, and what each draw makes of the objective.

use quantities::{Millions, Pence, Qaly};
use value::draws::{LineDraws, normals};
use value::parameters::by_grade;

use super::margin::Pieces;
use crate::case::{Case, Response};
use crate::families::{Built, counted_in};
use crate::plan::Plan;

/// The draws of each line that has a curve, and of what moves and options bring.
pub struct Drawn {
    lines: Vec<Option<LineDraws>>,
    moves: Vec<Vec<f64>>,
    options: Vec<Vec<f64>>,
}

impl Drawn {
    pub fn of(case: &Case) -> Self {
        let (draws, seed) = (case.values.draws.len(), case.scenario.definition.uncertainty.seed);
        let lines = case.lines.iter().enumerate();
        let line = |at, has_curve: bool| {
            (has_curve && !case.out_of_time()).then(|| case.values.draws.line(at)).flatten()
        };
        // Without a standard error of its own, the grade's usual spread.
        let spread = |mean: f64, se: Option<f64>, grade| {
            se.unwrap_or_else(|| mean.abs() * by_grade(&case.parameters.gain_cv, grade))
        };
        let normal = |name: String, mean: f64, se: f64| -> Vec<f64> {
            normals(seed, &name).take(draws).map(|z| mean + se * z).collect()
        };
        let moves = case.moves.iter();
        let options = case.proposals.iter();
        Self {
            lines: lines.map(|(at, of)| line(at, of.curve.is_some())).collect(),
            moves: moves
                .map(|one| {
                    let se = spread(one.eta, one.eta_se, one.grade);
                    normal(format!("move {}", one.key), one.eta, se)
                })
                .collect(),
            options: options
                .map(|one| {
                    let benefit = one.benefit.get();
                    let se = spread(benefit, one.benefit_se, one.grade);
                    normal(format!("option {}", one.id), benefit, se)
                })
                .collect(),
        }
    }

    /// A line's response in a draw: true cost above reported cost buys less for the same money.
    fn at(&self, draw: usize, line: usize, demand: f64) -> Response {
        let Some(Some(line)) = self.lines.get(line) else {
            return Response { health: 0.0, elasticity: 1.0, demand };
        };
        let at = |list: &[f64], otherwise| list.get(draw).copied().unwrap_or(otherwise);
        let health = at(&line.health, 0.0) / at(&line.cost, 1.0);
        Response { health, elasticity: at(&line.elasticity, 1.0), demand }
    }

    /// The change in health of the final year under the plan, in one draw.
    pub fn held_fixed(&self, case: &Case, plan: &Plan, draw: usize) -> Qaly {
        let (mut gain, last) = (Qaly::ZERO, case.years());
        let Some(year) = plan.year(last) else { return gain };
        for (at, line) in case.lines.iter().enumerate() {
            let Some(curve) = &line.curve else { continue };
            let own = year.own.get(at).copied().unwrap_or(line.base);
            let apart = year.uncredited.get(at).copied().unwrap_or_default();
            let given = case.moves.iter().zip(&year.moves).filter(|(one, _)| one.from == at);
            let given: Pence = given.map(|(_, moved)| *moved).sum();
            let change: Millions = (own + given - apart - line.base).to_millions();
            gain = gain + curve.gain(change, self.at(draw, at, line.grown(last).demand));
        }
        let of = |list: Option<&Vec<f64>>| list.and_then(|list| list.get(draw)).copied();
        for (at, moved) in year.moves.iter().enumerate() {
            let eta = of(self.moves.get(at)).unwrap_or(0.0);
            gain = gain + Qaly::new(eta * moved.to_millions().get());
        }
        let before = plan.year(last - 1);
        for (at, (proposal, take_up)) in case.proposals.iter().zip(&year.take_up).enumerate() {
            let earlier = before.and_then(|year| year.take_up.get(at).copied()).unwrap_or(0.0);
            let counted = proposal.first * take_up + (1.0 - proposal.first) * earlier;
            let benefit = of(self.options.get(at)).unwrap_or(0.0);
            gain = gain + Qaly::new(benefit * counted);
        }
        gain
    }
}

/// What a subject is, by its place in the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    Line(usize),
    Move(usize),
    Proposal(usize),
}

/// One thing that is drawn, and what it adds to the objective: an amount of health times what one
/// unit of it gives each of its columns.
pub struct Subject<'a> {
    pub of: Of,
    pub columns: Vec<usize>,
    unit: Unit<'a>,
    amount: Amount<'a>,
}

enum Amount<'a> {
    Line(&'a LineDraws),
    Plain(&'a [f64]),
}

enum Unit<'a> {
    Pieces(Pieces<'a>),
    Same(Vec<f64>),
}

impl Subject<'_> {
    /// Health in a draw, QALY; no curve slopes down.
    pub fn amount(&self, draw: usize) -> f64 {
        let at = |list: &[f64], otherwise| list.get(draw).copied().unwrap_or(otherwise);
        match self.amount {
            Amount::Line(line) => at(&line.health, 0.0).max(0.0) / at(&line.cost, 1.0),
            Amount::Plain(drawn) => at(drawn, 0.0),
        }
    }

    /// What one unit of health gives each column in a draw.
    pub fn unit(&self, draw: usize, out: &mut Vec<f64>) {
        match &self.unit {
            Unit::Pieces(pieces) => pieces.fill(self.elasticity(draw), out),
            Unit::Same(unit) => out.clone_from(unit),
        }
    }

    /// Percent of health for one percent of spend in a draw; 1 for what is no line.
    pub fn elasticity(&self, draw: usize) -> f64 {
        self.line().and_then(|line| line.elasticity.get(draw)).copied().unwrap_or(1.0)
    }

    /// A line's own draws.
    pub fn line(&self) -> Option<&LineDraws> {
        match self.amount {
            Amount::Line(line) => Some(line),
            Amount::Plain(_) => None,
        }
    }
}

/// Everything that is drawn and that the model can act on.
pub fn subjects<'a>(case: &'a Case, built: &Built, drawn: &'a Drawn) -> Vec<Subject<'a>> {
    let lines = (0..case.lines.len()).filter_map(|at| line(case, built, drawn, at));
    let moves = (0..case.moves.len()).zip(&drawn.moves).map(|(at, drawn)| {
        let weight = built.weights.moves.get(at).copied().unwrap_or(1.0);
        let years = case.each_year().zip(&built.years);
        let terms = years
            .filter_map(|(year, columns)| {
                Some((*columns.moves.get(at)?, weight * case.discount(year)))
            })
            .collect();
        plain(Of::Move(at), terms, drawn)
    });
    let proposals = case.proposals.iter().zip(&drawn.options).enumerate();
    let proposals = proposals.map(|(at, (proposal, drawn))| {
        let weight = built.weights.proposals.get(at).copied().unwrap_or(1.0);
        let years = case.each_year().flat_map(|year| {
            let counts = weight * case.discount(year);
            let counted = counted_in(built, proposal, at, year).terms;
            counted.into_iter().map(move |(column, part)| (column, part * counts))
        });
        plain(Of::Proposal(at), years.collect(), drawn)
    });
    lines.chain(moves).chain(proposals).collect()
}

fn plain(of: Of, terms: Vec<(usize, f64)>, drawn: &[f64]) -> Subject<'_> {
    let terms = crate::model::Expression { constant: 0.0, terms }.tidy().terms;
    let (columns, unit) = terms.into_iter().unzip();
    Subject { of, columns, unit: Unit::Same(unit), amount: Amount::Plain(drawn) }
}

fn line<'a>(case: &'a Case, built: &Built, drawn: &'a Drawn, at: usize) -> Option<Subject<'a>> {
    let draws = drawn.lines.get(at)?.as_ref()?;
    let mut pieces = Pieces::of(case, built, at)?;
    let columns = std::mem::take(&mut pieces.columns);
    Some(Subject {
        of: Of::Line(at),
        columns,
        unit: Unit::Pieces(pieces),
        amount: Amount::Line(draws),
    })
}

/// The gains of one draw: drawn health of lines, moves and options, and what does not vary.
pub fn gains_of(built: &Built, subjects: &[Subject<'_>], draw: usize, gains: &mut Vec<f64>) {
    gains.clone_from(&built.fixed_gains);
    let mut unit = Vec::new();
    for subject in subjects {
        subject.unit(draw, &mut unit);
        let amount = subject.amount(draw);
        for (column, unit) in subject.columns.iter().zip(&unit) {
            if let Some(gain) = gains.get_mut(*column) {
                *gain += amount * unit;
            }
        }
    }
}
