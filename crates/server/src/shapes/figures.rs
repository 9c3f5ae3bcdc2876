//! Figures that matter, as JSON.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use value::sensitivity::Driver;

use crate::engine::Matter;

/// The figures that a result hangs on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FiguresJson {
    /// The most telling first.
    pub figures: Vec<FigureJson>,
    /// The threshold that the last pounds are held against, in pounds per QALY.
    pub threshold_gbp_per_qaly: f64,
    /// Lines that can be valued.
    pub assessable: usize,
    /// Lines that cannot be valued yet: no figure of theirs is among these.
    pub not_assessable: usize,
}

/// What one figure of one service line does to its result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FigureJson {
    /// `provider/service`.
    pub service: String,
    /// The line's name.
    pub name: String,
    /// The figure in words.
    pub figure: String,
    /// The table in which it stands.
    pub table: String,
    /// The column in which it stands.
    pub column: String,
    /// Whether the provider measures it; otherwise it proposes, and the Board's reviewer judges.
    pub measured: bool,
    /// What it is now, in the unit of the column; absent where the line's cohorts differ in it.
    pub value: Option<f64>,
    /// Change of the line's net health benefit when the figure is a tenth worse, QALY a year.
    pub tenth_worse_qaly: f64,
    /// Cost per QALY of the line's last pound as it is.
    pub marginal_gbp_per_qaly: f64,
    /// What the figure is to be multiplied by for the last pound to cost just the threshold;
    /// absent where a fifth to five times of it does not do.
    pub flips_at: Option<f64>,
    /// What the figure would then be.
    pub flip_value: Option<f64>,
}

/// How many figures are wanted.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FiguresQuery {
    /// Five unless told, 100 at most.
    pub size: Option<usize>,
}

impl FiguresJson {
    pub(crate) fn of(matter: Matter, size: Option<usize>) -> Self {
        let size = size.unwrap_or(5).min(100);
        Self {
            figures: matter.drivers.iter().take(size).map(FigureJson::from).collect(),
            threshold_gbp_per_qaly: matter.threshold.get(),
            assessable: matter.assessable,
            not_assessable: matter.not_assessable,
        }
    }
}

impl From<&Driver> for FigureJson {
    fn from(driver: &Driver) -> Self {
        let (table, column) = driver.figure.place();
        Self {
            service: driver.service.to_string(),
            name: driver.name.clone(),
            figure: driver.figure.label().to_owned(),
            table: table.to_owned(),
            column: column.to_owned(),
            measured: driver.figure.is_measured(),
            value: driver.value,
            tenth_worse_qaly: driver.tenth_worse.get(),
            marginal_gbp_per_qaly: driver.marginal.get(),
            flips_at: driver.flips_at,
            flip_value: driver.flip_value(),
        }
    }
}
