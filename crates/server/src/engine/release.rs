//! Activity and cost as they may leave the Board.

use openbook::Book;
use openbook::disclosure::{self, Atom, Figure, Release, Wanted};
use openbook::rows::CostRow;
use openbook::table::hex;
use quantities::{Activity, FinYear, Pence};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use store::{NewRelease, OwnedTable};

use super::{EngineError, book};
use crate::models::Catalogue;

/// Most rows of a release.
const MOST_ROWS: usize = 5_000;
/// Why a row is hidden: for its own count or for another's, which look the same.
const HIDDEN: &str =
    "hidden: a count of 1 to 7, or one from which such a count could be worked out";
const TOTAL_HIDDEN: &str = "hidden: a row is hidden";
const ROUNDED: &str = "activity is rounded to 5 and totals are rounded from the whole";

const NOTHING: &str = "there is nothing of what is asked for: look at what it is to be only of, \
                       and the year; providers that share indices only, and cost whose activity \
                       is not known, are left out";

/// What rows are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// The provider.
    Provider,
    /// The provider's sector.
    Sector,
    /// The programme of care.
    Programme,
    /// Where the care is given.
    Setting,
    /// The service line.
    Service,
    /// Day case, outpatient, …
    PointOfDelivery,
    /// The unit of activity.
    Currency,
}

impl By {
    /// Everything that rows can be made of.
    pub const ALL: [Self; 7] = [
        Self::Provider,
        Self::Sector,
        Self::Programme,
        Self::Setting,
        Self::Service,
        Self::PointOfDelivery,
        Self::Currency,
    ];

    /// The name that requests use.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Sector => "sector",
            Self::Programme => "programme",
            Self::Setting => "setting",
            Self::Service => "service",
            Self::PointOfDelivery => "point_of_delivery",
            Self::Currency => "currency",
        }
    }

    /// The columns it is shown in.
    const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Provider => &["provider_code", "provider_name"],
            Self::Service => &["service", "service_name"],
            Self::Sector => &["sector"],
            Self::Programme => &["programme"],
            Self::Setting => &["setting"],
            Self::PointOfDelivery => &["point_of_delivery"],
            Self::Currency => &["currency_code"],
        }
    }

    /// What a row of costs is by it, in its columns; the first is what a request names it by.
    fn cells(self, book: &Book, row: &CostRow) -> Option<Vec<String>> {
        let service = book.services.get(&row.service)?;
        let provider = book.provider_of(&row.service)?;
        Some(match self {
            Self::Provider => vec![provider.code.to_string(), provider.name.clone()],
            Self::Service => vec![service.key.to_string(), service.name.clone()],
            Self::Sector => vec![provider.sector.clone()],
            Self::Programme => vec![service.programme.clone()],
            Self::Setting => vec![service.setting.clone()],
            Self::PointOfDelivery => vec![row.point_of_delivery.clone()],
            Self::Currency => vec![row.currency.clone()],
        })
    }
}

/// What is asked for: activity and cost of a year, one row for each of what it is asked by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AskedRelease {
    /// What the rows are made of.
    pub by: Vec<By>,
    /// Only what is this by that.
    pub only: BTreeMap<By, String>,
    /// The year; the latest that has costs unless told.
    pub year: Option<FinYear>,
}

/// The exact figures that are asked for, not yet to be shown to anyone.
#[derive(Clone, Debug, PartialEq)]
pub struct ToRelease {
    header: Vec<&'static str>,
    rows: Vec<(Vec<String>, Wanted)>,
    notes: Vec<&'static str>,
}

/// One kind of work of one service: what is counted.
type Work = (String, String, String);
/// What of each kind there is; no count where none is given.
type Works = BTreeMap<Work, (Option<Activity>, Pence)>;

