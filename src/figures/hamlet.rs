//! States of hamlets that figures count.

/// A state of a hamlet: true, false or unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HamletState {
    /// The name of the fact, and of the column of `state` in `counting/hamlet_state.rs` unless it is a share.
    pub name: &'static str,
    pub subject: Subject,
    /// The least and the greatest share of the households, by the names of their columns, of a state that is a share
    /// instead. Between them nobody knows.
    pub share: Option<[&'static str; 2]>,
    /// The column that says whether a hamlet is one of those that the state is about; `None`: all are.
    pub among: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// The cameras, or the loudspeakers, in the hamlet. The other subjects come from statements of availability, each with its basis.
    Cameras,
    Loudspeakers,
    Mobile,
    Fiber,
}

/// How much a hamlet counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    One,
    Households,
    Population,
    /// The households, of which the state is a share.
    Share,
}

/// Every state. Coverage by a generation includes later generations.
const STATES: [HamletState; 13] = [
    state("camera", Subject::Cameras),
    state("connected_camera", Subject::Cameras),
    state("loudspeaker", Subject::Loudspeakers),
    state("mobile_2g", Subject::Mobile),
    state("mobile_3g", Subject::Mobile),
    state("mobile_4g", Subject::Mobile),
    state("mobile_5g", Subject::Mobile),
    state("no_signal", Subject::Mobile),
    HamletState { among: Some("some_signal"), ..state("weak_signal", Subject::Mobile) },
    state("fiber_any", Subject::Fiber),
    state("fiber_full", Subject::Fiber),
    HamletState { share: Some(["passed_low", "passed_high"]), ..state("fiber_passed", Subject::Fiber) },
    HamletState { share: Some(["connected_low", "connected_high"]), ..state("fiber_connected", Subject::Fiber) },
];

const fn state(name: &'static str, subject: Subject) -> HamletState {
    HamletState { name, subject, share: None, among: None }
}

impl HamletState {
    pub fn of_name(name: &str) -> Option<HamletState> {
        STATES.into_iter().find(|state| state.name == name)
    }
}
