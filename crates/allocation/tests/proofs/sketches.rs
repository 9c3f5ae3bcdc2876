//! Random small books and scenarios: several providers, sectors, funds, places and pools; every
//! kind of limit; and what real books have too: missing outcomes, missing staff rows, lines without
//! spend, gains below nought.

use std::collections::BTreeMap;

use crate::books::{Outcome, Pool, Provider, Rule, Service, Sketch};
use crate::changes::{self, Changes};
use crate::random::Random;

const GROUPS: [&str; 3] = ["medical", "nursing", "therapists"];
const SECTORS: [&str; 4] = ["acute", "community", "mental_health", "primary_care"];
const PLACES: [&str; 2] = ["NORTH", "SOUTH"];

/// A random book with a random scenario.
pub fn sketch(random: &mut Random) -> Sketch {
    let mut sketch = book(random);
    sketch.rules = rules(&sketch, random);
    sketch
}

/// A random book in which everything may change, over one to five years, with a scenario that asks
/// for any of it.
pub fn wide(random: &mut Random) -> Sketch {
    let mut sketch = book(random);
    sketch.services.truncate(usize::try_from(random.whole(2, 7)).expect("a few"));
    let years = *random.pick(&[1, 1, 1, 2, 2, 3, 4, 5]);
    for service in &mut sketch.services {
        service.shares = random.percent(75).then(|| changes::shares(random));
    }
    for service in sketch.services.iter_mut().skip(1) {
        service.role = if random.percent(15) { "support" } else { "care" };
    }
    sketch.pools = pools(&sketch, random);
    for pool in &mut sketch.pools {
        let mut some = |chance, most| {
            let wte = if random.percent(chance) { random.between(0.2, most) } else { 0.0 };
            (wte, random.whole(0, 3_000_000))
        };
        (pool.recruits, pool.agency) = (some(40, 3.0), some(30, 2.0));
    }
    sketch.changes = Changes::of(&sketch, years, random);
    sketch.rules = rules(&sketch, random);
    sketch.rules.insert(0, Rule::plain(format!("years = {years}")));
    sketch.rules.push(Rule::plain(equity(random)));
    for year in 2..=years {
        let change = random.between(-1.0, 4.0);
        let text = format!("[[budget.year]]\nyear = {year}\nchange_pct = {change:.2}");
        sketch.rules.push(Rule::plain(text));
    }
    let objective = match random.below(10) {
        0 | 1 => "objective = \"net_health\"\nthreshold_gbp_per_qaly = 15000".to_owned(),
        2 | 3 => {
            let (how, most) = *random.pick(&[("atkinson", 12.0), ("kolm", 0.4)]);
            let epsilon = random.between(0.0, most);
            let text = format!("[equity]\nweights = \"{how}\"\nepsilon = {epsilon:.3}");
            let equity = sketch.rules.iter_mut().find(|rule| rule.text.starts_with("[equity]"));
            let rule = equity.expect("a table");
            rule.text = rule.text.replacen("[equity]", &text, 1);
            "objective = \"equity_weighted\"".to_owned()
        }
        4 => "objective = \"least_cost\"".to_owned(),
        _ => return sketch,
    };
    sketch.rules.insert(0, Rule::plain(objective));
    sketch
}

fn equity(random: &mut Random) -> String {
    let mut text = "[equity]".to_owned();
    if random.percent(20) {
        text += "\nno_quintile_loses = true";
    }
    if random.percent(20) {
        text += &format!("\nmost_deprived_min_share_pct = {}", random.whole(1, 30));
    }
    text
}

/// A random book whose scenario says nothing but the defaults.
pub fn book(random: &mut Random) -> Sketch {
    let mut sketch = Sketch::default();
    for at in 0..=random.below(4) {
        let (sector, place) = (*random.pick(&SECTORS), *random.pick(&PLACES));
        sketch.providers.push(Provider { code: format!("P{at}"), sector, place });
    }
    for at in 0..random.whole(1, 11) {
        let provider = random.pick(&sketch.providers).code.clone();
        sketch.services.push(service(provider, format!("S{at}"), random));
    }
    if let Some(first) = sketch.services.first_mut() {
        // At least one cost, and a row of each staff group.
        first.cost = first.cost.map(|pence| pence.max(1_000_000));
        for group in GROUPS {
            first.staff.entry(group).or_insert(2_000);
        }
    }
    sketch.pools = pools(&sketch, random);
    sketch
}

