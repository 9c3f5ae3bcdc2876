//! `valuebook demo`: a board made from the example book, valued, solved, printed and served.

mod board;
mod example;

use api::result::RunJson;
use server::{Config, Guard, prepare, serve_state};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use store::Place;

use crate::args::DemoArgs;
use crate::inputs;
use crate::serve::JOB_THREADS;
use crate::stop::{Ended, Exit, Stop};
use crate::{solve, text, value};
use board::{Board, User};

const ILLUSTRATIVE: &str = "Illustrative: public figures of several years plus synthesised parts; \
                            not an assessment of any provider.";

pub fn run(models: Option<&Path>, args: &DemoArgs) -> Ended {
    server::observe_quietly();
    let fresh = match &args.data_dir {
        Some(_) => None,
        None => Some(tempfile::tempdir().map_err(Stop::cannot_run)?),
    };
    let folder = args.data_dir.clone().or_else(|| fresh.as_ref().map(|dir| dir.path().into()));
    let folder: PathBuf = folder.unwrap_or_default();
    let config = Config {
        place: Place { database_url: args.database_url.clone(), ..Place::folder(&folder) },
        listen: args.listen,
        public_url: None,
        job_threads: JOB_THREADS,
        drain: Duration::ZERO,
        catalogue: inputs::catalogue(models)?,
        program: None,
        guard: Guard::default(),
    };
    let state = prepare(&config).map_err(Stop::cannot_run)?;
    let example = example::unpacked()?;
    let first = Board { code: "QJ2", name: "NHS Derby and Derbyshire (demonstration)", mark: "" };
    let mut users = first.create(&state, example.path())?;
    if args.second_tenant {
        let second =
            Board { code: "QZ9", name: "NHS Elsewhere (demonstration)", mark: "elsewhere." };
        users.extend(second.create(&state, example.path())?);
    }
    if let Some(path) = &args.users_file {
        let json = serde_json::to_string_pretty(&users).map_err(Stop::cannot_run)?;
        fs::write(path, json)
            .map_err(|error| Stop::cannot_run(format!("{}: {error}", path.display())))?;
    }
    let (values, result) = first.headline(&state)?;
    headline(&values, &result, &users);
    if args.once {
        return Ok(if result.certified { Exit::Done } else { Exit::NotProven });
    }
    serve_state(&config, state, |address| {
        text::print(&format!("\nServing on http://{address} — stop with Ctrl-C.\n"));
    })
    .map_err(Stop::cannot_run)?;
    Ok(Exit::Done)
}

fn headline(values: &api::value::ValueJson, result: &RunJson, users: &[User]) {
    text::print(&format!("{ILLUSTRATIVE}\n\n"));
    text::print(&value::in_words(values));
    text::print(&format!("\n{}", solve::in_words(result)));
    let mut table =
        text::Table::new(["sign in as", "role", "board", "provider", "password"]).left(5);
    for user in users {
        table.row([
            user.email.clone(),
            user.role.clone(),
            user.tenant.clone(),
            user.provider.clone().unwrap_or_else(|| "–".to_owned()),
            user.password.clone(),
        ]);
    }
    text::print(&format!("\nReady-made people (passwords are shown once)\n{table}"));
}
