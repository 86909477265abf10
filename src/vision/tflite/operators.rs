//! The table of operators: the schema's number or MediaPipe's name, and what
//! makes it ready.
//!
//! To add one: find its number in the schema's `BuiltinOperator` and its
//! options' field numbers in the schema's table of that name; write a function
//! that takes [`Operands`] and gives a [`Built`], refusing every option it
//! does not honour; give it a row here; and let `tests/tflite/reference.py`
//! make a model of that one operator with LiteRT's answer.

use super::conv;
use super::depthwise;
use super::error::Refusal;
use super::file::Code;
use super::network::{Built, Operands};
use super::pointwise::{self, Activation, Two};
use super::pool::{self, Takes};
use super::rearrange;

/// What an operator comes down to.
pub(super) enum Meaning {
    /// Work to be done at every run.
    Run(Built),
    /// Something done to each number of the first operand.
    Activate(Activation),
    /// The first operand's numbers by another name and in another shape.
    Rename,
    /// A short constant made long, once.
    Widen,
}

/// What this operator means with these operands.
pub(super) fn meaning(code: Code<'_>, operands: &Operands<'_>) -> Result<Meaning, Refusal> {
    let built = match code {
        Code::Builtin(0) => pointwise::both(operands, Two::Sum),
        Code::Builtin(1) => pool::build(operands, Takes::Mean),
        Code::Builtin(2) => rearrange::concatenation(operands),
        Code::Builtin(3) => conv::build(operands),
        Code::Builtin(4) => depthwise::build(operands),
        Code::Builtin(6) => return Ok(Meaning::Widen),
        Code::Builtin(14) => return Ok(Meaning::Activate(Activation::Logistic)),
        Code::Builtin(17) => pool::build(operands, Takes::Largest),
        Code::Builtin(18) => pointwise::both(operands, Two::Product),
        Code::Builtin(19) => return Ok(Meaning::Activate(Activation::Relu)),
        Code::Builtin(21) => return Ok(Meaning::Activate(Activation::Relu6)),
        Code::Builtin(22) => return Ok(Meaning::Rename),
        Code::Builtin(23) => rearrange::resize(operands),
        Code::Builtin(34) => rearrange::pad(operands),
        Code::Builtin(54) => return Activation::prelu(operands).map(Meaning::Activate),
        Code::Builtin(117) => return Ok(Meaning::Activate(Activation::HardSwish)),
        Code::Custom(b"Convolution2DTransposeBias") => rearrange::transpose(operands),
        Code::Builtin(_) | Code::Custom(_) => {
            Err(Refusal::Unsupported("nobody has written it yet"))
        }
    };
    built.map(Meaning::Run)
}
