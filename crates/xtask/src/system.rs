//! What the machine must have; installed where that is possible, named where it is not.

use std::path::{Path, PathBuf};

use crate::program::Program;

/// The mdBook that is installed where there is none.
const MDBOOK: &str = "0.5.4";

/// Adds the wasm target to the toolchain where it is missing.
///
/// # Errors
/// There is no rustup, or it fails.
pub fn wasm_target() -> Result<(), String> {
    let sysroot = Program::new("rustc").args(["--print", "sysroot"]).output()?;
    let libraries = Path::new(sysroot.trim()).join("lib/rustlib/wasm32-unknown-unknown/lib");
    if libraries.is_dir() {
        return Ok(());
    }
    Program::new("rustup").args(["target", "add", "wasm32-unknown-unknown"]).run().map_err(|message| {
        format!(
            "the Rust target wasm32-unknown-unknown is missing: {message}\ninstall it with your toolchain"
        )
    })
}

/// Installs the page's packages where they are missing or older than their lock.
///
/// # Errors
/// There is no npm, or it fails.
pub fn node_packages() -> Result<(), String> {
    node_packages_of(crate::place::web())
}

/// Installs the packages of a folder where they are missing or older than their lock.
///
/// # Errors
/// There is no npm, or it fails.
pub fn node_packages_of(folder: PathBuf) -> Result<(), String> {
    let modified = |path: PathBuf| path.metadata().and_then(|metadata| metadata.modified()).ok();
    let installed = modified(folder.join("node_modules/.package-lock.json"));
    if installed.is_some() && installed >= modified(folder.join("package-lock.json")) {
        return Ok(());
    }
    println!("xtask: npm ci");
    // What packages would run as they are installed is not needed.
    let quiet = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    Program::npm().args(quiet).within(folder).run().map_err(|message| {
        format!("{message}\nthe page is built with Node.js 20 or newer and its npm (https://nodejs.org)")
    })
}

/// Python 3.9 or newer, by whichever name it goes.
pub fn python() -> Option<&'static str> {
    ["python3", "python"].into_iter().find(|name| {
        let is_new = "import sys; sys.exit(sys.version_info < (3, 9))";
        Program::new(name).args(["-c", is_new]).works()
    })
}

/// The browser of the tests: `RECKON_CHROMIUM`, or a Chromium or Chrome that is installed.
pub fn chromium() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("RECKON_CHROMIUM") {
        return Some(path.into());
    }
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&folders).flat_map(|folder| names.map(|name| folder.join(name)));
    let elsewhere = [
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "C:/Program Files/Google/Chrome/Application/chrome.exe",
    ];
    on_path.chain(elsewhere.map(PathBuf::from)).find(|path| path.is_file())
}

/// mdBook, which builds one of the examples: `RECKON_MDBOOK`, the one on the path, or the one that cargo brings.
pub fn mdbook() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("RECKON_MDBOOK") {
        return Some(path.into());
    }
    if Program::new("mdbook").args(["--version"]).works() {
        return Some("mdbook".into());
    }
    let root = crate::place::target().join("mdbook");
    let program = root.join("bin").join(format!("mdbook{}", std::env::consts::EXE_SUFFIX));
    if !program.is_file() {
        println!("xtask: cargo install mdbook@{MDBOOK}");
        let install = ["install", "--quiet", "--locked", "--debug", "--no-default-features", "--root"];
        let package = format!("mdbook@{MDBOOK}");
        // In a folder of its own: this repository's settings for cargo are not mdBook's. Without it a test says NOT RUN.
        let installed =
            Program::cargo().args(install).args([&root]).args([package]).within(std::env::temp_dir()).run();
        installed.unwrap_or_else(|message| println!("xtask: mdBook could not be installed: {message}"));
    }
    program.is_file().then_some(program)
}

/// Brings a browser, a Vulkan driver and what shuts code in where Debian's packages can be installed; says what is still missing.
pub fn test_machine() {
    let mut packages = Vec::new();
    if chromium().is_none() {
        packages.push("chromium");
    }
    if cfg!(target_os = "linux") && !has_vulkan_driver() {
        packages.push("mesa-vulkan-drivers");
    }
    if cfg!(target_os = "linux") && !Program::new("bwrap").args(["--version"]).works() {
        packages.push("bubblewrap");
    }
    if packages.is_empty() {
        return;
    }
    if let Err(message) = install(&packages) {
        println!(
            "xtask: not installed: {} ({message}); tests that need them will not run",
            packages.join(", ")
        );
    }
}

fn has_vulkan_driver() -> bool {
    if std::env::var_os("VK_ICD_FILENAMES").or_else(|| std::env::var_os("VK_DRIVER_FILES")).is_some() {
        return true;
    }
    ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d", "/usr/local/share/vulkan/icd.d"]
        .iter()
        .filter_map(|folder| std::fs::read_dir(folder).ok())
        .any(|mut entries| entries.next().is_some())
}

fn install(packages: &[&str]) -> Result<(), String> {
    let is_root = Program::new("id").args(["-u"]).output().is_ok_and(|id| id.trim() == "0");
    if !is_root || !Program::new("apt-get").args(["--version"]).works() {
        return Err("installing needs Debian's apt-get and root; install them yourself".to_owned());
    }
    println!("xtask: apt-get install {}", packages.join(" "));
    let apt = || Program::new("apt-get").env("DEBIAN_FRONTEND", "noninteractive");
    apt().args(["update", "-qq"]).run()?;
    apt().args(["install", "-y", "-qq", "--no-install-recommends"]).args(packages).run()
}
