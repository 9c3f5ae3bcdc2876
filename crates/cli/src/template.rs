//! `valuebook template`.

use std::path::Path;

use crate::args::TemplateArgs;
use crate::inputs;
use crate::stop::{Ended, Exit};

pub fn run(models: Option<&Path>, _args: &TemplateArgs) -> Ended {
    inputs::catalogue(models)?;
    Ok(Exit::Done)
}
