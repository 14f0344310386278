//! The program: one verb a subcommand.

fn main() -> anyhow::Result<()> {
    hatang::cli::main()
}
