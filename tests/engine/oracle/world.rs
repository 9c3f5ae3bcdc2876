//! Small random systems, as plain figures and as the files that say the same.

use openbook::Book;
use std::fmt::Write;

use crate::support;

/// One service line. Money is in £m, of whole £10,000s.
#[derive(Clone, Debug)]
pub struct Line {
    /// The provider's code.
    pub provider: &'static str,
    /// B.
    pub base: f64,
    /// b: the part with an accepted outcome; nought where the outcome is missing.
    pub covered: f64,
    /// H.
    pub health: f64,
    /// e.
    pub elasticity: f64,
    /// Percent of its cost that is variable, and semi-fixed.
    pub behaviour: (f64, f64),
    /// Nurses; nothing where the row is missing.
    pub nurses: Option<f64>,
    /// Whether it supports the others: it then follows line 0 at this much per £.
    pub follows: Option<f64>,
    /// The fund that pays.
    pub fund: &'static str,
    /// Who gains, by quintile, in hundredths.
    pub shares: Option<[u32; 5]>,
}

/// The one option.
#[derive(Clone, Debug)]
pub struct Proposal {
    pub benefit: f64,
    pub cost: f64,
    pub first: f64,
    pub whole: bool,
    pub nurses: f64,
    /// The line it changes, by how much, and from which year.
    pub effect: (usize, f64, u8),
}

/// The one move.
#[derive(Clone, Debug)]
pub struct Move {
    pub from: usize,
    pub to: usize,
    pub kappa: f64,
    pub eta: f64,
    pub most: f64,
    pub first: f64,
    pub months: f64,
}

/// The one staff pool, of the whole board.
#[derive(Clone, Debug)]
pub struct Pool {
    pub available: f64,
    pub redeployable: f64,
    pub recruitable: f64,
    pub recruitment_cost: f64,
    pub agency: f64,
    pub agency_premium: f64,
}

/// What is made as large, or as small, as can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seeks {
    Health,
    NetHealth,
    LeastCost,
}

/// A whole small system.
#[derive(Clone, Debug)]
pub struct World {
    pub years: u8,
    pub lines: Vec<Line>,
    pub cut: f64,
    pub growth: f64,
    pub segments: u8,
    pub absorb: f64,
    /// Percent on today's spend in year 1, and on the year before in year 2.
    pub budget: (f64, f64),
    /// Percent a year.
    pub demand: f64,
    pub price: f64,
    pub option: Option<Proposal>,
    pub pathway: Option<Move>,
    pub pool: Pool,
    /// A floor under a line, in percent on its base.
    pub floor: Option<(usize, f64)>,
    /// A line that may not be cut.
    pub protected: Option<usize>,
    /// (user, needed, £ per £).
    pub need: Option<(usize, usize, f64)>,
    /// Beds: what each line uses today, and how many there are.
    pub beds: Option<(Vec<f64>, f64)>,
    /// A cap on a line, in percent on its base.
    pub cap: Option<(usize, f64)>,
    /// What may move from `core` to `bcf` in a year, £m.
    pub transfer: Option<f64>,
    /// Whether no quintile may lose.
    pub no_one_loses: bool,
    pub seeks: Seeks,
}

/// A sequence of numbers that a seed fixes (splitmix64).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn bits(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u32::try_from((z ^ (z >> 31)) >> 32).unwrap_or_default()
    }

    /// From 0 to 1.
    pub fn share(&mut self) -> f64 {
        f64::from(self.bits()) / f64::from(u32::MAX)
    }

    /// A whole number from `from` to `to`, both included.
    pub fn whole(&mut self, from: u32, to: u32) -> u32 {
        from + self.bits() % (to - from + 1)
    }

    fn number(&mut self, from: u32, to: u32) -> f64 {
        f64::from(self.whole(from, to))
    }

    pub fn chance(&mut self, share: f64) -> bool {
        self.share() < share
    }

    pub fn pick(&mut self, below: usize) -> usize {
        let below = u32::try_from(below).unwrap_or(1).max(1);
        usize::try_from(self.bits() % below).unwrap_or(0)
    }
}

