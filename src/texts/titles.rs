//! The titles of failed requests.

use crate::texts::{Label, SENTENCES, label};

/// The title for the problem code that all problems share, if there is one with a title. Otherwise the title for the
/// code of the situation.
pub fn title<'a>(situation: &str, problems: impl IntoIterator<Item = &'a str>) -> Label {
    let of = |code: &str| SENTENCES.get(format!("title/{code}").as_str()).copied();
    let mut codes = problems.into_iter();
    let shared = codes.next().filter(|first| codes.all(|code| code == *first));
    shared.and_then(of).or_else(|| of(situation)).unwrap_or(label("", ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conflicts_differ_by_their_problem() {
        let english = |codes: &[&'static str]| title("conflict", codes.iter().copied()).en;
        assert_eq!(english(&["dup.code"]), "The code is taken");
        assert_eq!(english(&["import.stale", "import.stale"]), "The plan is out of date");
        assert_eq!(english(&["dup.code", "dup.near"]), "This is not possible now");
        assert_eq!(english(&["unheard.of"]), "This is not possible now");
    }
}
