//! A small interpreter of TensorFlow Lite models: the operators that the face
//! and person models use, on 32-bit floats, one thread.
//!
//! A file is read once ([`Network::new`]): every offset, shape and option is
//! checked then, weights are put in the order in which they are used, and
//! buffers planned. [`Model::run`] then only computes. The same sums in the
//! same order natively and in wasm give the same bits.
//!
//! `operators` says how to add an operator.

mod conv;
mod depthwise;
mod error;
mod file;
mod flatbuffer;
mod gemm;
mod lanes;
mod network;
mod operators;
mod pointwise;
mod pool;
mod rearrange;
mod shape;
mod window;

pub use error::ModelError;
pub use network::Network;
pub use shape::Shape;

/// Something that makes numbers of a picture's numbers. What comes before and
/// after is tested with stand-ins, without weights.
pub trait Model {
    /// Shape of the input: rows, columns, channels.
    fn input(&self) -> Shape;

    /// Runs on an input, row by row, channels together; gives the outputs in
    /// the model's order.
    ///
    /// # Errors
    /// [`ModelError::Input`] where the input has another length.
    fn run(&mut self, input: &[f32]) -> Result<Vec<&[f32]>, ModelError>;
}
