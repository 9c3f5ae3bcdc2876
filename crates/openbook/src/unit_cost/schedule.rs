//! A fuller list of national means: the file that the import of the national schedule writes.

use quantities::FinYear;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::{NationalMean, SCHEDULE_FILE, UnitCosts};

/// A row of the file. Whoever writes it is `published::ncc_schedule`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScheduleRow {
    fin_year: FinYear,
    department: String,
    currency_code: String,
    description: String,
    #[serde(rename = "activity")]
    _activity: Option<f64>,
    mean_unit_cost_gbp: Option<f64>,
    #[serde(rename = "cost_gbp")]
    _cost: f64,
}

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    /// It cannot be opened.
    #[error("{path}: {source}; check the path")]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Not a file of that shape.
    #[error(
        "{SCHEDULE_FILE}: {0}; make it again with `valuebook import` from the national schedule"
    )]
    Malformed(#[from] csv::Error),
    /// A mean that cannot be.
    #[error(
        "{SCHEDULE_FILE}, row {row}: the mean unit cost must be above 0; make the file again with \
         `valuebook import` from the national schedule"
    )]
    Mean {
        /// The row, counting from 1 at the header.
        row: u64,
    },
    /// The same work twice.
    #[error(
        "{SCHEDULE_FILE}, row {row}: {currency} stands twice at {point_of_delivery}; keep one row"
    )]
    Twice {
        /// The row, counting from 1 at the header.
        row: u64,
        /// The currency.
        currency: String,
        /// The point of delivery that the department stands for.
        point_of_delivery: String,
    },
    /// Two years in one file.
    #[error("{SCHEDULE_FILE}, row {row}: the file has both {one} and {other}; keep one year")]
    Years {
        /// The row, counting from 1 at the header.
        row: u64,
        /// The year of the rows above.
        one: FinYear,
        /// The year of this row.
        other: FinYear,
    },
    /// No row that can be compared with.
    #[error(
        "{SCHEDULE_FILE} has no mean unit cost of a department that models/value/unit_costs.toml \
         knows; make it again with `valuebook import` from the national schedule"
    )]
    Empty,
}

impl UnitCosts {
    /// These means with those of the national schedule in their place, read from the file that its
    /// import writes. Means that average over several currencies are no rows of the schedule: they
    /// stay, where the schedule is of the same year.
    ///
    /// # Errors
    /// When the file is not of that shape, has two years, the same work twice, or nothing to
    /// compare with.
    pub fn with_schedule(&self, file: impl Read) -> Result<Self, ScheduleError> {
        let mut year: Option<FinYear> = None;
        let mut by_work: BTreeMap<String, BTreeMap<String, NationalMean>> = BTreeMap::new();
        let mut reader = csv::Reader::from_reader(file);
        for (line, row) in reader.deserialize().zip(2_u64..) {
            let line: ScheduleRow = line?;
            let one = *year.get_or_insert(line.fin_year);
            if one != line.fin_year {
                return Err(ScheduleError::Years { row, one, other: line.fin_year });
            }
            let Some(mean_gbp) = line.mean_unit_cost_gbp else { continue };
            if !(mean_gbp.is_finite() && mean_gbp > 0.0) {
                return Err(ScheduleError::Mean { row });
            }
            for point_of_delivery in self.points_of(&line.department, &line.currency_code) {
                let label = line.description.clone();
                let mean = NationalMean { label, mean_gbp, covers: None };
                let of_point = by_work.entry(point_of_delivery.clone()).or_default();
                if of_point.insert(line.currency_code.clone(), mean).is_some() {
                    let point_of_delivery = point_of_delivery.clone();
                    let currency = line.currency_code;
                    return Err(ScheduleError::Twice { row, currency, point_of_delivery });
                }
            }
        }
        let fin_year = year.filter(|_| !by_work.is_empty()).ok_or(ScheduleError::Empty)?;
        for (point_of_delivery, means) in self.by_work.iter().filter(|_| fin_year == self.fin_year)
        {
            let of_point = by_work.entry(point_of_delivery.clone()).or_default();
            for (currency, mean) in means.iter().filter(|(_, mean)| mean.covers.is_some()) {
                of_point.entry(currency.clone()).or_insert_with(|| mean.clone());
            }
        }
        Ok(Self {
            fin_year,
            reference: format!(
                "National Schedule of NHS Costs {fin_year}, NHS England (Open Government Licence \
                 v3.0), read from {SCHEDULE_FILE}"
            ),
            departments: self.departments.clone(),
            by_work,
        })
    }

    /// The means of the schedule that lies in a folder, if one does; otherwise these.
    ///
    /// # Errors
    /// As [`Self::with_schedule`], and when the file is there and cannot be opened.
    pub fn in_folder(&self, folder: &Path) -> Result<Self, ScheduleError> {
        let path = folder.join(SCHEDULE_FILE);
        if !path.is_file() {
            return Ok(self.clone());
        }
        match File::open(&path) {
            Ok(file) => self.with_schedule(io::BufReader::new(file)),
            Err(source) => Err(ScheduleError::Open { path, source }),
        }
    }

    fn points_of(&self, department: &str, currency: &str) -> &[String] {
        let known = self.departments.iter().find(|known| known.name == department);
        known
            .filter(|known| !known.except.iter().any(|code| code == currency))
            .map_or(&[], |known| &known.points_of_delivery)
    }
}
