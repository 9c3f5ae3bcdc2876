//! What knowing more would be worth to a plan, in words.

use api::result::{RunJson, WorthFindingOutJson};
use quantities::words::{money_short, qaly};

/// How many of a list are named.
const NAMED: usize = 5;

/// What is most worth finding out; nothing where no draw was solved again.
pub fn in_words(result: &RunJson) -> String {
    let Some(drawn) = &result.uncertainty else { return String::new() };
    let all = drawn.value_of_perfect_information_qaly;
    let Some((all, money)) = all.zip(drawn.value_of_perfect_information_gbp) else {
        return String::new();
    };
    let over = if result.scenario.years > 1 { "over the plan" } else { "a year" };
    let mut out = "\nWhat is most worth finding out next\n".to_owned();
    if all <= 0.0 {
        out.push_str("  Nothing: in every draw this plan is as good as any.\n");
        return out;
    }
    out.push_str(&format!(
        "  Knowing every figure for certain would be worth at most {} healthy years {over} ({} at the \
         threshold).\n",
        qaly(all),
        money_short(money),
    ));
    let lists = [
        &drawn.worth_finding_out,
        &drawn.worth_finding_out_by_service,
        &drawn.worth_finding_out_by_provider,
    ];
    for list in lists {
        out.push_str(&sentences(list));
    }
    if drawn.worth_finding_out.is_empty() {
        out.push_str(
            "  No single figure, known for certain, would change the plan for the better.\n",
        );
    }
    out
}

fn sentences(list: &[WorthFindingOutJson]) -> String {
    list.iter().take(NAMED).map(|found| format!("  {}\n", found.sentence)).collect()
}
