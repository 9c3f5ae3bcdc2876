//! The plan that is shown: the solver's point floored to pence.

use quantities::{Millions, Pence};

use crate::case::{Case, Line};
use crate::families::{Built, LineColumns, YearColumns};
use crate::model::Expression;

/// What the plan does, year by year. What follows from it (stranded cost, support lines, cost of
/// recruiting) is computed, not stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// By year.
    pub years: Vec<PlanYear>,
}

/// What the plan does in one year.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlanYear {
    /// Own spend by line, in base-year prices; today's for support lines, which follow others.
    pub own: Vec<Pence>,
    /// Growth without credited health, by line.
    pub uncredited: Vec<Pence>,
    /// The giver's work that has moved, by move.
    pub moves: Vec<Pence>,
    /// Take-up by option, 0 to 1.
    pub take_up: Vec<f64>,
    /// Posts filled in the year, by pool, WTE.
    pub recruits: Vec<f64>,
    /// Agency staff by pool, WTE.
    pub agency: Vec<f64>,
    /// Staff doing the work of others, by substitute, WTE.
    pub substitutes: Vec<f64>,
    /// In the order of the model's transfers between funds.
    pub transfers: Vec<Pence>,
}

/// What a solver may leave beside a figure that is meant.
const NOISE: f64 = 1e-9;

impl Plan {
    /// Floors the solver's point, each year on its own. Nothing where a figure is not a number.
    #[must_use]
    pub fn floored(case: &Case, built: &Built, point: &[f64]) -> Option<Self> {
        Self::read_point(case, built, point, |exact, _| exact.floor_to_pence())
    }

    /// Floors the solver's point, each change on the year before: growth is never rounded up, nor a
    /// cut down, which matters where staff freed in one year work elsewhere in the next.
    #[must_use]
    pub fn floored_by_change(case: &Case, built: &Built, point: &[f64]) -> Option<Self> {
        Self::read_point(case, built, point, |exact, before| {
            let (plan, exact_before): (Pence, Millions) = before;
            Some(plan + (exact - exact_before).floor_to_pence()?)
        })
    }

    fn read_point(
        case: &Case,
        built: &Built,
        point: &[f64],
        floor: impl Fn(Millions, (Pence, Millions)) -> Option<Pence>,
    ) -> Option<Self> {
        let mut plan = Self::default();
        let today = |line: &Line| (line.base, line.base.to_millions());
        let mut before: Vec<(Pence, Millions)> = case.lines.iter().map(today).collect();
        for columns in &built.years {
            let year = PlanYear::of(built, columns, point)?;
            let mut own = Vec::with_capacity(case.lines.len());
            let mut uncredited = Vec::with_capacity(case.lines.len());
            let lines = case.lines.iter().zip(&columns.lines).zip(&mut before).enumerate();
            for (number, ((line, columns), before)) in lines {
                let apart = match columns.uncredited {
                    Some(column) => Millions::new(at(built, point, column)?).floor_to_pence()?,
                    None => Pence::ZERO,
                };
                uncredited.push(apart);
                if line.support {
                    own.push(line.base);
                    continue;
                }
                let exact = Millions::new(credited(built, line, columns, point)?);
                let pence = if columns.has_pieces() { floor(exact, *before)? } else { line.base };
                *before = (pence, exact);
                let given = case.moves.iter().zip(&year.moves);
                let given = given.filter(|(one, _)| one.from == number).map(|(_, moved)| *moved);
                own.push(pence + apart - given.sum());
            }
            plan.years.push(PlanYear { own, uncredited, ..year });
        }
        Some(plan)
    }

    /// The plan as the model's columns, pieces filled in order.
    #[must_use]
    pub fn point(&self, case: &Case, built: &Built) -> Vec<f64> {
        let mut point = Point(vec![0.0; built.model.columns.len()]);
        for (columns, year) in built.years.iter().zip(&self.years) {
            point.set_changes(columns, year);
        }
        for (columns, year) in built.years.iter().zip(&self.years) {
            for (at, line) in case.lines.iter().enumerate() {
                point.set_pieces(case, built, (columns, year), (at, line));
            }
        }
        for number in case.each_year() {
            for at in 0..case.lines.len() {
                point.set_growth(case, built, number, at);
            }
        }
        for columns in &built.years {
            for stranded in &columns.stranded {
                let left = point.value(&stranded.left_behind).max(0.0);
                point.set(stranded.column, left);
            }
        }
        point.0
    }

