//! Which modules of `src/` may use which. The plan has no cycles.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Each module with the modules that it may use. A module comes after all that it uses, which prevents cycles.
const ROOMS: &[(&str, &[&str])] = &[
    ("time", &[]),
    ("texts", &[]),
    ("config", &[]),
    ("cluster", &[]),
    ("layers", &["time", "texts"]),
    ("error", &["texts", "layers"]),
    ("input", &["time", "texts", "layers", "error"]),
    ("conditions", &["time", "texts", "layers", "error", "input"]),
    ("access", &["texts", "layers", "error", "conditions"]),
    ("postgres", &["time", "layers", "error", "conditions", "access"]),
    ("files", &["time", "texts", "layers", "error", "input", "postgres"]),
    ("accounts", &["time", "texts", "config", "layers", "error", "input", "conditions", "access", "postgres"]),
    ("units", &["time", "texts", "layers", "error", "conditions", "access", "postgres", "files"]),
    (
        "register",
        &["time", "texts", "layers", "error", "input", "conditions", "access", "postgres", "accounts", "units"],
    ),
    (
        "figures",
        &["time", "texts", "layers", "error", "input", "conditions", "access", "postgres", "units", "register"],
    ),
    (
        "imports",
        &[
            "time",
            "texts",
            "layers",
            "error",
            "input",
            "conditions",
            "access",
            "postgres",
            "files",
            "accounts",
            "units",
            "register",
        ],
    ),
    (
        "statements",
        &[
            "time",
            "texts",
            "layers",
            "error",
            "input",
            "conditions",
            "access",
            "postgres",
            "files",
            "accounts",
            "units",
            "figures",
            "imports",
        ],
    ),
    ("live", &["layers", "error", "conditions", "access", "postgres", "files", "register"]),
    (
        "http",
        &[
            "time",
            "texts",
            "config",
            "layers",
            "error",
            "input",
            "conditions",
            "access",
            "postgres",
            "files",
            "accounts",
            "units",
            "register",
            "figures",
            "imports",
            "statements",
            "live",
        ],
    ),
    (
        "cli",
        &[
            "time",
            "texts",
            "config",
            "cluster",
            "layers",
            "error",
            "input",
            "conditions",
            "access",
            "postgres",
            "files",
            "accounts",
            "units",
            "register",
            "figures",
            "imports",
            "statements",
            "live",
            "http",
        ],
    ),
];

#[test]
fn plan_has_no_circle() {
    let mut known = BTreeSet::new();
    for (room, uses) in ROOMS {
        for used in *uses {
            assert!(known.contains(used), "{room} may use {used}, which stands above it");
        }
        known.insert(*room);
    }
}

#[test]
fn rooms_use_what_the_plan_allows() {
    let plan: BTreeMap<&str, &[&str]> = ROOMS.iter().copied().collect();
    let mut wrong = Vec::new();
    for file in sources() {
        let room = room_of(&file);
        if ["lib", "main"].contains(&room.as_str()) {
            continue;
        }
        let allowed = plan.get(room.as_str()).unwrap_or_else(|| panic!("the plan lacks the room {room}"));
        for used in used_rooms(&std::fs::read_to_string(&file).unwrap()) {
            if used != room && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{}: {room} may not use {used}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn paths_are_read_however_they_are_written() {
    let source = "use crate::{access::View, layers::{self, Layer}, time};\n// crate::comment::is_none\nuse crate::register::items;\nlet x = crate::units::of();";
    let expected = ["access", "layers", "register", "time", "units"].map(str::to_owned);
    assert_eq!(used_rooms(source), BTreeSet::from(expected));
}

/// So every change of a record passes the checks of the write engine.
#[test]
fn only_the_write_engine_writes_layers() {
    let engine = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/register/writing/statements.rs");
    let mut wrong = Vec::new();
    for file in sources().into_iter().chain(files("sql")).filter(|file| *file != engine) {
        let text = std::fs::read_to_string(&file).unwrap();
        for verb in ["insert into ", "update ", "delete from ", "copy "] {
            // Either a statement whose table is inserted as an identifier, or one that names the table of a layer.
            // The kept sums of a layer are no records.
            let composed = text
                .split(&format!("{verb}\")"))
                .skip(1)
                .any(|table| !table.lines().take(2).any(|line| line.contains("kept")));
            let words = text.split(verb).skip(1).filter_map(first_word);
            let named: Vec<_> =
                words.filter(|word| hatang::layers::ALL.iter().any(|layer| layer.table() == word)).collect();
            if composed || !named.is_empty() {
                wrong.push(format!("{}: {verb}{}", file.display(), named.join(", ")));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(engine.exists(), "the engine is elsewhere");
}

/// A request around midnight has one today: `http::clock` asks for the time, and the others are handed it. An import is
/// planned and committed by itself, the command line serves no request.
#[test]
fn a_request_asks_once_for_the_time() {
    let mut asking = Vec::new();
    for file in
        sources().into_iter().filter(|file| !["cli", "imports", "accounts", "time"].contains(&room_of(file).as_str()))
    {
        let text = std::fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        let mut lines = code.lines();
        let asks =
            |line: &str| line.starts_with("use crate::time") && line.contains("today") || line.contains("time::today(");
        if lines.any(asks) || room_of(&file) == "http" && code.contains("Utc::now") {
            asking.push(file.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap().display().to_string());
        }
    }
    asking.sort();
    assert_eq!(asking, ["src/http/clock.rs"]);
}

pub fn sources() -> Vec<PathBuf> {
    files("rs")
}

fn files(kind: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.extension() {
                _ if path.is_dir() => folders.push(path),
                Some(extension) if extension == kind => found.push(path),
                _ => {}
            }
        }
    }
    assert!(found.len() > 10, "src/ was not read");
    found
}

/// The folder or file directly below `src/`.
fn room_of(file: &Path) -> String {
    let below = file.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    let first = below.components().next().unwrap().as_os_str().to_str().unwrap();
    first.strip_suffix(".rs").unwrap_or(first).to_owned()
}

/// The modules in the paths of a source that begin with `crate::`. Comments are left out.
fn used_rooms(source: &str) -> BTreeSet<String> {
    let code: Vec<_> = source.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
    let code = code.join("\n");
    let mut rooms = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            Some(group) => rooms.extend(members(group)),
            None => rooms.extend(first_word(rest)),
        }
    }
    rooms
}

/// The first words of the members of `{a::b, c::{d, e}}`, given without the opening brace.
fn members(group: &str) -> Vec<String> {
    let mut depth = 0;
    let mut found = Vec::from_iter(first_word(group.trim_start()));
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => found.extend(first_word(group[at + 1..].trim_start())),
            _ => {}
        }
    }
    found
}

fn first_word(text: &str) -> Option<String> {
    let word: String = text.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
    // A type or macro at the root of the crate is not a module.
    (!word.is_empty() && word.starts_with(char::is_lowercase)).then_some(word)
}
