#![doc = include_str!("../README.md")]

mod admin;
mod args;
mod audit;
mod bench;
mod check;
mod demo;
mod frontier;
mod guard;
mod import;
mod inputs;
mod progress;
mod recipe;
mod serve;
mod settings;
mod solve;
mod stop;
mod template;
mod text;
mod unpack;
mod upkeep;
mod value;
mod verify;

use clap::Parser;
use std::process::ExitCode;

use args::{Args, Command};
use stop::Stop;

fn main() -> ExitCode {
    let args = Args::parse();
    let models = args.models.as_deref();
    let ended = match &args.command {
        Command::Check(args) => check::run(models, args),
        Command::Import(args) => import::run(models, args),
        Command::Rebuild(args) => recipe::run(models, args),
        Command::Value(args) => value::run(models, args),
        Command::Solve(args) => solve::run(models, args),
        Command::Frontier(args) => frontier::run(models, args),
        Command::Verify(args) => verify::run(models, args),
        Command::Template(args) => template::run(models, args),
        Command::UnpackWorkbook(args) => unpack::run(args),
        Command::Demo(args) => demo::run(models, args),
        Command::Serve(args) => serve::run(models, args),
        Command::Bench(args) => bench::run(models, args),
        Command::Admin(args) => admin::run(args),
    };
    match ended {
        Ok(exit) => exit.into(),
        Err(Stop { exit, message }) => {
            eprintln!("valuebook: {message}");
            exit.into()
        }
    }
}
