//! States of hamlets that figures count.

/// A state of a hamlet: true, false or unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HamletState {
    /// The name of the fact, and of the column of `state` in `counting/hamlet_state.rs`.
    pub name: &'static str,
    pub subject: Subject,
    /// Whether it is a number of households instead.
    pub is_number: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// The cameras in the hamlet. The other subjects come from statements of availability, each with its basis.
    Cameras,
    Mobile,
    Fiber,
}

/// How much a hamlet counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    One,
    Households,
    Population,
    /// The state is a number of households, as a share of all households.
    Share,
}

/// Every state. Coverage by a generation includes later generations.
const STATES: [HamletState; 10] = [
    state("camera", Subject::Cameras),
    state("connected_camera", Subject::Cameras),
    state("mobile_2g", Subject::Mobile),
    state("mobile_3g", Subject::Mobile),
    state("mobile_4g", Subject::Mobile),
    state("mobile_5g", Subject::Mobile),
    state("fiber_any", Subject::Fiber),
    state("fiber_full", Subject::Fiber),
    HamletState { is_number: true, ..state("fiber_passed", Subject::Fiber) },
    HamletState { is_number: true, ..state("fiber_connected", Subject::Fiber) },
];

const fn state(name: &'static str, subject: Subject) -> HamletState {
    HamletState { name, subject, is_number: false }
}

impl HamletState {
    pub fn of_name(name: &str) -> Option<HamletState> {
        STATES.into_iter().find(|state| state.name == name)
    }
}
