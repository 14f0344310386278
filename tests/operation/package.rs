//! What a package contains besides the program.

use std::fs;
use std::path::Path;

use crate::operation::hatang;

#[test]
fn settings_manual_and_completions_come_from_the_commands() {
    let directory = tempfile::tempdir().unwrap();
    let (status, _, err) = hatang("", &["package", directory.path().to_str().unwrap()], &[("DATABASE_URL", "")]);
    assert_eq!(status, 0, "{err}");
    let read = |name: &str| fs::read_to_string(directory.path().join(name)).unwrap();
    let settings = read("hatang.env");
    let source = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/config.rs")).unwrap();
    let names: Vec<_> = source.split("env = \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(names.len() > 30, "{names:?}");
    for name in names {
        assert!(settings.lines().any(|line| line.trim_start_matches('#').starts_with(&format!("{name}="))), "{name}");
    }
    assert!(read("hatang-serve.1").contains("HATANG_PUBLIC_URL"));
    assert!(read("hatang.bash").contains("--public"));
}
