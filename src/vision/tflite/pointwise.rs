//! Operators that make each number of the result of the numbers in its place:
//! ADD, MUL, RELU, RELU6, PRELU, HARD_SWISH, LOGISTIC; and the activations
//! that other operators end in.

use super::error::Refusal;
use super::lanes::{Best, Lanes, add, each, each_with};
use super::network::{Built, Kernel, Operands};
use super::shape::Shape;

/// What is done to every number of a result.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Activation {
    /// Not below 0.
    Relu,
    /// Between 0 and 6.
    Relu6,
    /// Below 0, times its channel's slope.
    Prelu(Vec<f32>),
    /// `x · clamp(x + 3, 0, 6) / 6`.
    HardSwish,
    /// `1 / (1 + e⁻ˣ)`.
    Logistic,
}

impl Activation {
    /// The schema's `ActivationFunctionType`; none for 0.
    pub(super) fn fused(number: i8) -> Result<Option<Self>, Refusal> {
        match number {
            0 => Ok(None),
            1 => Ok(Some(Self::Relu)),
            3 => Ok(Some(Self::Relu6)),
            _ => Err(Refusal::Unsupported("an activation of an unknown kind")),
        }
    }

    /// The slopes of a PRELU, one per channel.
    pub(super) fn prelu(operands: &Operands<'_>) -> Result<Self, Refusal> {
        let slopes = operands.floats(1)?;
        if slopes.len() == operands.shape(0)?.channels() {
            Ok(Self::Prelu(slopes))
        } else {
            Err(Refusal::Unsupported(
                "slopes that differ from place to place",
            ))
        }
    }

    /// Applies it in place.
    pub(super) fn apply(&self, values: &mut [f32]) {
        match self {
            Self::Relu => each::<Best>(values, |v| v.or_at_least(Best::splat(0.0))),
            Self::Relu6 => each::<Best>(values, six),
            Self::Prelu(slopes) => {
                for place in values.chunks_exact_mut(slopes.len().max(1)) {
                    each_with::<Best>(place, slopes, |v, slope| v.if_positive(v.times(slope)));
                }
            }
            Self::HardSwish => each::<Best>(values, |v| {
                let open = six(v.plus(Best::splat(3.0)));
                v.times(open).times(Best::splat(1.0 / 6.0))
            }),
            Self::Logistic => {
                for value in values {
                    *value = 1.0 / (1.0 + libm::expf(-*value));
                }
            }
        }
    }
}

#[inline(always)]
fn six<L: Lanes>(v: L) -> L {
    v.or_at_least(L::splat(0.0)).or_at_most(L::splat(6.0))
}

/// An activation that stands alone.
struct Alone(Activation);

/// An operator that is nothing but an activation.
pub(super) fn alone(operands: &Operands<'_>, activation: Activation) -> Result<Built, Refusal> {
    Ok(Built {
        shape: operands.shape(0)?,
        kernel: Box::new(Alone(activation)),
        activation: 0,
        inputs: vec![0],
    })
}

impl Kernel for Alone {
    fn run(&self, inputs: &[&[f32]], out: &mut [f32], _: &mut Vec<f32>) {
        let [input] = inputs else { return };
        out.copy_from_slice(input);
        self.0.apply(out);
    }
}

/// What two numbers make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Two {
    Sum,
    Product,
}

/// Two tensors, the second perhaps repeated in every place.
struct Both {
    two: Two,
    /// How often an entry of the second is used: its length divides the first's.
    second: usize,
}

/// ADD and MUL; options: activation 0. The second operand has the first's
/// shape, or one number per channel, or a single one.
pub(super) fn both(operands: &Operands<'_>, two: Two) -> Result<Built, Refusal> {
    let (first, second) = (operands.shape(0)?, operands.shape(1)?);
    let (order, first, second) = if first.len() >= second.len() {
        (vec![0, 1], first, second)
    } else {
        (vec![1, 0], second, first)
    };
    let per_channel = Shape::hwc(1, 1, first.channels());
    if second != first && second != per_channel && second.len() != 1 {
        return Err(Refusal::Unsupported("operands of unlike shapes"));
    }
    Ok(Built {
        shape: first,
        kernel: Box::new(Both {
            two,
            second: second.len(),
        }),
        activation: operands.options()?.i8(0)?,
        inputs: order,
    })
}

impl Kernel for Both {
    fn run(&self, inputs: &[&[f32]], out: &mut [f32], _: &mut Vec<f32>) {
        let [first, second] = inputs else { return };
        out.copy_from_slice(first);
        if let ([single], Two::Product) = (*second, self.two) {
            return each::<Best>(out, |a| a.times(Best::splat(*single)));
        }
        for out in out.chunks_exact_mut(self.second) {
            match self.two {
                Two::Sum => add(out, second),
                Two::Product => each_with::<Best>(out, second, Lanes::times),
            }
        }
    }
}
