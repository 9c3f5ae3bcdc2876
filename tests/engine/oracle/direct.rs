//! A plan held against the words of the algebra, family by family, with nothing of the model.

use super::world::{Line, Seeks, World};

/// What a plan chooses, by year.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    pub years: Vec<ChoiceYear>,
}

/// What a plan chooses in one year.
#[derive(Clone, Debug, Default)]
pub struct ChoiceYear {
    /// Own spend by line, £m; of support lines it is not read.
    pub own: Vec<f64>,
    /// Growth without credited health, by line.
    pub uncredited: Vec<f64>,
    /// £m of the giver's work that has moved.
    pub moved: f64,
    /// Take-up of the option.
    pub taken: f64,
    /// Posts filled in the year.
    pub recruits: f64,
    /// Agency staff.
    pub agency: f64,
}

/// What follows from a choice, and what of the rules it breaks.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Σ of the years' health, discounted.
    pub objective: f64,
    /// Health in the final year.
    pub health: f64,
    /// Stranded cost in the final year, £m.
    pub stranded: f64,
    /// (what, by how much).
    pub broken: Vec<(String, f64)>,
}

/// One year laid out.
#[derive(Clone, Default)]
struct Year {
    /// own, ε and x by line.
    own: Vec<f64>,
    seen: Vec<f64>,
    spend: Vec<f64>,
    /// Spend without a choice, and what the choice adds: for support lines.
    cut: Vec<f64>,
    grow: Vec<f64>,
    freed: Vec<f64>,
    taken: Vec<f64>,
}

const DISCOUNT: f64 = 0.035;

/// H D (x / (b D))^e along straight pieces between the breakpoints.
fn health(world: &World, line: &Line, seen: f64, demand: f64) -> f64 {
    let curve = |multiple: f64| line.health * demand * (multiple / demand).powf(line.elasticity);
    let points = breakpoints(world);
    let at = seen / line.covered;
    let pairs = points.iter().zip(points.iter().skip(1));
    let (from, to) = pairs
        .clone()
        .find(|(_, to)| at <= **to)
        .or_else(|| pairs.clone().next_back())
        .map_or((1.0, 1.0), |(from, to)| (*from, *to));
    if to <= from {
        return curve(1.0);
    }
    curve(from) + (curve(to) - curve(from)) * (at - from) / (to - from)
}

/// Multiples of b: every year's limits, each step in pieces of equal width, as many as asked for
/// over all years.
pub fn breakpoints(world: &World) -> Vec<f64> {
    let parts = world.segments.div_ceil(world.years);
    let mut points = vec![1.0];
    for year in 1..=i32::from(world.years) {
        for (rate, sign) in [(world.cut, -1.0), (world.growth, 1.0)] {
            let (from, to) = ((1.0 + sign * rate).powi(year - 1), (1.0 + sign * rate).powi(year));
            for part in 1..=parts {
                points.push(from + (to - from) * f64::from(part) / f64::from(parts));
            }
        }
    }
    points.sort_by(f64::total_cmp);
    points
}

impl Line {
    fn has_curve(&self) -> bool {
        self.covered > 0.0 && self.follows.is_none()
    }

    /// ρ in the n-th year after a cut.
    fn released(&self, year: usize) -> f64 {
        let (variable, semi) = self.behaviour;
        let share = match year {
            1 => variable,
            2 => variable + semi / 2.0,
            _ => variable + semi,
        };
        share / 100.0
    }

    /// WTE per £m.
    fn staff(&self) -> f64 {
        self.nurses.unwrap_or(0.0) / self.base
    }
}

impl World {
    fn may_be_cut(&self, line: usize) -> f64 {
        if self.protected == Some(line) { 0.0 } else { self.cut }
    }

    fn may_grow(&self, line: usize) -> f64 {
        let silent = self.lines.get(line).is_some_and(|line| line.nurses.is_none());
        if silent { 0.0 } else { self.growth }
    }
}

