//! Going over from one thing to another without a step.

/// 3t² − 2t³ with `t` held to 0–1.
pub(super) fn smoothstep(t: f32) -> f32 {
    let t = t.clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}
