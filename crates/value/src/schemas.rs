//! JSON Schemas of the files in `models/` that an analyst writes by hand.

use openbook::unit_cost::UnitCostsDefinition;
use schemars::{Schema, schema_for};

use crate::instruments::{MappingsFile, MeasuresFile, ValueSetsFile};
use crate::method::MethodDefinition;
use crate::parameters::FileDefinition;

/// The schema of each file, by its path in `models/`.
#[must_use]
pub fn schemas() -> [(&'static str, Schema); 6] {
    [
        ("parameters/national.toml", schema_for!(FileDefinition)),
        ("value/value_sets.toml", schema_for!(ValueSetsFile)),
        ("value/mappings.toml", schema_for!(MappingsFile)),
        ("value/measures.toml", schema_for!(MeasuresFile)),
        ("method.toml", schema_for!(MethodDefinition)),
        ("value/unit_costs.toml", schema_for!(UnitCostsDefinition)),
    ]
}