fn service(provider: String, code: String, random: &mut Random) -> Service {
    // Even pence and even thousandths, so that a line can be halved exactly.
    let even = |random: &mut Random, most: i64| 2 * random.whole(0, most);
    let spends = !random.percent(4);
    let mut cost = [40_000_000, 60_000_000, 250_000_000].map(|most| even(random, most));
    if !spends {
        cost = [0; 3];
    }
    let millions = quantities::Pence::new(cost.iter().sum()).to_millions().get();
    let patients = 2 * random.whole(50, 2_000);
    let each = millions * random.size(5.0, 300.0) / float(patients);
    let gain = if random.percent(4) { -each } else { each };
    let share = if random.percent(20) { 0.6 } else { 1.0 };
    let known = !random.percent(12);
    let mut staff = BTreeMap::new();
    for group in GROUPS {
        if !random.percent(4) {
            let per_million = if random.percent(20) { 0 } else { random.whole(100, 12_000) };
            let thousandths = (millions * float(per_million)).floor();
            staff.insert(group, 2 * nearest(thousandths));
        }
    }
    Service {
        provider,
        code,
        fund: if random.percent(75) { "core" } else { "bcf" },
        tag: if random.percent(30) { "mhis" } else { "" },
        role: if random.percent(5) { "support" } else { "care" },
        cost,
        outcome: known.then_some(Outcome { patients, gain, share }),
        elasticity: random.between(0.05, 0.95),
        staff,
        shares: None,
    }
}

/// A whole number as one with a fraction.
pub fn float(whole: i64) -> f64 {
    f64::from(i32::try_from(whole).expect("a small number"))
}

/// The nearest whole number.
fn nearest(number: f64) -> i64 {
    format!("{number:.0}").parse().expect("a whole number")
}

