//! Embeds the map page (`web/dist`, made by `make web`), and watches the migrations, which are embedded by a macro that
//! cargo does not see through.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed=web/dist");
    let dist = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("web/dist");
    let mut list = String::from("&[\n");
    for name in built_files(&dist)? {
        let path = dist.join(&name);
        let packed = dist.join(format!("{name}.gz"));
        let gzip = if packed.exists() { format!("Some(include_bytes!({packed:?}))") } else { "None".into() };
        let _ = writeln!(list, "File {{ name: {name:?}, bytes: include_bytes!({path:?}), gzip: {gzip} }},");
    }
    list.push(']');
    fs::write(PathBuf::from(env::var("OUT_DIR").unwrap_or_default()).join("page.rs"), list)
}

/// What Vite built, the packed copies apart; nothing before the first `make web`.
fn built_files(dist: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for folder in ["", "assets/"] {
        let Ok(entries) = fs::read_dir(dist.join(folder)) else { continue };
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.file_type()?.is_file() && !name.starts_with('.') && !name.ends_with(".gz") {
                names.push(format!("{folder}{name}"));
            }
        }
    }
    names.sort();
    Ok(names)
}