/// Holds a choice against every family.
pub fn judge(world: &World, choice: &Choice) -> Verdict {
    let mut verdict = Verdict::default();
    let mut years: Vec<Year> = Vec::new();
    for (at, now) in choice.years.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| choice.years.get(before));
        let nothing = ChoiceYear::default();
        let pair = (now, before.unwrap_or(&nothing));
        let year = spend(world, pair, years.last(), at, &mut verdict);
        years.push(year);
        let number = i32::try_from(at).unwrap_or(0) + 1;
        staff(world, choice, &years, &mut verdict);
        pace(world, pair, &years, &mut verdict);
        changes(world, pair, &years, &mut verdict);
        let demand = (1.0 + world.demand / 100.0).powi(number);
        let health = total_health(world, pair, &years, demand);
        verdict.health = health;
        let paid = budget(world, pair, &years, &mut verdict);
        let counts = (1.0 + DISCOUNT).powi(1 - number);
        verdict.objective += counts
            * match world.seeks {
                Seeks::Health => health,
                // £15,000 a QALY.
                Seeks::NetHealth => health - paid * 1e6 / 15_000.0,
                Seeks::LeastCost => -paid,
            };
        who_gains(world, pair, &years, demand, &mut verdict);
    }
    verdict
}

impl Verdict {
    fn at_most(&mut self, what: &str, value: f64, limit: f64) {
        if value > limit {
            self.broken.push((format!("{what}: {value} > {limit}"), value - limit));
        }
    }

    /// Whether nothing is broken by more than a tolerance.
    pub fn allows(&self, tolerance: f64) -> bool {
        self.broken.iter().all(|(_, by)| *by <= tolerance)
    }
}

/// Family 1: own spend, what the curve sees, whole spend; and what may be released.
fn spend(
    world: &World,
    (now, before): (&ChoiceYear, &ChoiceYear),
    last: Option<&Year>,
    at: usize,
    verdict: &mut Verdict,
) -> Year {
    let mut year = Year::default();
    let effect = |line: usize, choice: &ChoiceYear, at: Option<usize>| {
        let option = world.option.as_ref().filter(|option| option.effect.0 == line);
        let holds = |from: u8| at.is_some_and(|at| at + 1 >= usize::from(from));
        option.filter(|option| holds(option.effect.2)).map_or(0.0, |o| o.effect.1 * choice.taken)
    };
    for (number, line) in world.lines.iter().enumerate() {
        let given =
            world.pathway.as_ref().filter(|one| one.from == number).map_or(0.0, |_| now.moved);
        let received = |choice: &ChoiceYear| {
            let to = world.pathway.as_ref().filter(|one| one.to == number);
            to.map_or(0.0, |one| one.kappa * choice.moved)
        };
        let (level, level_before) =
            (effect(number, now, Some(at)), effect(number, before, at.checked_sub(1)));
        let apart = now.uncredited.get(number).copied().unwrap_or(0.0);
        let own = match line.follows {
            // Support lines stand last; what they follow is laid out.
            Some(per_pound) => {
                let user = year.spend.first().copied().unwrap_or(0.0);
                line.base + per_pound * (user - world.lines.first().map_or(0.0, |line| line.base))
            }
            None => now.own.get(number).copied().unwrap_or(0.0),
        };
        let all = own + received(now) + level;
        let own_before =
            last.map_or(line.base, |last| last.own.get(number).copied().unwrap_or(0.0));
        let seen = own - apart - (line.base - line.covered) + given;
        let may_free = if line.has_curve() { line.covered } else { line.base };
        verdict.at_most("released", (-level).max(0.0) + given, may_free);
        verdict.at_most("spend below nought", -all, 0.0);
        if line.follows.is_none() && !line.has_curve() {
            let away = (own - (line.base - given + apart)).abs();
            verdict.at_most("without an outcome own spend is held", away, 0.0);
        }
        year.own.push(own);
        year.seen.push(seen);
        year.spend.push(all);
        year.cut.push((own_before - own).max(0.0));
        year.grow.push((own - own_before).max(0.0));
        let newly = level - level_before;
        let frees = level < 0.0 || level_before < 0.0;
        year.freed.push(if frees { -newly } else { 0.0 });
        let asked = if frees { 0.0 } else { newly };
        year.taken.push(received(now) - received(before) + asked);
    }
    year
}

