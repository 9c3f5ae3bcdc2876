//! What may change besides the spend of lines, at random: options with their rules, moves along
//! pathways, needs, capacities, staff who stand in for others, and growth over the years.

use crate::books::{Lines, Service, Sketch};
use crate::random::Random;
use crate::sketches::{float, share_of};
use quantities::Pence;

/// Shares by quintile, in hundredths.
pub type Shares = [i64; 5];

/// An option.
#[derive(Clone, Debug)]
pub struct Proposal {
    pub benefit: f64,
    /// Pence.
    pub cost: i64,
    pub fund: &'static str,
    pub most: f64,
    pub whole: bool,
    pub first: f64,
    pub shares: Option<Shares>,
    /// Line, pence, and the year from which it holds.
    pub effects: Vec<(String, i64, i64)>,
}

/// A move along a pathway.
#[derive(Clone, Debug)]
pub struct Move {
    pub from: String,
    pub to: String,
    pub kappa: f64,
    /// QALY per £m.
    pub eta: f64,
    /// Pence.
    pub most: i64,
    pub first: f64,
    pub months: i64,
}

/// What may change in a book. What has no money in it is kept as rows.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    pub years: u8,
    pub options: Vec<Proposal>,
    pub moves: Vec<Move>,
    rules: Vec<String>,
    posts: Vec<String>,
    needs: Vec<String>,
    capacities: Vec<String>,
    uses: Vec<String>,
    asked: Vec<String>,
    substitutes: Vec<String>,
    growth: Vec<String>,
}

/// Shares that sum to one.
pub fn shares(random: &mut Random) -> Shares {
    let mut left: i64 = 100;
    let mut shares = [0; 5];
    for share in &mut shares {
        *share = random.whole(0, left.div_euclid(2));
        left -= *share;
    }
    let [first, ..] = &mut shares;
    *first += left;
    random.shuffle(&mut shares);
    shares
}

/// As columns of a table.
pub fn in_columns(shares: Shares) -> String {
    shares.map(|share| format!("{:.2}", float(share) / 100.0)).join(",")
}

fn key(service: &Service) -> String {
    format!("{}/{}", service.provider, service.code)
}

fn money(pence: i64) -> String {
    Pence::new(pence).to_string()
}

/// A part of a line's spend.
fn part(service: &Service, from: f64, to: f64, random: &mut Random) -> i64 {
    share_of(service.pence(), random.between(from, to))
}

impl Changes {
    /// What may change in a book of so many years.
    pub fn of(sketch: &Sketch, years: u8, random: &mut Random) -> Self {
        let mut changes = Self { years, ..Self::default() };
        changes.grow(sketch, random);
        for _ in 0..random.below(4) {
            let option = changes.option(sketch, random);
            changes.options.push(option);
        }
        changes.rule(random);
        changes.posts(sketch, random);
        changes.moves(sketch, random);
        changes.needs(sketch, random);
        for id in ["beds", "scans"] {
            if random.percent(30) {
                changes.capacity(id, sketch, random);
            }
        }
        if let [from, to, ..] = sketch.pools.as_slice()
            && random.percent(50)
        {
            let (ratio, most) = (random.between(0.6, 2.0), random.between(0.5, 4.0));
            changes.substitutes.push(format!("{},{},{ratio:.3},{most:.3},x", from.id, to.id));
        }
        changes
    }

    fn grow(&mut self, sketch: &Sketch, random: &mut Random) {
        for year in 1..=self.years {
            let mut selectors = vec!["all".to_owned()];
            if random.percent(40) {
                selectors.push(format!("provider={}", random.pick(&sketch.providers).code));
            }
            for selector in selectors {
                let [demand, price] = [3.0, 2.5].map(|most| random.between(-0.5, most));
                let saved = random.between(0.0, 1.5);
                let of = format!("{selector},{}-{}", 2024 + i32::from(year), 25 + i32::from(year));
                self.growth.push(format!("{of},{demand:.2},{price:.2},{saved:.2},x"));
            }
        }
    }

