//! How large the model of a case will be, from the sizes of its sets alone: what is too large is
//! refused before a row of it is made.

use crate::case::{Case, FloorLimit, Line};

/// The most variables and figures of a model, and the most figures that draws keep. The largest
/// models that are solved within a minute have a tenth of them; one of this size takes a few
/// seconds and about 2 GB before the solver begins.
const MOST_COLUMNS: usize = 1_000_000;
const MOST_TERMS: usize = 10_000_000;
const MOST_DRAWN: usize = 50_000_000;

/// No model of a case, its own or one that answers a question beside it, is larger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Variables.
    pub columns: usize,
    /// Figures in all rows.
    pub terms: usize,
    /// Draws of all lines.
    pub drawn: usize,
}

/// How many figures one line has in the rows of one year.
#[derive(Clone, Copy, Default)]
struct Of {
    pieces: usize,
    /// Moves away.
    given: usize,
    /// Own spend.
    own: usize,
    /// Effects of options and moves towards it.
    added: usize,
    /// Everything that has moved since today.
    moved: usize,
}

impl Of {
    const fn spend(self) -> usize {
        self.own + self.added
    }
}

impl Size {
    /// What the sets of a case come to.
    #[must_use]
    pub fn of(case: &Case) -> Self {
        let mut size = Self::default();
        let mut before: Vec<Of> = vec![Of::default(); case.lines.len()];
        for year in case.each_year() {
            let now = year_of(case, usize::from(year), &before);
            size.columns += columns(case, &now);
            size.terms += rules(case, year, &now, &before) + limits(case, year, &now, &before);
            before = now;
        }
        let draws = case.values.draws.len();
        Self { drawn: draws.saturating_mul(case.lines.len() + case.proposals.len()), ..size }
    }

    /// Why the case is not built, where it is too large.
    #[must_use]
    pub fn refusal(self) -> Option<String> {
        let Self { columns, terms, drawn } = self;
        if columns > MOST_COLUMNS || terms > MOST_TERMS {
            return Some(format!(
                "the scenario makes up to {columns} variables and {terms} figures, and at most \
                 {MOST_COLUMNS} and {MOST_TERMS} can be solved; take fewer years, segments or lines"
            ));
        }
        (drawn > MOST_DRAWN).then(|| {
            format!(
                "the scenario makes {drawn} draws over all lines and options, and at most \
                 {MOST_DRAWN} can be kept; take fewer draws"
            )
        })
    }
}

/// Pieces of one line, also where it is given a curve to price its silence.
fn pieces(line: &Line, year: usize) -> usize {
    let moves = !line.support && line.base > quantities::Pence::ZERO;
    let sides = usize::from(line.reach.cut > 0.0) + usize::from(line.reach.growth > 0.0);
    if moves { sides * usize::from(line.reach.each()) * year } else { 0 }
}

fn year_of(case: &Case, year: usize, before: &[Of]) -> Vec<Of> {
    let mut all: Vec<Of> = case
        .lines
        .iter()
        .map(|line| {
            let pieces = pieces(line, year);
            Of { pieces, own: pieces + usize::from(line.uncredited), ..Of::default() }
        })
        .collect();
    for one in &case.moves {
        if let Some(giver) = all.get_mut(one.from) {
            giver.given += 1;
            giver.own += 1;
        }
        if let Some(receiver) = all.get_mut(one.to) {
            receiver.added += 1;
        }
    }
    for effect in case.proposals.iter().flat_map(|proposal| &proposal.effects) {
        if let Some(line) = all.get_mut(effect.line) {
            line.added += 1;
        }
    }
    // A support line has every column of those that it follows, each once.
    let most: usize = all.iter().map(|of| of.spend()).sum();
    for at in case.support_order() {
        let needs = case.needs.iter().filter(|need| need.line == at && need.follows);
        let users = needs.flat_map(|need| &need.users);
        let theirs: usize = users.filter_map(|(user, _)| Some(all.get(*user)?.spend())).sum();
        if let Some(line) = all.get_mut(at) {
            line.own = (line.own + theirs).min(most);
        }
    }
    for (of, before) in all.iter_mut().zip(before) {
        of.moved = before.moved + of.spend() + 1;
    }
    all
}

