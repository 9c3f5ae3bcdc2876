//! The command line.

use clap::builder::PossibleValuesParser;
use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::guard::GuardArgs;

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
    /// Run the upload checks on a book folder, a workbook or one CSV file.
    ///
    /// Reads CSV tables, or an XLSX workbook with a sheet a table; writes every problem with its
    /// row and the mend.
    /// Example: valuebook check my-book --format json
    Check(CheckArgs),
    /// Turn published NHS files into tables of a book, with every total compared.
    ///
    /// Reads CSV as published; writes book tables, lists beside them and SOURCES.csv to a folder.
    /// KIND is ncc-schedule, ncc-provider, trust-cost, proms, talking-therapies, gp-payments,
    /// workforce or weighted-population.
    /// Example: valuebook import proms proms-2018-19.csv --provider RTG --out my-book
    Import(ImportArgs),
    /// Make a book from published files by a recipe.
    ///
    /// Reads a recipe folder and the published files that it names; writes the tables of the book
    /// and SOURCES.csv. The same files give the same bytes.
    /// Example: valuebook rebuild my-book/recipe --data published --out my-book
    Rebuild(RebuildArgs),
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
    /// Find the most health for each of many budgets, every point proven.
    ///
    /// Reads a book folder and a scenario; writes health and the price of money by budget, marks
    /// the budgets at which nothing satisfies every limit, and says where the board stands today.
    /// Example: valuebook frontier my-book --scenario my-book/scenarios/hold-total.toml --from -5%
    Frontier(FrontierArgs),
    /// Write templates of the tables, or the documentation of their formats.
    ///
    /// Reads the definitions; writes CSV, an XLSX workbook with drop-downs and notes, Markdown or
    /// JSON Schema.
    /// Example: valuebook template --for provider --format xlsx --out provider.xlsx
    Template(TemplateArgs),
    /// Verify a result from files alone, with our own arithmetic and no solver.
    ///
    /// Reads a book folder, a scenario and a result; says whether the result holds.
    /// Example: valuebook verify my-book --scenario hold-total.toml result.json
    Verify(VerifyArgs),
    /// Unpack a workbook within bounds; `check` and the service run it on what they are handed.
    #[command(hide = true)]
    UnpackWorkbook(UnpackArgs),
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
    /// A book folder, an XLSX workbook, or one CSV file.
    pub path: PathBuf,
    /// Which table a single file is (otherwise told by its name), or which sheet to check alone.
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

/// Options of `rebuild`.
#[derive(Debug, ClapArgs)]
pub struct RebuildArgs {
    /// The folder of the recipe; it holds recipe.toml.
    pub recipe: PathBuf,
    /// Where the published files are.
    #[arg(long, value_name = "FOLDER")]
    pub data: PathBuf,
    /// The book folder to write; tables in it are replaced, other files stay.
    #[arg(long, value_name = "FOLDER")]
    pub out: PathBuf,
}

/// Options of `template`.
#[derive(Debug, ClapArgs)]
pub struct TemplateArgs {
    /// Only the tables that the provider, or the board, hands in.
    #[arg(long = "for", value_enum, value_name = "WHO")]
    pub whose: Option<Whose>,
    /// Only this table.
    #[arg(long, value_name = "NAME", conflicts_with = "whose")]
    pub table: Option<String>,
    /// What to write.
    #[arg(long, value_enum)]
    pub format: TemplateFormat,
    /// Where to: a file for xlsx and markdown, a folder for csv and json-schema of several tables,
    /// either for those of one.
    #[arg(long, value_name = "FILE_OR_FOLDER")]
    pub out: PathBuf,
}

/// Who hands tables in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Whose {
    /// Each provider.
    Provider,
    /// The Integrated Care Board.
    Icb,
}

/// What `template` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TemplateFormat {
    /// A header a table, and the example row in a file of its own.
    Csv,
    /// A workbook with a sheet a table.
    Xlsx,
    /// What every table and column means.
    Markdown,
    /// A JSON Schema of a row a table.
    JsonSchema,
}

/// Options of `unpack-workbook`.
#[derive(Debug, ClapArgs)]
pub struct UnpackArgs {
    /// A sheet that is a table.
    #[arg(long = "table", value_name = "NAME")]
    pub tables: Vec<String>,
    /// The workbook.
    pub file: PathBuf,
    /// The folder to write the sheets to.
    pub folder: PathBuf,
}