impl World {
    pub fn random(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let years = if dice.chance(0.5) { 1 } else { 2 };
        let count = if years == 1 { dice.whole(2, 3) } else { 2 };
        let mut lines: Vec<Line> = (0..count).map(|_| Line::random(&mut dice)).collect();
        let care = lines.len();
        if dice.chance(0.3) {
            let follows = Some(dice.number(5, 30) / 100.0);
            let covered = 0.0;
            lines.push(Line { follows, covered, ..Line::random(&mut dice) });
        }
        if let Some(first) = lines.first_mut() {
            // Nurses or outcomes of which no line has a figure are refused with the book.
            first.covered = if first.covered > 0.0 { first.covered } else { first.base };
            first.nurses = first.nurses.or(Some(first.base.round()));
        }
        let needed: f64 = lines.iter().filter_map(|line| line.nurses).sum();
        let used: Vec<f64> = lines.iter().map(|_| dice.number(0, 50)).collect();
        let beds = used.iter().sum::<f64>() * dice.number(97, 106) / 100.0;
        // Where money and staff are short pace rarely binds.
        let ample = if dice.chance(0.4) { 10.0 } else { 0.0 };
        let (from, to) = (dice.pick(care), dice.pick(care));
        let effect = (dice.pick(lines.len()), dice.number(0, 300) / 100.0 - 1.5, 1);
        Self {
            years,
            cut: dice.number(5, 20) / 100.0,
            growth: dice.number(5, 20) / 100.0,
            segments: 2,
            absorb: if dice.chance(0.4) { dice.number(1, 10) / 10.0 } else { 0.0 },
            budget: (dice.number(0, 8) - 3.0 + ample, dice.number(0, 6) - 2.0),
            demand: dice.number(0, 4),
            price: dice.number(0, 3),
            option: dice.chance(0.7).then(|| Proposal {
                benefit: dice.number(1, 60),
                cost: dice.number(10, 80) / 100.0,
                first: dice.number(2, 10) / 10.0,
                whole: dice.chance(0.3),
                nurses: dice.number(0, 6) - 2.0,
                effect: (effect.0, effect.1, effect.2 + u8::from(years > 1 && dice.chance(0.3))),
            }),
            pathway: (from != to && dice.chance(0.8)).then(|| Move {
                from,
                to,
                kappa: dice.number(2, 12) / 10.0,
                eta: dice.number(0, 120) - 20.0,
                most: dice.number(20, 300) / 100.0,
                first: dice.number(3, 10) / 10.0,
                months: dice.number(0, 8),
            }),
            pool: Pool {
                available: (needed * (dice.number(95, 105) + ample)).round() / 100.0,
                redeployable: dice.number(4, 10) / 10.0,
                recruitable: dice.number(0, 4),
                recruitment_cost: dice.number(0, 5) / 100.0,
                agency: dice.number(0, 4),
                agency_premium: dice.number(1, 6) / 100.0,
            },
            floor: dice.chance(0.3).then(|| (dice.pick(care), dice.number(0, 6) - 3.0)),
            protected: dice.chance(0.2).then(|| dice.pick(care)),
            need: (care > 1 && dice.chance(0.25)).then(|| (0, 1, dice.number(1, 8) / 10.0)),
            beds: dice.chance(0.3).then_some((used, beds)),
            lines,
            cap: None,
            transfer: None,
            no_one_loses: false,
            seeks: Seeks::Health,
        }
    }

    /// The same with a second fund and transfers, a cap, limits on deprivation and other objectives.
    pub fn wider(seed: u64) -> Self {
        let mut world = Self::random(seed);
        let mut dice = Dice::new(seed ^ 0x5eed);
        for line in &mut world.lines {
            line.fund = if dice.chance(0.4) { "bcf" } else { "core" };
            let mut left = 100;
            let mut shares = [0; 5];
            for share in &mut shares {
                *share = dice.whole(0, left);
                left -= *share;
            }
            let [first, ..] = &mut shares;
            *first += left;
            line.shares = dice.chance(0.8).then_some(shares);
        }
        let funds = ["core", "bcf"].map(|fund| world.lines.iter().any(|line| line.fund == fund));
        if funds == [true, true] && dice.chance(0.7) {
            world.transfer = Some(dice.number(1, 60) / 100.0);
        }
        let line = dice.pick(world.lines.len());
        world.cap = dice.chance(0.4).then(|| (line, dice.number(0, 8) - 1.0));
        world.no_one_loses = dice.chance(0.35);
        world.seeks = match dice.whole(0, 9) {
            0..=2 => Seeks::NetHealth,
            3 | 4 => Seeks::LeastCost,
            _ => Seeks::Health,
        };
        world
    }

    /// Today's spend from a fund.
    pub fn base_of(&self, fund: &str) -> f64 {
        self.lines.iter().filter(|line| line.fund == fund).map(|line| line.base).sum()
    }

    pub fn key(&self, line: usize) -> String {
        let provider = self.lines.get(line).map_or("", |line| line.provider);
        format!("{provider}/S{line}")
    }

