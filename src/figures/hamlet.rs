//! What figures ask of a hamlet.

/// What may be true of a hamlet, false, or unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HamletState {
    /// Of the fact, and of the column of `state` in `counting/hamlet_state.rs`.
    pub name: &'static str,
    pub subject: Subject,
    /// Whether it is a number of households, not a truth.
    pub is_number: bool,
}

/// What a state is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// The cameras that stand in the hamlet. The others are known by statements of availability, each with its basis.
    Cameras,
    Mobile,
    Fiber,
}

/// What a hamlet counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    One,
    Households,
    Population,
    /// The state itself is a number of households, of the households.
    Share,
}

/// Every state. That of a generation is coverage by it or a later one.
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