    fn option(&self, sketch: &Sketch, random: &mut Random) -> Proposal {
        let base: i64 = sketch.services.iter().map(Service::pence).sum();
        let mut effects: Vec<(String, i64, i64)> = Vec::new();
        for _ in 0..random.below(3) {
            let service = random.pick(&sketch.services);
            let from = random.whole(1, i64::from(self.years));
            let change = part(service, -0.1, 0.06, random);
            if effects.iter().all(|(line, _, _)| *line != key(service)) {
                effects.push((key(service), change, from));
            }
        }
        let sign = if random.percent(10) { -1.0 } else { 1.0 };
        let fund = random.pick(&sketch.services).fund;
        Proposal {
            benefit: sign * random.size(0.5, 60.0),
            cost: share_of(base, random.between(0.0, 0.02)),
            fund,
            most: if random.percent(20) { 0.5 } else { 1.0 },
            whole: random.percent(35),
            first: *random.pick(&[0.3, 0.5, 1.0, 1.0]),
            shares: random.percent(60).then(|| shares(random)),
            effects,
        }
    }

    /// A rule between the first two options, or one that asks for some of the first.
    fn rule(&mut self, random: &mut Random) {
        let rows: &[&str] = match random.below(5) {
            0 => &["r,o0,One of two,1,1", "r,o1,One of two,1,1"],
            1 => &["r,o0,One needs the other,1,0", "r,o1,One needs the other,-1,0"],
            2 => &["r,o0,Together,2,1.5", "r,o1,Together,1,1.5"],
            3 if random.percent(40) => &["r,o0,Some,-1,-0.4"],
            _ => &[],
        };
        if self.options.len() > 1 {
            self.rules = rows.iter().map(|row| (*row).to_owned()).collect();
        }
    }

    fn posts(&mut self, sketch: &Sketch, random: &mut Random) {
        for at in 0..self.options.len() {
            for pool in &sketch.pools {
                let wte = pool.wte * random.between(-0.01, 0.02);
                if random.percent(40) {
                    self.posts.push(format!("o{at},{},{wte:.3}", pool.id));
                }
            }
        }
    }

    /// From earlier lines to later ones, so that nothing goes round.
    fn moves(&mut self, sketch: &Sketch, random: &mut Random) {
        for _ in 0..random.below(3) {
            let (a, b) = (random.below(sketch.services.len()), random.below(sketch.services.len()));
            let line = |at: usize| sketch.services.get(at).expect("a line");
            let (from, to) = (line(a.min(b)), line(a.max(b)));
            let known = self.moves.iter().any(|one| one.from == key(from) && one.to == key(to));
            if a != b && !known {
                self.moves.push(Move {
                    from: key(from),
                    to: key(to),
                    kappa: random.between(0.3, 1.3),
                    eta: random.between(-20.0, 60.0),
                    most: part(from, 0.02, 0.3, random),
                    first: *random.pick(&[0.3, 0.5, 1.0]),
                    months: random.whole(0, 9),
                });
            }
        }
    }

    /// Support lines follow earlier ones, and of two others one needs the other.
    fn needs(&mut self, sketch: &Sketch, random: &mut Random) {
        let lines = sketch.services.iter().enumerate().skip(1);
        for (at, line) in lines.filter(|(_, line)| line.role == "support") {
            let user = sketch.services.get(random.below(at)).expect("a line");
            let kind = if random.percent(80) { "follows" } else { "at_least" };
            let per_pound = random.between(0.02, 0.3);
            self.needs.push(format!("{},{},{per_pound:.3},{kind}", key(user), key(line)));
        }
        let care: Vec<&Service> = sketch.services.iter().filter(|it| it.role == "care").collect();
        if let [user, needed, ..] = care.as_slice()
            && random.percent(30)
        {
            let per_pound = random.between(0.1, 0.9);
            self.needs.push(format!("{},{},{per_pound:.3},at_least", key(user), key(needed)));
        }
    }

