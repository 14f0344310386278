//! Embeds the map page (`web/dist`, built by `make web`) and the demo's fixtures. Also watches the migrations: cargo
//! does not see that a macro embeds them.

use std::ffi::OsStr;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed=web/dist");
    println!("cargo:rerun-if-changed=fixtures");
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var("OUT_DIR").unwrap_or_default());
    fs::write(out.join("fixtures.rs"), fixtures(&root.join("fixtures"))?)?;
    fs::write(out.join("migrations.rs"), migrations(&root.join("migrations"))?)?;
    let dist = root.join("web/dist");
    let mut list = String::from("&[\n");
    for name in built_files(&dist)? {
        let path = dist.join(&name);
        let packed = dist.join(format!("{name}.gz"));
        let gzip = if packed.exists() { format!("Some(include_bytes!({packed:?}))") } else { "None".into() };
        let _ = writeln!(list, "File {{ name: {name:?}, bytes: include_bytes!({path:?}), gzip: {gzip} }},");
    }
    list.push(']');
    fs::write(out.join("page.rs"), list)
}

/// The data files of each demo locality, by file name.
fn fixtures(folder: &Path) -> io::Result<String> {
    let mut list = String::from("&[\n");
    for locality in sorted(folder)?.into_iter().filter(|path| path.is_dir()) {
        let _ = writeln!(list, "({:?}, &[", locality.file_name().unwrap_or_default());
        for path in sorted(&locality)? {
            if let Some("csv" | "geojson" | "json") = path.extension().and_then(OsStr::to_str) {
                let _ = writeln!(list, "({:?}, include_str!({path:?})),", path.file_name().unwrap_or_default());
            }
        }
        list.push_str("]),\n");
    }
    Ok(list + "]")
}

/// The SQL of each migration, by its name.
fn migrations(folder: &Path) -> io::Result<String> {
    let mut list = String::from("&[\n");
    for migration in sorted(folder)?.into_iter().filter(|path| path.is_dir()) {
        let (name, path) = (migration.file_name().unwrap_or_default(), migration.join("up.sql"));
        let _ = writeln!(list, "({name:?}, include_str!({path:?})),");
    }
    Ok(list + "]")
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// The files that Vite built, without their packed copies. Empty before the first `make web`.
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
