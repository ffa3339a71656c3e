//! The app on this machine: web/dist, and what is in .models beside its own `models/`.

use crate::place;
use crate::program::Program;
use crate::server::Server;

/// Where the app is found unless something else is there.
const PORT: u16 = 8080;

/// Serves until it is ended, with a browser if one can be opened.
///
/// # Errors
/// There is nothing to serve, or no port to be had.
pub fn serve(port: Option<u16>, open: bool) -> Result<(), String> {
    let dist = place::web().join("dist");
    if !dist.join("index.html").is_file() {
        return Err(format!("{} has no app; build it with `cargo xtask web`", dist.display()));
    }
    let server = Server::bind(port.unwrap_or(PORT), port.is_none())?;
    let url = format!("http://127.0.0.1:{}/", server.port());
    println!("Reckon is at {url} (end it with Ctrl+C)");
    if open && !open_browser(&url) {
        println!(
            "open that address in a browser with WebGPU: Chrome, Edge, Safari 26 or Firefox 141, or newer"
        );
    }
    server.run(&[("/", dist), ("/models/", place::models())])
}

fn open_browser(url: &str) -> bool {
    if cfg!(target_os = "macos") {
        return Program::new("open").args([url]).works();
    }
    if cfg!(windows) {
        return Program::new("cmd").args(["/C", "start", "", url]).works();
    }
    let has_screen = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    has_screen && Program::new("xdg-open").args([url]).works()
}