/// Options of `import`.
#[derive(Debug, ClapArgs)]
pub struct ImportArgs {
    /// The kind of published file.
    pub kind: String,
    /// The files, as CSV.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Where to write the tables; what the folder holds already is added to, never overwritten.
    #[arg(long, value_name = "FOLDER")]
    pub out: PathBuf,
    /// Only this provider (may be given several times).
    #[arg(long, value_name = "CODE")]
    pub provider: Vec<String>,
    /// Only this financial year, such as 2024-25; also tells files with equal columns apart.
    #[arg(long, value_name = "YEAR")]
    pub year: Option<String>,
    /// Only this Integrated Care Board, where the file names boards.
    #[arg(long, value_name = "CODE")]
    pub icb: Option<String>,
    /// What the service lines of general practice are.
    #[arg(long, value_enum, default_value_t)]
    pub by: ImportBy,
    /// The board's own providers.csv: names, sectors and places that the file does not give.
    #[arg(long, value_name = "FILE")]
    pub providers: Option<PathBuf>,
    /// practice_code,imd_quintile for weighted populations, whose file has no deprivation.
    #[arg(long, value_name = "FILE")]
    pub deprivation: Option<PathBuf>,
    /// How to say what was done: text or json.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// What the service lines of general practice are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ImportBy {
    /// Primary care networks.
    #[default]
    Pcn,
    /// Practices.
    Practice,
    /// Kinds of payment.
    Stream,
    /// All general practice together.
    Total,
}

/// Options of `value`.
#[derive(Debug, ClapArgs)]
pub struct ValueArgs {
    /// A book folder.
    pub folder: PathBuf,
    /// Dated numbers that overrule those built in.
    #[arg(long, value_name = "FILE")]
    pub params: Option<PathBuf>,
    /// Write what stands behind the table instead: doubt and what to find out next, comparisons,
    /// equity, need and method (all of it as JSON, what to find out next as text or CSV).
    #[arg(long)]
    pub evidence: bool,
    /// The day on which reviews of outliers are judged, such as 2026-11-14 (otherwise today).
    #[arg(long, value_name = "DATE")]
    pub today: Option<String>,
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
    /// Also find, for each service, the least and most spend that keep 99 % of the gain, and up to
    /// three plans within it that differ most.
    #[arg(long)]
    pub ranges: bool,
    /// Also move each assumption alone to a low and a high value, and say what this plan and the best
    /// plan would gain then.
    #[arg(long)]
    pub sensitivity: bool,
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
    /// Also write the model as free-format MPS to this file, for any other solver to read; written
    /// before solving, so that a model without a plan can be looked into.
    #[arg(long, value_name = "FILE")]
    pub mps: Option<PathBuf>,
}

/// Options of `frontier`.
#[derive(Debug, ClapArgs)]
pub struct FrontierArgs {
    /// A book folder.
    pub folder: PathBuf,
    /// The scenario; its own budget is set aside, all else holds.
    #[arg(long, value_name = "FILE")]
    pub scenario: PathBuf,
    /// Dated numbers that overrule those built in.
    #[arg(long, value_name = "FILE")]
    pub params: Option<PathBuf>,
    /// How many budgets, evenly spaced; an odd number puts today's spend in the middle.
    #[arg(long, value_name = "N", default_value_t = 41)]
    pub points: u32,
    /// The least budget, as a change on today's spend.
    #[arg(long, value_name = "PERCENT", default_value = "-10%", allow_hyphen_values = true)]
    pub from: String,
    /// The greatest budget, as a change on today's spend.
    #[arg(long, value_name = "PERCENT", default_value = "+10%", allow_hyphen_values = true)]
    pub to: String,
    /// How to write the points.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
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
    /// Keep it in an empty PostgreSQL database instead of files (the login of its owner).
    #[arg(long, value_name = "URL")]
    pub database_url: Option<String>,
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
    /// Where everything is kept.
    #[command(flatten)]
    pub place: PlaceArgs,
    /// Where to listen [default: 127.0.0.1:8080].
    #[arg(long, env = "VALUEBOOK_LISTEN", value_name = "ADDR")]
    pub listen: Option<SocketAddr>,
    /// The address people use; https:// is required beyond this machine.
    #[arg(long, env = "VALUEBOOK_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// How it is guarded.
    #[command(flatten)]
    pub guard: GuardArgs,
}

/// Where everything is kept. An argument goes before its environment variable, and that before
/// the configuration file.
#[derive(Debug, Clone, ClapArgs)]
pub struct PlaceArgs {
    /// A configuration file in TOML; README lists its keys.
    #[arg(long, global = true, env = "VALUEBOOK_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The folder of uploaded files, and of the databases unless they are on a server
    /// [default: valuebook-data].
    #[arg(long, global = true, env = "VALUEBOOK_DATA_DIR", value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// A PostgreSQL database: postgres://login:password@host/database. With its owner's login it
    /// is set up and brought up to date; without a login it must be already.
    #[arg(
        long,
        global = true,
        env = "VALUEBOOK_DATABASE_URL",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub database_url: Option<String>,
    /// The file of the master key, 64 hexadecimal digits [default: master.key in the data folder,
    /// made where it is missing].
    #[arg(long, global = true, env = "VALUEBOOK_MASTER_KEY_FILE", value_name = "FILE")]
    pub master_key_file: Option<PathBuf>,
}