    /// The files.
    pub fn book(&self) -> Book {
        let mut tables = self.line_tables();
        let Pool { available, redeployable, recruitable, .. } = self.pool;
        let Pool { recruitment_cost, agency, agency_premium, .. } = self.pool;
        tables.push((
            "staff_pools",
            format!(
                "pool_id,staff_group,scope_kind,wte_available,redeployable_share,\
                 recruitable_wte_per_year,recruitment_cost_gbp,agency_wte_cap,agency_premium_gbp\n\
                 n,nursing,icb,{available},{redeployable},{recruitable},{},{agency},{}\n",
                money(recruitment_cost),
                money(agency_premium)
            ),
        ));
        if let Some(Proposal { benefit, cost, first, whole, nurses, effect }) = &self.option {
            let (cost, whole) = (money(*cost), if *whole { "yes" } else { "no" });
            let (line, change, from) = effect;
            let (line, change) = (self.key(*line), money(*change));
            tables.extend([
                (
                    "options",
                    format!(
                        "option_id,option_name,benefit_qaly,cost_gbp,all_or_nothing,year1_share,\
                         evidence_grade\no,Option,{benefit},{cost},{whole},{first},B\n"
                    ),
                ),
                (
                    "option_effects",
                    format!(
                        "option_id,service,spend_change_gbp,from_year,source\n\
                         o,{line},{change},{from},x\n"
                    ),
                ),
                ("option_staff", format!("option_id,pool_id,wte\no,n,{nurses}\n")),
            ]);
        }
        if let Some(Move { from, to, kappa, eta, most, first, months }) = &self.pathway {
            let (from, to, most) = (self.key(*from), self.key(*to), money(*most));
            tables.push((
                "pathways",
                format!(
                    "pathway_id,from_service,to_service,kappa,eta_qaly_per_gbp_m,max_move_gbp,\
                     year1_share,double_running_months,evidence_grade,source\n\
                     p,{from},{to},{kappa},{eta},{most},{first},{months},B,x\n"
                ),
            ));
        }
        tables.extend(self.needs());
        let mut shares =
            "provider_code,service_code,imd_q1,imd_q2,imd_q3,imd_q4,imd_q5\n".to_owned();
        let empty = shares.len();
        for (at, line) in self.lines.iter().enumerate() {
            if let Some(of) = line.shares {
                let of = of.map(|share| format!("{:.2}", f64::from(share) / 100.0)).join(",");
                writeln!(shares, "{},S{at},{of}", line.provider).expect("writes");
            }
        }
        if shares.len() > empty {
            tables.push(("equity", shares));
        }
        if let Some((used, beds)) = &self.beds {
            let mut text = "service,resource_id,amount\n".to_owned();
            for (at, used) in used.iter().enumerate() {
                writeln!(text, "{},beds,{used}", self.key(at)).expect("writes");
            }
            tables.push(("service_resources", text));
            let text = format!("resource_id,label,unit,available\nbeds,Beds,beds,{beds}\n");
            tables.push(("resources", text));
        }
        support::book(&tables)
    }

    fn needs(&self) -> Option<(&'static str, String)> {
        let mut text = "service,needs_service,gbp_per_gbp,kind\n".to_owned();
        let empty = text.len();
        for (at, line) in self.lines.iter().enumerate() {
            if let Some(per_pound) = line.follows {
                let (user, line) = (self.key(0), self.key(at));
                writeln!(text, "{user},{line},{per_pound},follows").expect("writes");
            }
        }
        if let Some((user, needed, per_pound)) = self.need {
            let (user, needed) = (self.key(user), self.key(needed));
            writeln!(text, "{user},{needed},{per_pound},at_least").expect("writes");
        }
        (text.len() > empty).then_some(("service_needs", text))
    }