/// Family 2: stranded cost by provider and fund, and everything that is paid, against each fund's
/// budget. Returns all that is paid.
fn budget(
    world: &World,
    (now, before): (&ChoiceYear, &ChoiceYear),
    years: &[Year],
    verdict: &mut Verdict,
) -> f64 {
    let number = years.len();
    let power = i32::try_from(number).unwrap_or(0);
    let price = (1.0 + world.price / 100.0).powi(power);
    let Some(this) = years.last() else { return 0.0 };
    let of_second = |line: usize| world.lines.get(line).is_some_and(|line| line.fund == "bcf");
    let (mut core, mut bcf) = (0.0, 0.0);
    let mut pay = |second: bool, amount: f64| {
        core += if second { 0.0 } else { amount };
        bcf += if second { amount } else { 0.0 };
    };
    for (line, spend) in this.spend.iter().enumerate() {
        pay(of_second(line), price * spend);
    }
    verdict.stranded = 0.0;
    for (provider, fund) in [("A", "core"), ("A", "bcf"), ("B", "core"), ("B", "bcf")] {
        let mut left = 0.0;
        let ours = |own: &Line| own.provider == provider && own.fund == fund;
        for (line, own) in world.lines.iter().enumerate().filter(|(_, own)| ours(own)) {
            for (since, year) in years.iter().rev().enumerate() {
                let of = |list: &[f64]| list.get(line).copied().unwrap_or(0.0);
                let fell = of(&year.cut) + of(&year.freed) - world.absorb * of(&year.grow);
                left += price * (1.0 - own.released(since + 1)) * fell;
            }
        }
        verdict.stranded += left.max(0.0);
        pay(fund == "bcf", left.max(0.0));
    }
    // Where no line is paid from `core`, and no option makes it a fund, staff are paid from the other.
    let has_core = world.base_of("core") > 0.0 || world.option.is_some();
    let staff = world.pool.recruitment_cost * now.recruits + world.pool.agency_premium * now.agency;
    pay(!has_core, staff);
    if let Some(one) = &world.pathway {
        pay(of_second(one.to), one.months / 12.0 * one.kappa * (now.moved - before.moved));
    }
    if let Some(option) = &world.option {
        pay(false, option.cost * counted(option.first, now.taken, before.taken));
    }
    let (first, second) = world.budget;
    let later = if number > 1 { 1.0 + second / 100.0 } else { 1.0 };
    let budget = |fund| world.base_of(fund) * (1.0 + first / 100.0) * later;
    // What the second fund lacks may come from the first, up to the cap.
    let moved = (bcf - budget("bcf")).clamp(0.0, world.transfer.unwrap_or(0.0));
    if world.seeks != Seeks::LeastCost {
        verdict.at_most("budget of core", core + moved, budget("core"));
        verdict.at_most("budget of bcf", bcf - moved, budget("bcf"));
    }
    core + bcf
}

