//! The file of settings of an installed package. What it says holds for the service and for every other command, unless
//! the environment or the command line says otherwise.

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;

use clap::{Arg, Command};

const FILE: &str = "/etc/hatang/hatang.env";

/// The command with the settings of the file as its defaults.
pub fn with_file(command: Command) -> Command {
    let path = std::env::var("HATANG_CONFIG").unwrap_or_else(|_| FILE.to_owned());
    match std::fs::read_to_string(&path) {
        Ok(text) => with_defaults(command, &settings(&text)),
        Err(error) => {
            if error.kind() != ErrorKind::NotFound {
                eprintln!("hatang: {path} is not used: {error}");
            }
            command
        }
    }
}

/// Gives every option whose variable the file names that value as its default, in subcommands, too.
fn with_defaults(command: Command, settings: &BTreeMap<String, String>) -> Command {
    let command = command.mut_args(|option| {
        let named = option.get_env().and_then(|name| settings.get(name.to_str()?));
        match named {
            Some(value) => option.default_value(value.clone()),
            None => option,
        }
    });
    command.mut_subcommands(|command| with_defaults(command, settings))
}

/// `NAME=value`, a line each; quotes around the value are left out, and lines that begin with `#`.
fn settings(text: &str) -> BTreeMap<String, String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    let pair = |line: &str| {
        let (name, value) = line.split_once('=')?;
        let value = value.trim();
        let bare = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        Some((name.trim().to_owned(), bare.unwrap_or(value).to_owned()))
    };
    lines.filter_map(pair).collect()
}

/// The file with every setting, explained and commented out.
pub fn example(command: &Command) -> String {
    let mut text = String::from(
        "# Settings of Hatang. Take away the # before a line to change a setting, then: systemctl restart hatang\n\
         # What stands here also holds for commands such as “hatang user list”. See hatang(1), “hatang check”.\n\n\
         # Which messages are logged: error, warn, info, debug.\n#RUST_LOG=info\n",
    );
    let mut known = BTreeSet::new();
    for option in options(command) {
        let Some(name) = option.get_env().and_then(|name| name.to_str()) else { continue };
        if !known.insert(name) {
            continue;
        }
        let help = option.get_long_help().or(option.get_help()).map(ToString::to_string).unwrap_or_default();
        let (mark, value) = match (name, option.get_default_values().first()) {
            ("HATANG_DATA_DIR", _) => ("", "/var/lib/hatang".to_owned()),
            // Others reach a new installation only when its administrator says so.
            ("HATANG_BIND", _) => ("", "127.0.0.1".to_owned()),
            (_, value) => ("#", value.map(|value| value.to_string_lossy().into_owned()).unwrap_or_default()),
        };
        let help: String = help.lines().map(|line| format!("# {line}\n")).collect();
        text += &format!("\n{help}{mark}{name}={value}\n");
    }
    text
}

/// The options of a command and of its subcommands.
fn options(command: &Command) -> Vec<&Arg> {
    command.get_arguments().chain(command.get_subcommands().flat_map(options)).collect()
}

#[cfg(test)]
mod tests {
    use clap::ArgAction;

    use super::*;

    fn command() -> Command {
        let port = Arg::new("port").long("port").env("HATANG_TEST_PORT").default_value("8080").help("The port.");
        let proxy = Arg::new("proxy").long("proxy").env("HATANG_TEST_PROXY").action(ArgAction::SetTrue);
        Command::new("hatang").subcommand(Command::new("serve").arg(port).arg(proxy))
    }

    #[test]
    fn file_gives_defaults_that_the_command_line_overrides() {
        let read =
            settings("# a comment\nHATANG_TEST_PORT = \"9000\"\n#HATANG_TEST_PROXY=true\nHATANG_TEST_PROXY=true\n");
        let matches = |arguments: &[&str]| {
            let parsed = with_defaults(command(), &read).get_matches_from(arguments);
            let serve = parsed.subcommand().unwrap().1.clone();
            (serve.get_one::<String>("port").unwrap().clone(), serve.get_flag("proxy"))
        };
        assert_eq!(matches(&["hatang", "serve"]), ("9000".to_owned(), true));
        assert_eq!(matches(&["hatang", "serve", "--port", "1"]), ("1".to_owned(), true));
    }

    #[test]
    fn example_explains_every_setting() {
        let text = example(&command());
        assert!(text.contains("\n# The port.\n#HATANG_TEST_PORT=8080\n"), "{text}");
        assert_eq!(settings(&text), BTreeMap::new());
    }
}
