//! JSON Schemas of the files in `models/` that an analyst writes by hand.

use openbook::unit_cost::UnitCosts;
use schemars::{Schema, schema_for};

use crate::instruments::{MappingsFile, MeasuresFile, ValueSetsFile};
use crate::parameters::FileDefinition;

/// The schema of each file, by its path in `models/`.
#[must_use]
pub fn schemas() -> [(&'static str, Schema); 5] {
    [
        ("parameters/national.toml", schema_for!(FileDefinition)),
        ("value/value_sets.toml", schema_for!(ValueSetsFile)),
        ("value/mappings.toml", schema_for!(MappingsFile)),
        ("value/measures.toml", schema_for!(MeasuresFile)),
        ("value/unit_costs.toml", schema_for!(UnitCosts)),
    ]
}