/// Family 9, and the health that the least money must keep. In thousands of QALYs, so that what a
/// penny of spend brings is as small as a penny.
fn who_gains(
    world: &World,
    (now, before): (&ChoiceYear, &ChoiceYear),
    years: &[Year],
    demand: f64,
    verdict: &mut Verdict,
) {
    let Some(this) = years.last() else { return };
    let mut unchanged = 0.0;
    // What changes, with the shares of those whose health it is.
    let mut changes: Vec<(f64, Option<[u32; 5]>)> = Vec::new();
    for (line, seen) in world.lines.iter().zip(&this.seen).filter(|(line, _)| line.has_curve()) {
        let still = health(world, line, line.covered, demand);
        unchanged += still;
        changes.push((health(world, line, *seen, demand) - still, line.shares));
    }
    if let Some(one) = &world.pathway {
        let giver = world.lines.get(one.from).and_then(|line| line.shares);
        changes.push((one.eta * now.moved, giver));
    }
    if let Some(option) = &world.option {
        changes.push((option.benefit * counted(option.first, now.taken, before.taken), None));
    }
    if world.seeks == Seeks::LeastCost {
        verdict.at_most("health kept", (unchanged - verdict.health) / 1e3, 0.0);
    }
    for quintile in (0..5).filter(|_| world.no_one_loses) {
        let part = |(change, shares): &(f64, Option<[u32; 5]>)| match shares {
            Some(shares) => change * f64::from(*shares.get(quintile).unwrap_or(&0)) / 100.0,
            // Losses in full, gains not at all.
            None => change.min(0.0),
        };
        verdict.at_most("a fifth loses", -changes.iter().map(part).sum::<f64>() / 1e3, 0.0);
    }
}

/// The year of take-up counts in part.
fn counted(first: f64, now: f64, before: f64) -> f64 {
    before + first * (now - before)
}

/// Family 3: need and redeployment.
fn staff(world: &World, choice: &Choice, years: &[Year], verdict: &mut Verdict) {
    let Some((this, now)) = years.last().zip(choice.years.get(years.len() - 1)) else { return };
    let pool = &world.pool;
    let recruited: f64 = choice.years.iter().take(years.len()).map(|year| year.recruits).sum();
    let more = recruited + now.agency;
    let option = world.option.as_ref().map_or(0.0, |option| option.nurses * now.taken);
    let (mut need, mut moved, mut today) = (option, option, 0.0);
    for (number, line) in world.lines.iter().enumerate() {
        let of = |list: &[f64]| list.get(number).copied().unwrap_or(0.0);
        need += line.staff() * of(&this.spend);
        today += line.staff() * line.base;
        for (since, year) in years.iter().rev().enumerate() {
            let freed = of(&year.cut) + of(&year.freed);
            let freed = pool.redeployable * line.released(since + 1) * freed;
            moved += line.staff() * (of(&year.grow) + of(&year.taken) - freed);
        }
        if line.nurses.is_none() {
            verdict.at_most("no figure, no growth", of(&this.grow) + of(&this.taken), 0.0);
        }
    }
    let silent = world.lines.iter().any(|line| line.nurses.is_none());
    let available = if silent { pool.available.min(today) } else { pool.available };
    verdict.at_most("nurses needed", need, available + more);
    verdict.at_most("nurses moved", moved, (available - today).max(0.0) + more);
    verdict.at_most("recruits", now.recruits, pool.recruitable);
    verdict.at_most("agency", now.agency, pool.agency);
    verdict.at_most("nought recruits or agency", -now.recruits.min(now.agency), 0.0);
}

/// Families 4, 6 and 1: pace on own spend and on what the curve sees.
fn pace(
    world: &World,
    (now, _): (&ChoiceYear, &ChoiceYear),
    years: &[Year],
    verdict: &mut Verdict,
) {
    let Some((this, earlier)) = years.split_last() else { return };
    let power = i32::try_from(years.len()).unwrap_or(0);
    for (number, line) in world.lines.iter().enumerate() {
        let (cut, growth) = (world.may_be_cut(number), world.may_grow(number));
        let of = |list: &[f64]| list.get(number).copied().unwrap_or(0.0);
        let apart = of(&now.uncredited);
        let on = |limit: Option<(usize, f64)>| limit.is_some_and(|(line, _)| line == number);
        let on_floor = on(world.floor) || on(world.cap);
        let room = (line.base - line.covered) * ((1.0 + growth).powi(power) - 1.0);
        verdict.at_most("growth without health", apart, if on_floor { room } else { 0.0 });
        verdict.at_most("growth without health below nought", -apart, 0.0);
        if line.follows.is_some() {
            continue;
        }
        let own_before = earlier.last().map_or(line.base, |year| of(&year.own));
        verdict.at_most("own growth", of(&this.own), own_before * (1.0 + growth));
        // A line without a curve falls by what is moved away alone, and within the pace too.
        verdict.at_most("own cut", own_before * (1.0 - cut), of(&this.own));
        if line.has_curve() {
            let seen_before = earlier.last().map_or(line.covered, |year| of(&year.seen));
            verdict.at_most("curve growth", of(&this.seen), seen_before * (1.0 + growth));
            verdict.at_most("curve cut", seen_before * (1.0 - cut), of(&this.seen));
        }
    }
}