    fn capacity(&mut self, id: &str, sketch: &Sketch, random: &mut Random) {
        let mut used = 0;
        for service in sketch.services.iter().filter(|it| it.pence() > 0) {
            let amount = random.whole(0, 60);
            used += amount;
            self.uses.push(format!("{},{id},{amount}", key(service)));
        }
        let room = |random: &mut Random| float(used) * random.between(0.99, 1.05);
        if random.percent(30) {
            for year in 1..=self.years {
                let year = format!("{}-{}", 2024 + i32::from(year), 25 + i32::from(year));
                self.capacities.push(format!("{id},{year},Room,{id},{:.2}", room(random)));
            }
        } else {
            self.capacities.push(format!("{id},,Room,{id},{:.2}", room(random)));
        }
        for at in 0..self.options.len() {
            if random.percent(40) {
                self.asked.push(format!("o{at},{id},{}", random.whole(-3, 6)));
            }
        }
    }

    /// Whether anything here names a line.
    pub fn name(&self, service: &Service) -> bool {
        let key = key(service);
        let named = |row: &String| row.split(',').any(|cell| cell == key);
        self.moves.iter().any(|one| one.from == key || one.to == key)
            || self.options.iter().any(|one| one.effects.iter().any(|(line, _, _)| *line == key))
            || self.needs.iter().chain(&self.uses).any(named)
    }

    /// The same with every sum of money so many times over.
    pub fn times(&mut self, factor: i64) {
        for option in &mut self.options {
            option.cost *= factor;
            option.effects.iter_mut().for_each(|(_, pence, _)| *pence *= factor);
        }
        for one in &mut self.moves {
            one.most *= factor;
            one.eta /= float(factor);
        }
    }

    /// The tables.
    pub fn tables(&self) -> Vec<Lines> {
        let option = |(at, it): (usize, &Proposal)| {
            let Proposal { benefit, cost, fund, most, whole, first, shares, .. } = it;
            let (cost, whole) = (money(*cost), if *whole { "yes" } else { "no" });
            let shares = shares.map_or_else(|| ",,,,".to_owned(), in_columns);
            format!("o{at},Option,{benefit:.6},{cost},{fund},{most},{whole},{first},B,{shares}")
        };
        let effects = |(at, it): (usize, &Proposal)| -> Vec<String> {
            let row = |(line, pence, from): &(String, i64, i64)| {
                format!("o{at},{line},{},{from},x", money(*pence))
            };
            it.effects.iter().map(row).collect()
        };
        let moved = |(at, it): (usize, &Move)| {
            let Move { from, to, kappa, eta, most, first, months } = it;
            let most = money(*most);
            format!("p{at},{from},{to},{kappa:.6},{eta:.9},{most},{first},{months},B,x")
        };
        let options = || self.options.iter().enumerate();
        vec![
            (
                "options",
                "option_id,option_name,benefit_qaly,cost_gbp,fund,max_take_up,all_or_nothing,\
                 year1_share,evidence_grade,imd_q1,imd_q2,imd_q3,imd_q4,imd_q5",
                options().map(option).collect(),
            ),
            (
                "option_effects",
                "option_id,service,spend_change_gbp,from_year,source",
                options().flat_map(effects).collect(),
            ),
            ("option_staff", "option_id,pool_id,wte", self.posts.clone()),
            ("option_resources", "option_id,resource_id,amount", self.asked.clone()),
            ("option_rules", "rule_id,option_id,rule_label,weight,limit", self.rules.clone()),
            (
                "pathways",
                "pathway_id,from_service,to_service,kappa,eta_qaly_per_gbp_m,max_move_gbp,\
                 year1_share,double_running_months,evidence_grade,source",
                self.moves.iter().enumerate().map(moved).collect(),
            ),
            ("service_needs", "service,needs_service,gbp_per_gbp,kind", self.needs.clone()),
            ("resources", "resource_id,fin_year,label,unit,available", self.capacities.clone()),
            ("service_resources", "service,resource_id,amount", self.uses.clone()),
            ("substitutions", "from_pool,to_pool,ratio,max_wte,source", self.substitutes.clone()),
            (
                "growth",
                "selector,fin_year,demand_pct,price_pct,efficiency_pct,source",
                self.growth.clone(),
            ),
        ]
    }
}