    fn line_tables(&self) -> Vec<(&'static str, String)> {
        let mut providers = "provider_code,provider_name,sector,place_code\n".to_owned();
        for code in ["A", "B"] {
            writeln!(providers, "{code},Provider {code},acute,D").expect("writes");
        }
        let mut services =
            "provider_code,service_code,service_name,programme,setting,role,fund\n".to_owned();
        let mut costs = "provider_code,service_code,fin_year,fin_month,point_of_delivery,\
                         currency_code,resource_group,cost_behaviour,activity,cost_gbp,cost_basis,\
                         data_as_at\n"
            .to_owned();
        let mut outcomes =
            "provider_code,service_code,fin_year,measure,patients,gain_mean,gain_se,\
                            evidence_grade,spend_share,source\n"
                .to_owned();
        let mut elasticities =
            "provider_code,service_code,elasticity,elasticity_se,source\n".to_owned();
        let mut workforce =
            "provider_code,service_code,fin_year,staff_group,wte,pay_cost_gbp\n".to_owned();
        for (at, line) in self.lines.iter().enumerate() {
            let Line { provider, base, covered, health, elasticity, behaviour, .. } = line;
            let role = if line.follows.is_some() { "support" } else { "care" };
            writeln!(services, "{provider},S{at},Line {at},x,y,{role},{}", line.fund)
                .expect("writes");
            let (variable, semi) = *behaviour;
            let parts =
                [("variable", variable), ("semi_fixed", semi), ("fixed", 100.0 - variable - semi)];
            for (kind, pct) in parts {
                let cost = money(base * pct / 100.0);
                writeln!(
                    costs,
                    "{provider},S{at},2024-25,0,p,c,r,{kind},1,{cost},plics,2025-03-31"
                )
                .expect("writes");
            }
            if *covered > 0.0 {
                let share = (covered / base * 100.0).round() / 100.0;
                writeln!(
                    outcomes,
                    "{provider},S{at},2024-25,qaly_per_patient,{health},1,0.1,B,{share},x"
                )
                .expect("writes");
            }
            writeln!(elasticities, "{provider},S{at},{elasticity},0.05,x").expect("writes");
            if let Some(nurses) = line.nurses {
                writeln!(workforce, "{provider},S{at},2024-25,nursing,{nurses},0.00")
                    .expect("writes");
            }
        }
        let (demand, price) = (self.demand, self.price);
        let mut growth =
            "selector,fin_year,demand_pct,price_pct,efficiency_pct,source\n".to_owned();
        for year in ["2025-26", "2026-27"] {
            writeln!(growth, "all,{year},{demand},{price},0,x").expect("writes");
        }
        vec![
            ("providers", providers),
            ("services", services),
            ("costs", costs),
            ("outcomes", outcomes),
            ("elasticities", elasticities),
            ("workforce", workforce),
            ("growth", growth),
        ]
    }

    /// The scenario.
    pub fn scenario(&self) -> String {
        let (year1, year2) = self.budget;
        let (cut, growth) = (self.cut * 100.0, self.growth * 100.0);
        let objective = match self.seeks {
            Seeks::Health => "health",
            Seeks::NetHealth => "net_health",
            Seeks::LeastCost => "least_cost",
        };
        let mut text = format!(
            "objective = \"{objective}\"\nthreshold_gbp_per_qaly = 15000\nyears = {}\nsegments_per_side = {}\nabsorb_share = {}\n[budget]\nchange_pct = {year1}\n",
            self.years, self.segments, self.absorb
        );
        if self.years > 1 {
            text.push_str(&format!("[[budget.year]]\nyear = 2\nchange_pct = {year2}\n"));
        }
        text.push_str(&format!("[pace]\nmax_cut_pct = {cut:.0}\nmax_growth_pct = {growth:.0}\n"));
        if let Some((line, pct)) = self.floor {
            let key = self.key(line);
            text.push_str(&format!(
                "[[floor]]\nkey = \"f\"\nservice = \"{key}\"\nmin_change_pct = {pct}\n"
            ));
        }
        if let Some((line, pct)) = self.cap {
            let key = self.key(line);
            text.push_str(&format!(
                "[[floor]]\nkey = \"cap\"\nservice = \"{key}\"\nmax_change_pct = {pct}\n"
            ));
        }
        if let Some(most) = self.transfer {
            let most = money(most);
            text.push_str(&format!(
                "[[transfer]]\nfrom = \"core\"\nto = \"bcf\"\nmax_gbp = \"{most}\"\n"
            ));
        }
        if self.no_one_loses {
            text.push_str("[equity]\nno_quintile_loses = true\n");
        }
        if let Some(line) = self.protected {
            text.push_str(&format!("[[protect]]\nservice = \"{}\"\n", self.key(line)));
        }
        text
    }
}

impl Line {
    fn random(dice: &mut Dice) -> Self {
        let base = dice.number(20, 90) / 10.0;
        let covered = match dice.whole(0, 9) {
            0 => 0.0,
            1 | 2 => base * 0.75,
            _ => base,
        };
        let variable = dice.number(4, 10) * 10.0;
        Self {
            provider: if dice.chance(0.5) { "A" } else { "B" },
            base,
            covered,
            health: (base * dice.number(20, 250)).round(),
            elasticity: dice.number(15, 70) / 100.0,
            behaviour: (variable, if variable < 70.0 { 20.0 } else { 0.0 }),
            nurses: (!dice.chance(0.06)).then(|| (base * dice.number(0, 12)).round()),
            follows: None,
            fund: "core",
            shares: None,
        }
    }
}

fn money(millions: f64) -> String {
    format!("{:.2}", millions * 1e6)
}