/// Families 5, 7, 8, 10 and 11.
fn changes(
    world: &World,
    (now, before): (&ChoiceYear, &ChoiceYear),
    years: &[Year],
    verdict: &mut Verdict,
) {
    let Some((this, earlier)) = years.split_last() else { return };
    let rise = |line: usize| {
        let base = world.lines.get(line).map_or(0.0, |line| line.base);
        this.spend.get(line).copied().unwrap_or(0.0) - base
    };
    if let Some((line, pct)) = world.floor {
        let base = world.lines.get(line).map_or(0.0, |line| line.base);
        verdict.at_most("floor", base * pct / 100.0, rise(line));
    }
    if let Some((line, pct)) = world.cap {
        let base = world.lines.get(line).map_or(0.0, |line| line.base);
        verdict.at_most("cap", rise(line), base * pct / 100.0);
    }
    if let Some((user, needed, per_pound)) = world.need {
        verdict.at_most("need", per_pound * rise(user), rise(needed));
    }
    if let Some((used, beds)) = &world.beds {
        let lines = world.lines.iter().zip(used).zip(&this.spend);
        let all: f64 = lines.map(|((line, used), spend)| used * spend / line.base).sum();
        verdict.at_most("beds", all, *beds);
    }
    if let Some(one) = &world.pathway {
        let cap = if earlier.is_empty() { one.first } else { 1.0 };
        let giver = world.lines.get(one.from);
        let all = giver.map_or(0.0, |line| if line.has_curve() { line.covered } else { line.base });
        verdict.at_most("move", now.moved, cap * one.most.min(all));
        verdict.at_most("move back", before.moved, now.moved);
        let base = world.lines.get(one.to).map_or(0.0, |line| line.base);
        let own_before = |year: &Year| year.own.get(one.to).copied().unwrap_or(0.0);
        let own_before = earlier.last().map_or(base, own_before);
        let grow = this.grow.get(one.to).copied().unwrap_or(0.0);
        let received = one.kappa * (now.moved - before.moved);
        let room = world.may_grow(one.to) * own_before;
        verdict.at_most("received", grow + received, room);
    }
    if let Some(option) = &world.option {
        verdict.at_most("take-up", now.taken, 1.0);
        verdict.at_most("taken back", before.taken, now.taken);
        let part = (now.taken - now.taken.round()).abs();
        verdict.at_most("all or nothing", part, if option.whole { 0.0 } else { 1.0 });
    }
}

fn total_health(
    world: &World,
    (now, before): (&ChoiceYear, &ChoiceYear),
    years: &[Year],
    demand: f64,
) -> f64 {
    let Some(this) = years.last() else { return 0.0 };
    let lines = world.lines.iter().zip(&this.seen).filter(|(line, _)| line.has_curve());
    let mut all: f64 = lines.map(|(line, seen)| health(world, line, *seen, demand)).sum();
    if let Some(one) = &world.pathway {
        all += one.eta * now.moved;
    }
    if let Some(option) = &world.option {
        all += option.benefit * counted(option.first, now.taken, before.taken);
    }
    all
}