/// What a release of an edition's tables would hold. Providers that share indices only are left out
/// whole, and so is cost whose activity is not known.
///
/// # Errors
/// When the tables make no book, or there is nothing of what is asked for.
pub fn to_release(
    catalogue: &Catalogue,
    parts: &[OwnedTable],
    asked: &AskedRelease,
) -> Result<ToRelease, EngineError> {
    let refused = |why: &str| EngineError::Refused(why.to_owned());
    let book = book::assembled(catalogue, parts)?;
    let year = asked.year.or_else(|| book.latest_cost_year());
    let year = year.ok_or_else(|| refused("the book has no costs"))?;
    let mut by = asked.by.clone();
    by.extend(asked.only.keys().filter(|other| !asked.by.contains(other)));
    let (found, indices) = gathered(&book, year, &by, asked);
    let mut uncounted = false;
    let mut rows = Vec::new();
    for (cells, works) in found {
        let all = works.len();
        let atoms: Vec<Atom> = works
            .into_iter()
            .filter_map(|(work, (count, cost_gbp))| Some(atom(year, &work, count?, cost_gbp)))
            .collect();
        uncounted |= atoms.len() < all;
        if !atoms.is_empty() {
            let label = cells.join(" ");
            rows.push((cells, Wanted { label, atoms }));
        }
    }
    if rows.is_empty() {
        return Err(refused(NOTHING));
    }
    if rows.len() > MOST_ROWS {
        let why = format!("a release has at most {MOST_ROWS} rows, and this has {}", rows.len());
        return Err(EngineError::Refused(format!("{why}: ask for less")));
    }
    let mut header = vec!["fin_year"];
    header.extend(by.iter().flat_map(|it| it.columns()));
    let notes = [
        Some(ROUNDED),
        indices.then_some("providers that share indices only are left out"),
        uncounted.then_some("cost whose activity is not known is left out"),
    ];
    Ok(ToRelease { header, rows, notes: notes.into_iter().flatten().collect() })
}

/// What is asked for, by the cells of its row; and whether a provider that shares indices only is
/// left out of it.
fn gathered(
    book: &Book,
    year: FinYear,
    by: &[By],
    asked: &AskedRelease,
) -> (BTreeMap<Vec<String>, Works>, bool) {
    let mut rows: BTreeMap<Vec<String>, Works> = BTreeMap::new();
    let mut indices = false;
    for row in book.costs.iter().filter(|row| row.year == year) {
        let all: Option<Vec<Vec<String>>> = by.iter().map(|it| it.cells(book, row)).collect();
        let (Some(all), Some(provider)) = (all, book.provider_of(&row.service)) else { continue };
        let is_it = |(by, cells): (&By, &Vec<String>)| {
            asked.only.get(by).is_none_or(|wanted| cells.first() == Some(wanted))
        };
        if !by.iter().zip(&all).all(is_it) {
            continue;
        }
        if !provider.named_to_others {
            indices = true;
            continue;
        }
        let cells = std::iter::once(year.to_string()).chain(all.into_iter().flatten()).collect();
        let work = (row.service.to_string(), row.point_of_delivery.clone(), row.currency.clone());
        let (count, cost) = rows.entry(cells).or_default().entry(work).or_default();
        *count = match (*count, row.activity) {
            (Some(sum), Some(more)) => Some(sum + more),
            (sum, more) => sum.or(more),
        };
        *cost = *cost + row.cost;
    }
    (rows, indices)
}

fn atom(year: FinYear, (service, point, currency): &Work, count: Activity, cost: Pence) -> Atom {
    // The parts of a key hold no control characters.
    let key = [service, &year.to_string(), point, currency].map(String::as_str).join("\u{1f}");
    Atom { key, count: count.to_number(), cost_gbp: cost }
}

impl ToRelease {
    /// What of it may leave the Board, given the cells of everything that has left it before.
    ///
    /// # Errors
    /// When an earlier release cannot be read any more.
    pub fn release(&self, earlier: &[String]) -> Result<NewRelease, EngineError> {
        let fault = |error: &dyn std::fmt::Display| EngineError::internal(error);
        let earlier = earlier.iter().map(|text| serde_json::from_str(text));
        let earlier: Vec<Release> =
            earlier.collect::<Result<_, _>>().map_err(|error| fault(&error))?;
        let wanted: Vec<Wanted> = self.rows.iter().map(|(_, wanted)| wanted.clone()).collect();
        let release = disclosure::release(&wanted, &earlier).map_err(|error| fault(&error))?;
        let content = self.csv(&release).map_err(|error| fault(&error))?;
        Ok(NewRelease {
            content_sha256: hex(&Sha256::digest(&content)),
            content,
            cells: serde_json::to_string(&release).map_err(|error| fault(&error))?,
        })
    }

    fn csv(&self, release: &Release) -> Result<Vec<u8>, csv::Error> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let more = ["activity", "cost_gbp", "note"];
        writer.write_record(self.header.iter().chain(&more))?;
        for ((cells, _), row) in self.rows.iter().zip(&release.rows) {
            let [activity, cost] = shown(row.figure);
            let note = if row.figure.count.is_none() { HIDDEN } else { "" };
            let figures = [activity.as_str(), cost.as_str(), note];
            writer.write_record(cells.iter().map(String::as_str).chain(figures))?;
        }
        let [activity, cost] = shown(release.total);
        let hidden = release.total.count.is_none().then_some(match release.hidden {
            0 => HIDDEN,
            _ => TOTAL_HIDDEN,
        });
        let notes: Vec<&str> = hidden.into_iter().chain(self.notes.iter().copied()).collect();
        let notes = notes.join("; ");
        let blank = self.header.len().saturating_sub(1);
        let total = std::iter::once("Total").chain(std::iter::repeat_n("", blank));
        writer.write_record(total.chain([activity.as_str(), cost.as_str(), notes.as_str()]))?;
        writer.into_inner().map_err(|error| error.into_error().into())
    }
}

