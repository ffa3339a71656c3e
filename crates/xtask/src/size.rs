//! What a visitor downloads before a model, held to its budget.

use crate::place;
use crate::program::Program;

/// Gzipped bytes of everything in web/dist, the smaller one of the two modules left out: a browser fetches one.
const BUDGET_BYTES: u64 = 1_420_000;

/// Prints every file's bytes, raw and gzipped, and their sum; one line a file.
const MEASURE: &str = r"
const fs = require('fs'), path = require('path'), zlib = require('zlib');
const files = fs.readdirSync(process.argv[1], { recursive: true }).map((name) => path.join(process.argv[1], name));
let sum = 0;
const modules = [];
for (const file of files.filter((file) => fs.statSync(file).isFile())) {
  const bytes = fs.readFileSync(file), gz = zlib.gzipSync(bytes, { level: 9 }).length;
  const br = zlib.brotliCompressSync(bytes).length;
  sum += gz;
  if (file.endsWith('.wasm')) modules.push(gz);
  console.error(`${String(bytes.length).padStart(10)} raw ${String(gz).padStart(9)} gz ${String(br).padStart(9)} br  ${path.relative(process.argv[1], file)}`);
}
console.log(sum - Math.min(...modules));
";

/// Measures web/dist.
///
/// # Errors
/// It is over its budget, or cannot be measured.
pub fn check() -> Result<(), String> {
    let dist = place::web().join("dist").display().to_string();
    let mut sum = String::new();
    let measured =
        Program::new("node").args(["-e", MEASURE, &dist]).heard(&mut |line| line.clone_into(&mut sum))?;
    let bytes: u64 = sum.trim().parse().ok().filter(|_| measured).ok_or("the app could not be measured")?;
    println!("{bytes} bytes gzipped for a visitor, {BUDGET_BYTES} is the budget");
    if bytes <= BUDGET_BYTES {
        Ok(())
    } else {
        Err(format!("the app is {} bytes over", bytes - BUDGET_BYTES))
    }
}
