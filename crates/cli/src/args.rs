//! The command line.

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Open books, one common measure of value, and a proven plan for an Integrated Care Board.
#[derive(Debug, Parser)]
#[command(name = "valuebook", version, propagate_version = true)]
pub struct Args {
    /// Definitions to use instead of those built in (a folder laid out like models/).
    #[arg(long, global = true, value_name = "DIR")]
    pub models: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Create a demonstration board from the example book, print its tables and serve it.
    ///
    /// Example: valuebook demo --once
    Demo(DemoArgs),
    /// Run the service.
    ///
    /// Example: valuebook serve --data-dir /var/lib/valuebook
    Serve(ServeArgs),
    /// Set the service up.
    ///
    /// Example: valuebook admin create-tenant QJ2 "NHS Derby and Derbyshire"
    Admin(AdminArgs),
    /// Run the upload checks on a book folder or one file.
    ///
    /// Reads CSV tables; writes every problem with its row and the mend.
    /// Example: valuebook check my-book --format json
    Check(CheckArgs),
    /// Value every service line of a book folder.
    ///
    /// Reads a book folder; writes health, average and marginal cost per QALY.
    /// Example: valuebook value models/examples/derby-and-derbyshire
    Value(ValueArgs),
    /// Find the plan of a scenario, with its proof.
    ///
    /// Reads a book folder and a scenario; writes the result.
    /// Example: valuebook solve my-book --scenario my-book/scenarios/hold-total.toml
    Solve(SolveArgs),
    /// Verify a result from files alone, with our own arithmetic and no solver.
    ///
    /// Reads a book folder, a scenario and a result; says whether the result holds.
    /// Example: valuebook verify my-book --scenario hold-total.toml result.json
    Verify(VerifyArgs),
    /// Measure what is promised, and print it beside the promise.
    ///
    /// Makes its own files in a temporary folder.
    /// Example: valuebook bench upload
    Bench(BenchArgs),
}

/// How output is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Tables to read.
    #[default]
    Text,
    /// JSON of the contract.
    Json,
    /// The main table as CSV.
    Csv,
}

/// Options of `check`.
#[derive(Debug, ClapArgs)]
pub struct CheckArgs {
    /// A book folder, or one CSV file.
    pub path: PathBuf,
    /// Which table a single file is (otherwise told by its name).
    #[arg(long)]
    pub table: Option<String>,
    /// The day on which freshness is judged, such as 2025-04-30.
    #[arg(long, value_name = "DATE")]
    pub today: Option<String>,
    /// Write the rows of one file that must be mended, with what to do, to this CSV file.
    #[arg(long, value_name = "FILE")]
    pub bad_rows: Option<PathBuf>,
    /// How to write what is found: text or json.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Options of `value`.
#[derive(Debug, ClapArgs)]
pub struct ValueArgs {
    /// A book folder.
    pub folder: PathBuf,
    /// Dated numbers that overrule those built in.
    #[arg(long, value_name = "FILE")]
    pub params: Option<PathBuf>,
    /// How to write the table.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Options of `solve`.
#[derive(Debug, ClapArgs)]
pub struct SolveArgs {
    /// A book folder.
    pub folder: PathBuf,
    /// The scenario.
    #[arg(long, value_name = "FILE")]
    pub scenario: PathBuf,
    /// Dated numbers that overrule those built in.
    #[arg(long, value_name = "FILE")]
    pub params: Option<PathBuf>,
    /// How many draws (otherwise the scenario's).
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=100_000))]
    pub draws: Option<u32>,
    /// Their seed (otherwise the scenario's).
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// How many threads share the draws (otherwise the scenario's); the result is the same.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=64))]
    pub threads: Option<u8>,
    /// Stop after this many seconds (otherwise the scenario's).
    #[arg(long, value_name = "SECONDS")]
    pub time_limit: Option<f64>,
    /// How to write the result.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Also write the result as JSON to this file.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Options of `verify`.
#[derive(Debug, ClapArgs)]
pub struct VerifyArgs {
    /// The book folder the result was made from.
    pub folder: PathBuf,
    /// The scenario it was made from.
    #[arg(long, value_name = "FILE")]
    pub scenario: PathBuf,
    /// Dated numbers that overruled those built in.
    #[arg(long, value_name = "FILE")]
    pub params: Option<PathBuf>,
    /// The result, as JSON.
    pub result: PathBuf,
}

/// Options of `demo`.
#[derive(Debug, ClapArgs)]
pub struct DemoArgs {
    /// Where to keep the demonstration (otherwise a fresh temporary folder).
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Where to listen.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Stop after printing.
    #[arg(long)]
    pub once: bool,
    /// Write the ready-made users and their passwords to this file, as JSON.
    #[arg(long, value_name = "FILE")]
    pub users_file: Option<PathBuf>,
    /// Add a second board with users of its own.
    #[arg(long)]
    pub second_tenant: bool,
}

/// Options of `serve`.
#[derive(Debug, ClapArgs)]
pub struct ServeArgs {
    /// Where the databases are.
    #[arg(long, value_name = "DIR", default_value = "valuebook-data")]
    pub data_dir: PathBuf,
    /// Where to listen.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// The address people use; https:// is required beyond this machine.
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,
}

/// Options of `admin`.
#[derive(Debug, ClapArgs)]
pub struct AdminArgs {
    /// Where the databases are.
    #[arg(long, global = true, value_name = "DIR", default_value = "valuebook-data")]
    pub data_dir: PathBuf,
    /// What to do.
    #[command(subcommand)]
    pub command: AdminCommand,
}

/// What to set up.
#[derive(Debug, Subcommand)]
pub enum AdminCommand {
    /// Create an Integrated Care Board.
    CreateTenant {
        /// Its code, such as QJ2.
        code: String,
        /// Its name.
        name: String,
    },
    /// Create a person; the password is read from standard input, or made and printed once.
    CreateUser {
        /// The board's code.
        #[arg(long)]
        tenant: String,
        /// The address they sign in with.
        #[arg(long)]
        email: String,
        /// Their name.
        #[arg(long)]
        name: String,
        /// icb_administrator, icb_finance, provider_director or clinical_lead.
        #[arg(long)]
        role: String,
        /// The provider's code, for a provider's people.
        #[arg(long)]
        provider: Option<String>,
        /// Read the password from standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Check that nobody has changed the audit log of a board.
    VerifyAudit {
        /// The board's code.
        #[arg(long)]
        tenant: String,
    },
}

/// Options of `bench`.
#[derive(Debug, ClapArgs)]
pub struct BenchArgs {
    /// What to measure.
    #[command(subcommand)]
    pub command: BenchCommand,
}

/// What to measure.
#[derive(Debug, Subcommand)]
pub enum BenchCommand {
    /// The check of a large table of costs, against the csv reader alone and against DuckDB.
    Upload(UploadArgs),
    /// One part of it, in this process.
    #[command(hide = true)]
    Part {
        /// Which.
        part: crate::bench::Part,
        /// Of which file.
        file: PathBuf,
    },
}

/// Options of `bench upload`.
#[derive(Debug, ClapArgs)]
pub struct UploadArgs {
    /// How many rows.
    #[arg(long, value_name = "N", default_value_t = 5_000_000)]
    pub rows: u64,
    /// The seed they are drawn from.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// How often each is measured; the best counts.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=20))]
    pub repeats: u8,
    /// A Python that has DuckDB, to compare with.
    #[arg(long, value_name = "FILE", default_value = "python3")]
    pub python: std::ffi::OsString,
    /// How to write what was measured: text or json.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}