/// Options of `admin`.
#[derive(Debug, ClapArgs)]
pub struct AdminArgs {
    /// Where everything is kept.
    #[command(flatten)]
    pub place: PlaceArgs,
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
        /// What they are in the board.
        #[arg(long, value_parser = roles())]
        role: String,
        /// The provider's code, for a provider's people.
        #[arg(long)]
        provider: Option<String>,
        /// Read the password from standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Create a person who runs the installation: they add boards and see nothing of what is in
    /// them. The password is read from standard input, or made and printed once.
    CreateOperator {
        /// The address they sign in with.
        #[arg(long)]
        email: String,
        /// Their name.
        #[arg(long)]
        name: String,
        /// Read the password from standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Remove the second factor of a person who lost their phone and their recovery codes.
    RemoveSecondFactor {
        /// The address they sign in with.
        #[arg(long)]
        email: String,
    },
    /// Write everything there is to one new file: Boards, people, files and audit records.
    ///
    /// Reads the databases while the service goes on; writes a ZIP archive that its owner alone
    /// may read. The master key and sessions are not in it.
    /// Example: valuebook admin backup /var/backups/valuebook-2026-11-24.zip
    Backup {
        /// The file, which must not be there yet.
        file: PathBuf,
    },
    /// Make an empty system what a backup says; files or PostgreSQL, whichever it was made from.
    ///
    /// Needs the master key of the installation that was backed up.
    /// Example: valuebook admin restore valuebook-2026-11-24.zip --data-dir new --master-key-file key
    Restore {
        /// The backup.
        file: PathBuf,
    },
    /// Bring every database up to date, or back for an older program.
    ///
    /// Example: valuebook admin migrate
    Migrate {
        /// Undo the migrations of the Boards' databases after this one, such as 0003.
        #[arg(long, value_name = "NUMBER")]
        boards_to: Option<String>,
        /// Undo those of the installation's database after this one.
        #[arg(long, value_name = "NUMBER")]
        control_to: Option<String>,
    },
    /// Check that nobody has tampered with the audit records: of every board and the installation.
    ///
    /// Names the first line that was changed, deleted, inserted, swapped or cut off, and ends with 1.
    /// Example: valuebook admin verify-audit --head qj2-head.json
    VerifyAudit {
        /// One board's record only.
        #[arg(long)]
        tenant: Option<String>,
        /// A head that was kept (by audit-head): whether its board's record still begins with it.
        #[arg(long, value_name = "FILE")]
        head: Option<PathBuf>,
    },
    /// Print how a board's audit record ends, signed: keep it where nobody here can change it.
    ///
    /// Example: valuebook admin audit-head --tenant QJ2 > qj2-head.json
    AuditHead {
        /// The board's code.
        #[arg(long)]
        tenant: String,
    },
}

/// The roles that people are given; guests come by the link of a workshop.
fn roles() -> PossibleValuesParser {
    let given = tenancy::Role::ALL.into_iter().filter(|role| role.is_by_invitation());
    PossibleValuesParser::new(given.map(tenancy::Role::code))
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
    /// The draws of a large book and all that they say, against numpy.
    Value(ValueBenchArgs),
    /// A proven plan against the bare solver, and warm draws and budgets against cold ones.
    Allocate(AllocateArgs),
    /// Our part of `bench value`, in this process.
    #[command(hide = true)]
    ValuePart {
        /// Of which lines.
        file: PathBuf,
    },
    /// One part of it, in this process.
    #[command(hide = true)]
    Part {
        /// Which.
        part: crate::bench::Part,
        /// Of which file.
        file: PathBuf,
    },
}

/// Options of `bench value`.
#[derive(Debug, ClapArgs)]
pub struct ValueBenchArgs {
    /// How many service lines.
    #[arg(long, value_name = "N", default_value_t = 2_000)]
    pub services: u32,
    /// How many draws of each.
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub draws: usize,
    /// The seed they are drawn from.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// How often each is measured; the best counts.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=20))]
    pub repeats: u8,
    /// A Python that has numpy, to compare with.
    #[arg(long, value_name = "FILE", default_value = "python3")]
    pub python: std::ffi::OsString,
    /// How to write what was measured: text or json.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Options of `bench allocate`.
#[derive(Debug, ClapArgs)]
pub struct AllocateArgs {
    /// How many service lines (may be given several times); up to 2,000 are drawn and walked too.
    #[arg(long, value_name = "N", default_values_t = [200, 2_000, 20_000])]
    pub services: Vec<u32>,
    /// How many draws are re-optimised.
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    pub draws: u32,
    /// How many of them are also solved whole, to compare with.
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub sample: u32,
    /// How many budgets.
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub points: u32,
    /// How many lines the plan with prices has.
    #[arg(long, value_name = "N", default_value_t = 1_500)]
    pub lines: u32,
    /// How many years the plan of several years has; 1 leaves it out.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..=5))]
    pub years: u8,
    /// How many lines the plan of several years has.
    #[arg(long, value_name = "N", default_value_t = 2_000)]
    pub lines_over_years: u32,
    /// The seed that all is made from.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// How often each is measured; the best counts.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=20))]
    pub repeats: u8,
    /// A Python that has highspy, to compare with.
    #[arg(long, value_name = "FILE", default_value = "python3")]
    pub python: std::ffi::OsString,
    /// How to write what was measured: text or json.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
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
