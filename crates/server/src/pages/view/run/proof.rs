use api::result::{CertificateJson, RunJson};
use serde::Serialize;

use crate::pages::format::qaly;
use crate::pages::view::service::Fact;

/// How a result is proven, and what it was made from.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Proof {
    /// Whether it is proven.
    pub certified: bool,
    /// The proof as one sentence.
    pub answer: String,
    /// What was measured, and the hashes.
    pub facts: Vec<Fact>,
    /// SHA-256 of each thing the result was made from.
    pub hashes: Vec<Fact>,
}

impl From<&RunJson> for Proof {
    fn from(run: &RunJson) -> Self {
        let source = &run.provenance;
        let mut facts = run.certificate.as_ref().map(measured).unwrap_or_default();
        if let Some(unique) = run.unique {
            facts.push(fact(
                "Other plans as good",
                if unique { "there are none" } else { "there are some" },
            ));
        }
        facts.push(fact("Made by", &format!("{}, {}", source.engine, source.solver)));
        facts.push(fact("Seed of the draws", &source.seed.to_string()));
        facts.push(fact("Value set", &run.scenario.value_set));
        let hashes = [
            ("Book", &source.book_sha256),
            ("Scenario", &source.scenario_sha256),
            ("Parameters", &source.parameters_sha256),
            ("Model", &source.model_sha256),
            ("This result", &source.result_sha256),
        ];
        Self {
            certified: run.certified,
            answer: answer(run),
            facts,
            hashes: hashes.map(|(key, hash)| fact(key, hash)).into(),
        }
    }
}

fn answer(run: &RunJson) -> String {
    match (&run.certificate, run.certified) {
        (Some(proof), true) => format!(
            "Proven: yes (gap {}). Our own arithmetic confirms that the plan keeps every limit and \
             that no plan can bring more.",
            plain(proof.relative_gap, 7)
        ),
        (_, false) if run.status == "infeasible" => {
            "There is no plan to prove. The ways back were found by solving again with every limit \
             made soft, the cheapest first."
                .to_owned()
        }
        (_, true) => "Proven: yes. Our own arithmetic confirms that no plan keeps every limit.".to_owned(),
        (_, false) => "Proven: no. Our own arithmetic does not confirm this result, so no plan is shown as one.".to_owned(),
    }
}

fn measured(proof: &CertificateJson) -> Vec<Fact> {
    vec![
        fact("Largest broken limit, money", &format!("£{}", plain(proof.max_violation_gbp, 4))),
        fact("Largest broken limit, staff", &format!("{} WTE", plain(proof.max_violation_wte, 7))),
        fact(
            "No plan can bring more than",
            &format!(
                "{} {}",
                qaly(proof.dual_bound),
                if proof.unit == "QALY" { "healthy years (QALYs)" } else { proof.unit.as_str() }
            ),
        ),
    ]
}

/// A small figure without an exponent.
fn plain(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let none = text.chars().all(|digit| "0.".contains(digit));
    if none { "0".to_owned() } else { text }
}

fn fact(key: &str, value: &str) -> Fact {
    Fact { key: key.to_owned(), value: value.to_owned(), note: None }
}
