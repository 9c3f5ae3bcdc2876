//! `valuebook verify`.

use api::result::RunJson;
use std::path::Path;

use crate::args::VerifyArgs;
use crate::inputs::{self, RunFiles};
use crate::stop::{Ended, Exit, Stop};
use crate::text;

pub fn run(models: Option<&Path>, args: &VerifyArgs) -> Ended {
    let result = RunJson::read(&inputs::text(&args.result)?).map_err(Stop::refused)?;
    let files = RunFiles {
        folder: &args.folder,
        scenario: &args.scenario,
        params: args.params.as_deref(),
        draws: Some(result.draws()),
        seed: Some(result.provenance.seed),
        time_limit: None,
    };
    let case = inputs::case(models, &files)?;
    result.verify(case).map_err(Stop::refused)?;
    text::print(
        "The result holds: built again from the files, the plan keeps every limit, its prices prove \
         that no plan does better, and every figure follows from it.\n",
    );
    Ok(Exit::Done)
}
