//! Efficiency targets, in words.

use api::result::RunJson;

/// A target a paragraph, with what binds; nothing where the scenario asks for none.
pub fn in_words(result: &RunJson) -> String {
    if result.efficiency.is_empty() {
        return String::new();
    }
    let mut out = "\nEfficiency targets against what the limits allow\n".to_owned();
    for target in &result.efficiency {
        out.push_str(&format!("  {}\n", target.sentence));
        for binding in &target.binds {
            out.push_str(&format!("    {}: {}\n", binding.label, binding.sentence));
        }
    }
    out
}
