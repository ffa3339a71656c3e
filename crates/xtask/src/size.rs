//! What a visitor downloads, held to its budgets.

use crate::embedded::Embedded;
use crate::place;
use crate::program::Program;

/// Gzipped bytes of what is fetched before a question can be asked, without the model and the smaller one of the two
/// modules: a browser fetches one.
const APP_BYTES: u64 = 1_510_000;
/// Gzipped bytes of what draws answers, fetched once the page is idle; every font of mathematics in it, of which a
/// browser fetches those it draws.
const PROSE_BYTES: u64 = 480_000;
/// Gzipped bytes of what is fetched where a visitor comes to it: colours for code, the models to choose from, settings.
const LATER_BYTES: u64 = 30_000;
/// Gzipped bytes of what keeps the app on the device and installs it, fetched once the model is there.
const OFFLINE_BYTES: u64 = 36_000;
/// Gzipped bytes of the page that measures, fetched there alone, without what it shares with the app.
const BENCH_BYTES: u64 = 20_000;
/// Gzipped bytes of the page that asks suites of problems: what it fetches alone, what grades answers and the sample in it.
const EVALUATION_BYTES: u64 = 175_000;
/// Of the embedded model, its tokenizer and template inside.
const MODEL_BYTES: u64 = 6_000_000;
/// Of the app in one file, the embedded model inside.
const SINGLE_FILE_BYTES: u64 = 12_000_000;

/// Prints every file's bytes, raw and gzipped, one line a file, and in the end the sums of the first six budgets and the
/// bytes of the one file.
const MEASURE: &str = r"
const fs = require('fs'), path = require('path'), zlib = require('zlib');
const home = process.argv[1], modules = [];
let app = 0, prose = 0, later = 0, offline = 0, bench = 0, evaluation = 0, single = 0;
for (const name of fs.readdirSync(home, { recursive: true })) {
  const file = path.join(home, name);
  if (!fs.statSync(file).isFile() || /^models/.test(name)) continue;
  const bytes = fs.readFileSync(file), gz = zlib.gzipSync(bytes, { level: 9 }).length;
  if (name === 'reckon.html') single = bytes.length;
  else if (/(^|[/\\])bench[.-]/.test(name)) bench += gz;
  else if (/(^|[/\\])(eval|grader|sample)[._-]/.test(name)) evaluation += gz;
  else if (/woff2$|prose-[^/]*js$/.test(name)) prose += gz;
  else if (/(highlight|chooser|settings_panel)-[^/]*js$/.test(name)) later += gz;
  else if (/^service_worker|webmanifest$|png$/.test(name)) offline += gz;
  else app += gz;
  if (/reckon_[^/\\]*wasm$/.test(name)) modules.push(gz);
  console.error(`${String(bytes.length).padStart(10)} raw ${String(gz).padStart(9)} gz  ${name}`);
}
console.log(`${app - (modules.length > 1 ? Math.min(...modules) : 0)} ${prose} ${later} ${offline} ${bench} ${evaluation} ${single}`);
";

/// Measures web/dist, the one file in it and the embedded model.
///
/// # Errors
/// Something is over its budget, or cannot be measured.
pub fn check() -> Result<(), String> {
    let dist = place::web().join("dist").display().to_string();
    let mut sums = String::new();
    let measured =
        Program::new("node").args(["-e", MEASURE, &dist]).heard(&mut |line| line.clone_into(&mut sums))?;
    let parsed = |sum: &str| sum.parse::<u64>().ok().filter(|_| measured);
    let [app, prose, later, offline, bench, evaluation, single] =
        <[&str; 7]>::try_from(sums.split_whitespace().collect::<Vec<_>>())
            .map_err(|_| "the app could not be measured")?;
    let over: Vec<String> = [
        ("the app, gzipped", parsed(app), APP_BYTES),
        ("what draws answers, gzipped", parsed(prose), PROSE_BYTES),
        ("what is fetched where a visitor comes to it, gzipped", parsed(later), LATER_BYTES),
        ("what keeps the app on the device, gzipped", parsed(offline), OFFLINE_BYTES),
        ("the page that measures, gzipped", parsed(bench), BENCH_BYTES),
        ("the page that asks suites, gzipped", parsed(evaluation), EVALUATION_BYTES),
        ("the app in one file", parsed(single), SINGLE_FILE_BYTES),
        ("the embedded model", Some(Embedded::find()?.size_bytes), MODEL_BYTES),
    ]
    .into_iter()
    .filter_map(|(what, bytes, budget)| {
        println!("{what}: {} bytes, {budget} is the budget", bytes.unwrap_or_default());
        bytes.is_none_or(|bytes| bytes > budget).then(|| format!("over its budget: {what}"))
    })
    .collect();
    if over.is_empty() { Ok(()) } else { Err(over.join("\n")) }
}