fn columns(case: &Case, now: &[Of]) -> usize {
    let lines: usize = now.iter().map(|of| of.pieces + 3).sum();
    let people = 2 * case.pools.len() + case.substitutes.len();
    let transfers = case.scenario.definition.transfer.len();
    lines + case.moves.len() + case.proposals.len() + people + transfers
}

/// Rows that say what words mean.
fn rules(case: &Case, year: u8, now: &[Of], before: &[Of]) -> usize {
    let later = year > 1;
    let leaves = case.lines.iter().any(|line| !line.releases_all());
    let silent = case.pools.iter().any(|pool| !pool.silent.is_empty());
    let lines = case.lines.iter().zip(now.iter().zip(before));
    let of_line = |(line, (now, before)): (&Line, (&Of, &Of))| {
        let both = now.own + before.own + 1;
        let on = |holds: bool, terms: usize| if holds { terms } else { 0 };
        on(later || now.given > 0 || line.support, both)
            + on(later, 2 * (now.pieces + before.pieces))
            + on(now.given > 0 || (line.uncredited && later), 2 * both)
            + on(now.added > 0, both + 2 * now.added)
            + on(now.added + now.given > 0, now.added + now.given)
            + on(now.added + now.given > 0 || line.support, now.spend())
            + on(silent, both + 2 * now.added)
            + on(leaves, now.moved + 1)
    };
    let kept = if later { 2 * (case.moves.len() + case.proposals.len()) } else { 0 };
    lines.map(of_line).sum::<usize>() + kept
}

/// Limits that someone has chosen, and health that is kept.
fn limits(case: &Case, year: u8, now: &[Of], before: &[Of]) -> usize {
    let sum = |lines: &[usize], of: fn(&Of) -> usize| -> usize {
        lines.iter().filter_map(|at| now.get(*at)).map(of).sum()
    };
    let spend = |of: &Of| of.spend();
    let all: usize = now.iter().map(spend).sum();
    let (options, moves) = (case.proposals.len(), case.moves.len());
    let health = now.iter().map(|of| of.pieces).sum::<usize>() + 2 * options + moves;
    let staff = |(line, of): (&Line, &Of)| line.staff.len() * (of.spend() + of.moved);
    let people: usize = case.lines.iter().zip(now).map(staff).sum();
    let posts: usize = case.proposals.iter().map(|proposal| 2 * proposal.staff.len()).sum();
    let more = case.pools.len() * 2 * (usize::from(year) + 1) + 4 * case.substitutes.len();
    let floors = case.floors.iter().map(|floor| {
        let share = matches!(floor.limit, FloorLimit::Share(_));
        sum(&floor.lines, |of| of.spend()) + if share { all } else { 0 }
    });
    let totals = case.totals.iter().map(|total| {
        let earlier = total.lines.iter().filter_map(|at| before.get(*at)).map(|of| of.own);
        sum(&total.lines, |of| of.own) + earlier.sum::<usize>()
    });
    let resources = case.capacities.iter().map(|capacity| {
        let used = capacity.lines.iter().filter_map(|(at, _)| now.get(*at)).map(spend);
        used.sum::<usize>() + options
    });
    let needs = case.needs.iter().map(|need| {
        let users = need.users.iter().filter_map(|(at, _)| now.get(*at)).map(spend);
        users.sum::<usize>() + now.get(need.line).map_or(0, spend)
    });
    let equity = &case.scenario.definition.equity;
    let shares = 5 * usize::from(equity.no_quintile_loses)
        + usize::from(equity.most_deprived_min_share_pct.is_some());
    let rules = case.rules.iter().map(|rule| rule.terms.len());
    let paid = 2 * (options + moves + case.pools.len() + case.scenario.definition.transfer.len());
    let stranded = case.lines.len();
    all + paid
        + stranded
        + people
        + posts
        + more
        + floors.chain(totals).chain(resources).chain(needs).chain(rules).sum::<usize>()
        + (shares + 1) * health
}