    /// The plan as named variables, money in £m: what [`Plan::read`] reads, and stranded cost.
    #[must_use]
    pub fn variables(&self, case: &Case, built: &Built) -> Vec<(String, f64)> {
        let (mut all, mut variables) = (Vec::new(), Vec::new());
        let pence = |amount: Pence| amount.to_millions().get();
        let point = self.point(case, built);
        for ((year, columns), number) in self.years.iter().zip(&built.years).zip(1_u8..) {
            let mut name = |column: usize, value: f64| {
                let key = built.model.columns.get(column).map(|column| column.key.clone());
                variables.extend(key.map(|key| (key, value)));
            };
            let lines = case.lines.iter().zip(&columns.lines);
            for ((_, own), amount) in lines.clone().zip(&year.uncredited) {
                if let Some(column) = own.uncredited {
                    name(column, pence(*amount));
                }
            }
            for stranded in &columns.stranded {
                let left = Millions::new(stranded.left_behind.at(&point).max(0.0));
                name(stranded.column, pence(left.floor_to_pence().unwrap_or_default()));
            }
            for (transfer, amount) in columns.transfers.iter().zip(&year.transfers) {
                name(transfer.column, pence(*amount));
            }
            for (column, amount) in columns.moves.iter().zip(&year.moves) {
                name(*column, pence(*amount));
            }
            let levels = columns.options.iter().zip(&year.take_up);
            for (column, level) in levels.chain(columns.substitutes.iter().zip(&year.substitutes)) {
                name(*column, *level);
            }
            let recruits = columns.recruits.iter().zip(&year.recruits);
            for (column, level) in recruits.chain(columns.agency.iter().zip(&year.agency)) {
                if let Some(column) = column {
                    name(*column, *level);
                }
            }
            let spend = lines
                .zip(&year.own)
                .map(|((line, _), own)| (format!("spend/{}/{number}", line.key), pence(*own)));
            all.extend(spend);
            all.append(&mut variables);
        }
        all
    }

    /// A plan from its named variables.
    ///
    /// # Errors
    /// What is missing, or not in whole pence, as a clause.
    pub fn read(
        case: &Case,
        built: &Built,
        get: impl Fn(&str) -> Option<f64>,
    ) -> Result<Self, String> {
        let value = |key: &str| get(key).ok_or_else(|| format!("{key} is missing"));
        let money = |key: &str| {
            let exact = Millions::new(value(key)?);
            let pence = exact.floor_to_pence().filter(|pence| pence.to_millions() == exact);
            pence.ok_or_else(|| format!("{key} is not in whole pence"))
        };
        let key = |column: usize| {
            let key = built.model.columns.get(column).map(|column| column.key.as_str());
            key.unwrap_or_default()
        };
        let mut plan = Self::default();
        for (columns, number) in built.years.iter().zip(1_u8..) {
            let own = |line: &Line| money(&format!("spend/{}/{number}", line.key));
            let level = |column: &usize| value(key(*column));
            let staff = |column: &Option<usize>| column.as_ref().map_or(Ok(0.0), level);
            let uncredited = |columns: &LineColumns| match columns.uncredited {
                Some(column) => money(key(column)),
                None => Ok(Pence::ZERO),
            };
            let year = PlanYear {
                own: case.lines.iter().map(own).collect::<Result<_, _>>()?,
                uncredited: columns.lines.iter().map(uncredited).collect::<Result<_, _>>()?,
                moves: columns.moves.iter().map(|at| money(key(*at))).collect::<Result<_, _>>()?,
                take_up: columns.options.iter().map(level).collect::<Result<_, _>>()?,
                recruits: columns.recruits.iter().map(staff).collect::<Result<_, _>>()?,
                agency: columns.agency.iter().map(staff).collect::<Result<_, _>>()?,
                substitutes: columns.substitutes.iter().map(level).collect::<Result<_, _>>()?,
                transfers: columns
                    .transfers
                    .iter()
                    .map(|transfer| money(key(transfer.column)))
                    .collect::<Result<_, _>>()?,
            };
            year.holds_what_cannot_move(case, columns)?;
            plan.years.push(year);
        }
        Ok(plan)
    }

    /// The plan of a year, from 1.
    #[must_use]
    pub fn year(&self, year: u8) -> Option<&PlanYear> {
        self.years.get(usize::from(year).checked_sub(1)?)
    }
}

/// A point's value within its column's bounds.
fn at(built: &Built, point: &[f64], column: usize) -> Option<f64> {
    let bounds = built.model.columns.get(column)?;
    Some(point.get(column)?.clamp(bounds.lower, bounds.upper))
}

/// Today's spend with what the curve sees beside it, counted from today so that what does not move
/// is exact.
fn credited(built: &Built, line: &Line, columns: &LineColumns, point: &[f64]) -> Option<f64> {
    let mut change = 0.0;
    for column in &columns.below {
        change -= built.model.columns.get(*column)?.upper - at(built, point, *column)?;
    }
    for column in &columns.above {
        change += at(built, point, *column)?;
    }
    Some(line.base.to_millions().get() + change)
}

impl PlanYear {
    /// A line without a curve spends what it spends today, less the work that moved away: the model
    /// has no column for it, so that no row would see another figure.
    fn holds_what_cannot_move(&self, case: &Case, columns: &YearColumns) -> Result<(), String> {
        let lines =
            case.lines.iter().zip(&columns.lines).zip(self.own.iter().zip(&self.uncredited));
        for (at, ((line, columns), (own, apart))) in lines.enumerate() {
            let given = case.moves.iter().zip(&self.moves).filter(|(one, _)| one.from == at);
            let given: Pence = given.map(|(_, moved)| *moved).sum();
            let held = if line.support { line.base } else { line.base + *apart - given };
            if (line.support || !columns.has_pieces()) && *own != held {
                return Err(format!("the spend of {} is not what it must keep", line.key));
            }
        }
        Ok(())
    }