fn shown(figure: Figure) -> [String; 2] {
    let hidden = || Figure::HIDDEN.to_owned();
    [
        figure.count.map_or_else(hidden, |count| format!("{count:.0}")),
        figure.cost_gbp.map_or_else(hidden, |cost| cost.to_string()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(table: &str, csv: &str) -> OwnedTable {
        let stored = store::StoredTable {
            table: table.to_owned(),
            sha256: String::new(),
            rows: 0,
            total: None,
            csv: csv.as_bytes().to_vec(),
        };
        let submission = "018f2b6e-0000-7000-8000-000000000000".parse().expect("an id");
        OwnedTable { owner: None, submission, table: stored }
    }

    fn lines(asked: &AskedRelease, earlier: &[String]) -> (Vec<String>, String) {
        let parts = [
            part(
                "providers",
                "provider_code,provider_name,sector,place_code,disclosure\n\
                 RTG,Derby,acute,D,named\nRFS,Chesterfield,acute,C,index\n",
            ),
            part(
                "services",
                "provider_code,service_code,service_name,programme,setting\n\
                 RTG,1,Hips,msk,inpatient\nRTG,2,Knees,msk,inpatient\nRFS,1,Hips,msk,inpatient\n",
            ),
            part(
                "costs",
                "provider_code,service_code,fin_year,fin_month,point_of_delivery,currency_code,\
                 resource_group,cost_behaviour,activity,cost_gbp,cost_basis,data_as_at\n\
                 RTG,1,2024-25,0,EL,HN12,nursing,variable,20,200.00,plics,2025-03-31\n\
                 RTG,1,2024-25,0,EL,HN12,drugs,variable,,50.00,plics,2025-03-31\n\
                 RTG,1,2024-25,0,EL,HN13,nursing,variable,3,30.00,plics,2025-03-31\n\
                 RTG,1,2024-25,0,EL,ZZ,estates,fixed,,9.00,plics,2025-03-31\n\
                 RTG,1,2023-24,0,EL,HN12,nursing,variable,70,7.00,plics,2025-03-31\n\
                 RTG,2,2024-25,0,EL,HN22,nursing,variable,7,70.00,plics,2025-03-31\n\
                 RFS,1,2024-25,0,EL,HN12,nursing,variable,40,400.00,plics,2025-03-31\n",
            ),
        ];
        let catalogue = Catalogue::embedded().expect("reads");
        let table = to_release(&catalogue, &parts, asked).expect("a table");
        let made = table.release(earlier).expect("made");
        let csv = String::from_utf8(made.content).expect("text");
        (csv.lines().map(str::to_owned).collect(), made.cells)
    }

    fn by(by: By) -> AskedRelease {
        AskedRelease { by: vec![by], ..AskedRelease::default() }
    }

    #[test]
    fn counts_are_rounded_and_small_ones_hidden_with_their_cost() {
        let (csv, _) = lines(&by(By::Service), &[]);
        let [header, hips, knees, total] = &csv[..] else { panic!("{csv:#?}") };
        assert_eq!(header, "fin_year,service,service_name,activity,cost_gbp,note");
        assert_eq!(hips, "2024-25,RTG/1,Hips,25,280.00,");
        assert!(
            knees.starts_with("2024-25,RTG/2,Knees,*,*,\"hidden: a count of 1 to 7"),
            "{knees}"
        );
        assert!(total.starts_with("Total,,,*,*,hidden: a row is hidden;"), "{total}");
        assert!(total.contains("indices only") && total.contains("not known"), "{total}");
    }

    #[test]
    fn nothing_is_shown_whose_difference_from_before_is_small() {
        let only = |currency: &str| AskedRelease {
            only: BTreeMap::from([(By::Currency, currency.to_owned())]),
            ..by(By::Service)
        };
        let (alone, _) = lines(&only("HN12"), &[]);
        assert_eq!(alone[1], "2024-25,RTG/1,Hips,HN12,20,250.00,");
        let (first, cells) = lines(&by(By::Service), &[]);
        let (second, _) = lines(&only("HN12"), std::slice::from_ref(&cells));
        assert!(
            second[1].starts_with("2024-25,RTG/1,Hips,HN12,*,*,"),
            "23 less 20 is 3: {second:?}"
        );
        let (again, _) = lines(&by(By::Service), &[cells]);
        assert_eq!(again, first, "what has been shown may be shown again");
    }
}
