//! The program: each command is in `cli`.

fn main() -> anyhow::Result<()> {
    hatang::cli::main()
}