/// Today's use of a group by the lines that a scope reaches.
fn use_of(sketch: &Sketch, group: &str, scope: &(&'static str, String)) -> f64 {
    let reaches = |service: &&Service| {
        let provider = sketch.providers.iter().find(|it| it.code == service.provider);
        let provider = provider.expect("a provider of the book");
        service.pence() > 0
            && match scope.0 {
                "provider" => provider.code == scope.1,
                "sector" => provider.sector == scope.1,
                "place" => provider.place == scope.1,
                _ => true,
            }
    };
    let used = sketch.services.iter().filter(reaches).filter_map(|it| it.staff.get(group));
    used.map(|thousandths| float(*thousandths) / 1_000.0).sum()
}

fn pools(sketch: &Sketch, random: &mut Random) -> Vec<Pool> {
    let mut pools = Vec::new();
    for (id, group) in [("nurses", "nursing"), ("carers", "therapists"), ("doctors", "medical")] {
        if random.percent(35) {
            continue;
        }
        let at = random.pick(&sketch.providers).clone();
        let scope = match random.below(5) {
            0 => ("provider", at.code),
            1 => ("sector", at.sector.to_owned()),
            2 => ("place", at.place.to_owned()),
            _ => ("icb", String::new()),
        };
        let wte = use_of(sketch, group, &scope) * random.between(0.985, 1.06);
        let redeployable = *random.pick(&[0.5, 0.8, 1.0]);
        let (recruits, agency) = ((0.0, 0), (0.0, 0));
        pools.push(Pool { id, group, scope, wte, redeployable, recruits, agency });
    }
    pools
}

/// Picks some lines of the book by one of their properties.
fn selector(sketch: &Sketch, random: &mut Random) -> String {
    let service = random.pick(&sketch.services);
    let provider = sketch.providers.iter().find(|it| it.code == service.provider);
    let provider = provider.expect("a provider of the book");
    match random.below(7) {
        0 => format!("sector = \"{}\"", provider.sector),
        1 => format!("place = \"{}\"", provider.place),
        2 => format!("fund = \"{}\"", service.fund),
        3 if !service.tag.is_empty() => format!("tag = \"{}\"", service.tag),
        4 => format!("service = \"{}/{}\"", service.provider, service.code),
        _ => format!("provider = \"{}\"", service.provider),
    }
}

pub fn share_of(pence: i64, share: f64) -> i64 {
    nearest(quantities::Pence::new(pence).to_pounds() * 100.0 * share)
}

fn rules(sketch: &Sketch, random: &mut Random) -> Vec<Rule> {
    let mut rules = vec![Rule::plain(format!(
        "segments_per_side = {}\nreleases = \"{}\"\nabsorb_share = {}",
        random.whole(1, 6),
        if random.percent(30) { "full" } else { "profile" },
        *random.pick(&["0.0", "0.4", "1.0"]),
    ))];
    rules.extend(budget_rules(sketch, random));
    rules.extend(pace_rules(sketch, random));
    for at in 0..random.below(4) {
        rules.push(floor_rule(sketch, at, random));
    }
    if random.percent(20) {
        rules.push(Rule::plain(format!("[[protect]]\n{}", selector(sketch, random))));
    }
    if random.percent(25) {
        let share = random.pick(&["0.0", "0.4", "0.75", "1.0"]);
        let which = selector(sketch, random);
        rules.push(Rule::plain(format!("[[release]]\n{which}\nshare = {share}")));
    }
    if random.percent(12) {
        rules.push(Rule::plain("[workforce]\nuse = false"));
    } else if let Some(pool) = sketch.pools.first().filter(|_| random.percent(20)) {
        let wte = pool.wte * random.between(0.99, 1.03);
        let id = pool.id;
        let text = format!("[[workforce.pool]]\npool = \"{id}\"\nwte_available = {wte:.4}");
        rules.push(Rule::plain(text));
    }
    rules.push(Rule::plain("[uncertainty]\ndraws = 0"));
    rules
}

fn budget_rules(sketch: &Sketch, random: &mut Random) -> Vec<Rule> {
    let base: i64 = sketch.services.iter().map(Service::pence).sum();
    let mut rules = Vec::new();
    match random.below(6) {
        0 => rules.push(Rule::plain("[budget]\nenforce = false")),
        1 => {
            let total = share_of(base, random.between(0.97, 1.03));
            rules.push(Rule::with_money("[budget]", "total_gbp", total));
        }
        2 => {}
        _ => {
            let change = random.between(-3.0, 3.0);
            rules.push(Rule::plain(format!("[budget]\nchange_pct = {change:.2}")));
        }
    }
    let funds: Vec<&str> = sketch.services.iter().map(|service| service.fund).collect();
    if !(funds.contains(&"core") && funds.contains(&"bcf")) {
        return rules;
    }
    if random.percent(30) {
        let own = sketch.services.iter().filter(|it| it.fund == "bcf").map(Service::pence);
        let total = share_of(own.sum(), random.between(0.98, 1.03));
        rules.push(Rule::with_money("[[budget.fund]]\nfund = \"bcf\"", "total_gbp", total));
    }
    for (from, to) in [("core", "bcf"), ("bcf", "core")] {
        if random.percent(35) {
            let most = share_of(base, random.between(0.0, 0.02));
            let text = format!("[[transfer]]\nfrom = \"{from}\"\nto = \"{to}\"");
            rules.push(Rule::with_money(text, "max_gbp", most));
        }
    }
    rules
}

fn pace_rules(sketch: &Sketch, random: &mut Random) -> Vec<Rule> {
    let pace = |random: &mut Random, most: f64| {
        let (cut, growth) = (random.between(0.0, most), random.between(0.0, most));
        format!("max_cut_pct = {cut:.2}\nmax_growth_pct = {growth:.2}")
    };
    let mut rules = vec![Rule::plain(format!("[pace]\n{}", pace(random, 25.0)))];
    if random.percent(40) {
        let (which, how) = (selector(sketch, random), pace(random, 15.0));
        rules.push(Rule::plain(format!("[[pace.for]]\n{which}\n{how}")));
    }
    if random.percent(50) {
        let (which, how) = (selector(sketch, random), pace(random, 4.0));
        rules.push(Rule::plain(format!("[[pace.total]]\n{which}\n{how}")));
    }
    rules
}

fn floor_rule(sketch: &Sketch, at: usize, random: &mut Random) -> Rule {
    let service = random.pick(&sketch.services).clone();
    let provider = &service.provider;
    let of_provider = sketch.services.iter().filter(|it| it.provider == *provider);
    let spend: i64 = of_provider.map(Service::pence).sum();
    let base: i64 = sketch.services.iter().map(Service::pence).sum();
    let share = 100.0 * quantities::Pence::new(spend).to_pounds()
        / quantities::Pence::new(base).to_pounds();
    let own = format!("[[floor]]\nkey = \"f{at}\"\nprovider = \"{provider}\"");
    let any = format!("[[floor]]\nkey = \"f{at}\"\n{}", selector(sketch, random));
    match random.below(8) {
        0 => Rule::with_money(own, "min_gbp", share_of(spend, random.between(0.97, 1.02))),
        1 => Rule::with_money(own, "max_gbp", share_of(spend, random.between(0.99, 1.04))),
        2 => {
            Rule::plain(format!("{own}\nmin_share_pct = {:.3}", share * random.between(0.97, 1.01)))
        }
        3 => {
            Rule::plain(format!("{own}\nmax_share_pct = {:.3}", share * random.between(1.0, 1.03)))
        }
        4 => Rule::plain(format!("{any}\nmin_activity_pct = {:.2}", random.between(85.0, 101.0))),
        5 => Rule::plain(format!("{any}\nmax_change_pct = {:.2}", random.between(-1.0, 4.0))),
        _ => Rule::plain(format!("{any}\nmin_change_pct = {:.2}", random.between(-4.0, 2.0))),
    }
}