    /// What is not the spend of lines.
    fn of(built: &Built, columns: &YearColumns, point: &[f64]) -> Option<Self> {
        let whole = |column: &usize| Millions::new(at(built, point, *column)?).floor_to_pence();
        let level = |column: &usize| {
            let bounds = built.model.columns.get(*column)?;
            let value = at(built, point, *column)?;
            let near = |end: f64| (value - end).abs() < NOISE;
            let value = if near(bounds.lower) { bounds.lower } else { value };
            let value = if near(bounds.upper) { bounds.upper } else { value };
            Some(if bounds.whole { value.round() } else { value })
        };
        let staff = |column: &Option<usize>| column.as_ref().map_or(Some(0.0), level);
        // A transfer is rounded up to the penny: what it pays for was floored line by line.
        let penny = Millions::new(0.98e-8);
        let up =
            |column: usize| (Millions::new(at(built, point, column)?) + penny).floor_to_pence();
        Some(Self {
            own: Vec::new(),
            uncredited: Vec::new(),
            moves: columns.moves.iter().map(whole).collect::<Option<_>>()?,
            take_up: columns.options.iter().map(level).collect::<Option<_>>()?,
            recruits: columns.recruits.iter().map(staff).collect::<Option<_>>()?,
            agency: columns.agency.iter().map(staff).collect::<Option<_>>()?,
            substitutes: columns.substitutes.iter().map(level).collect::<Option<_>>()?,
            transfers: columns
                .transfers
                .iter()
                .map(|transfer| up(transfer.column))
                .collect::<Option<_>>()?,
        })
    }
}

struct Point(Vec<f64>);

impl Point {
    fn set(&mut self, column: usize, value: f64) {
        if let Some(slot) = self.0.get_mut(column) {
            *slot = value;
        }
    }

    fn value(&self, expression: &Expression) -> f64 {
        expression.at(&self.0)
    }

    fn set_changes(&mut self, columns: &YearColumns, year: &PlanYear) {
        let pence = |amount: &Pence| amount.to_millions().get();
        for (column, amount) in columns.moves.iter().zip(&year.moves) {
            self.set(*column, pence(amount));
        }
        let staff = columns.recruits.iter().zip(&year.recruits);
        for (column, value) in staff.chain(columns.agency.iter().zip(&year.agency)) {
            if let Some(column) = column {
                self.set(*column, *value);
            }
        }
        let levels = columns.options.iter().zip(&year.take_up);
        for (column, value) in levels.chain(columns.substitutes.iter().zip(&year.substitutes)) {
            self.set(*column, *value);
        }
        for (transfer, amount) in columns.transfers.iter().zip(&year.transfers) {
            self.set(transfer.column, pence(amount));
        }
    }

    /// Fills a line's pieces in order with what its curve sees.
    fn set_pieces(
        &mut self,
        case: &Case,
        built: &Built,
        (columns, year): (&YearColumns, &PlanYear),
        (at, line): (usize, &Line),
    ) {
        let Some(own) = columns.lines.get(at) else { return };
        let spend = year.own.get(at).copied().unwrap_or(line.base);
        let apart = year.uncredited.get(at).copied().unwrap_or_default();
        if let Some(column) = own.uncredited {
            self.set(column, apart.to_millions().get());
        }
        let given = case.moves.iter().zip(&year.moves).filter(|(one, _)| one.from == at);
        let given: Pence = given.map(|(_, moved)| *moved).sum();
        let change = (spend + given - apart - line.base).to_millions().get();
        let width =
            |column: &usize| built.model.columns.get(*column).map_or(0.0, |column| column.upper);
        // What rounding leaves over stays visible in the outermost piece: the certificate sees it.
        let mut lost = (-change).max(0.0);
        let mut gained = change.max(0.0);
        for column in own.below.iter().rev() {
            let outermost = own.below.first() == Some(column);
            let part = if outermost { lost } else { lost.min(width(column)) };
            self.set(*column, width(column) - part);
            lost -= part;
        }
        for column in &own.above {
            let outermost = own.above.last() == Some(column);
            let part = if outermost { gained } else { gained.min(width(column)) };
            self.set(*column, part - lost);
            gained -= part;
            lost = 0.0;
        }
        if let Some(column) = own.below.last().filter(|_| gained > 0.0 && own.above.is_empty()) {
            self.set(*column, width(column) + gained);
        }
    }

    fn set_growth(&mut self, case: &Case, built: &Built, year: u8, at: usize) {
        let Some(columns) = built.line(year, at) else { return };
        let (Some(column), Some(line)) = (columns.growth, case.lines.get(at)) else { return };
        let before = match built.line(year - 1, at) {
            Some(before) => self.value(&before.own),
            None => line.base.to_millions().get(),
        };
        let rise = self.value(&columns.own) - before;
        self.set(column, if rise.abs() < NOISE { 0.0 } else { rise.max(0.0) });
    }
}
