//! A JSON Schema of each table: its rows as objects.

use serde_json::{Map, Value, json};

use super::words;
use crate::definition::{ColumnDefinition, Kind, TableDefinition};

/// The JSON Schema (2020-12) of a table as a list of rows, with the money as text, since no binary
/// number holds pence. `x-key` lists the key columns, `x-equal-keys` says what happens to equal ones.
#[must_use]
pub fn json_schema(table: &TableDefinition) -> Value {
    let properties: Map<String, Value> =
        table.columns.iter().map(|column| (column.name.clone(), property(column))).collect();
    let names = |keep: fn(&ColumnDefinition) -> bool| -> Vec<&str> {
        let kept = table.columns.iter().filter(|column| keep(column));
        kept.map(|column| column.name.as_str()).collect()
    };
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("urn:valuebook:table:{}", table.name),
        "title": table.name,
        "description": table.about,
        "type": "array",
        "minItems": 1,
        "items": {
            "type": "object",
            "additionalProperties": false,
            "required": names(|column| !column.optional && !column.may_be_empty),
            "properties": properties,
        },
        "x-from": words::from(table),
        "x-key": names(|column| column.key),
        "x-equal-keys": words::rows(table),
    })
}

fn property(column: &ColumnDefinition) -> Value {
    let mut map = match column.kind {
        Kind::Code => pattern("^[A-Za-z0-9_.-]{1,40}$"),
        Kind::Text => pattern("^[^=+@\\-]"),
        Kind::Money => pattern("^-?[0-9]+(\\.[0-9]{1,2})?$"),
        Kind::Activity => json!({ "type": "number", "minimum": 0 }),
        Kind::Number => json!({ "type": "number" }),
        Kind::Share => json!({ "type": "number", "minimum": 0, "maximum": 1 }),
        Kind::Year => pattern("^[0-9]{4}-[0-9]{2}$"),
        Kind::Month => json!({ "type": "integer", "minimum": 0, "maximum": 12 }),
        Kind::Date => json!({ "type": "string", "format": "date" }),
        Kind::Choice => json!({ "type": "string", "enum": column.values }),
        Kind::Tags => pattern("^[A-Za-z0-9_.-]{1,40}(;[A-Za-z0-9_.-]{1,40})*$"),
        Kind::Service => pattern("^[A-Za-z0-9_.-]{1,40}/[A-Za-z0-9_.-]{1,40}$"),
        Kind::Flag => json!({ "type": "string", "enum": ["yes", "no"] }),
    };
    if let Value::Object(map) = &mut map {
        let mut say = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                map.insert(key.to_owned(), value);
            }
        };
        say("description", Some(json!(format!("{} {}.", column.about, words::rule(column)))));
        say("minimum", column.min.map(|min| json!(min)));
        say("maximum", column.max.map(|max| json!(max)));
        say("default", column.default.as_ref().map(|default| json!(default)));
        say("examples", column.example.as_ref().map(|example| json!([typed(column, example)])));
        say("x-unit", words::unit(column).map(|unit| json!(unit)));
    }
    map
}

fn pattern(pattern: &str) -> Value {
    json!({ "type": "string", "pattern": pattern })
}

/// An example as the schema has it: a number where it asks for one.
fn typed(column: &ColumnDefinition, example: &str) -> Value {
    let number = matches!(column.kind, Kind::Activity | Kind::Number | Kind::Share | Kind::Month);
    let read = if number { serde_json::from_str(example).ok() } else { None };
    read.unwrap_or_else(|| json!(example))
}
