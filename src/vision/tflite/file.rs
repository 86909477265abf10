//! What a `.tflite` file says: its tensors and its operators, in the terms of
//! the TensorFlow Lite schema, version 3
//! (tensorflow/lite/schema/schema.fbs, Apache-2.0).

use half::f16;

use super::error::ModelError;
use super::flatbuffer::Table;
use super::shape::Shape;

/// A model file, looked through but not yet understood.
pub(super) struct ModelFile<'a> {
    pub(super) tensors: Vec<TensorInFile<'a>>,
    pub(super) operators: Vec<OperatorInFile<'a>>,
    pub(super) inputs: Vec<usize>,
    pub(super) outputs: Vec<usize>,
}

/// One tensor.
pub(super) struct TensorInFile<'a> {
    pub(super) shape: Shape,
    /// Number of dimensions in the file.
    pub(super) rank: usize,
    pub(super) kind: Kind,
    /// The numbers' bytes, where they are constant.
    pub(super) constant: Option<&'a [u8]>,
}

/// What a tensor's numbers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    F32,
    F16,
    I32,
    Other,
}

/// One operator.
pub(super) struct OperatorInFile<'a> {
    pub(super) code: Code<'a>,
    pub(super) options: Option<Table<'a>>,
    pub(super) custom_options: &'a [u8],
    /// Tensors, by their places; none where an optional one is left out.
    pub(super) inputs: Vec<Option<usize>>,
    pub(super) outputs: Vec<usize>,
}

/// Which operator it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code<'a> {
    /// One of the schema's `BuiltinOperator`.
    Builtin(i32),
    /// A custom one, by its name.
    Custom(&'a [u8]),
}

/// `BuiltinOperator.CUSTOM`.
const CUSTOM: i32 = 32;
/// More than any model of ours has, so that a bad file cannot keep us busy.
const MOST_TENSORS: usize = 10_000;

impl<'a> ModelFile<'a> {
    /// Reads a file. All places it gives are within its own lists.
    pub(super) fn read(file: &'a [u8]) -> Result<Self, ModelError> {
        let model = Table::root(file)?;
        let codes = model.vector(1)?.tables()?;
        let buffers = model.vector(4)?.tables()?;
        let graphs = model.vector(2)?.tables()?;
        let [graph] = graphs.as_slice() else {
            return Err(ModelError::Unsupported {
                operator: 0,
                why: "the model has not exactly one graph",
            });
        };
        let tensors = graph.vector(0)?.tables()?;
        if tensors.len() > MOST_TENSORS {
            return Err(ModelError::TooLarge);
        }
        let tensors: Vec<_> = tensors
            .iter()
            .map(|tensor| TensorInFile::read(tensor, &buffers))
            .collect::<Result<_, _>>()?;
        let place = |number: &i32| {
            let place = usize::try_from(*number).ok();
            place.filter(|place| *place < tensors.len())
        };
        let places = |numbers: Vec<i32>| {
            let places: Option<Vec<usize>> = numbers.iter().map(place).collect();
            places.ok_or(ModelError::Malformed { at: 0 })
        };
        let operators = graph.vector(3)?.tables()?;
        let operators = operators.iter().map(|operator| {
            let code = codes
                .get(operator.u32(0)?)
                .ok_or(ModelError::Malformed { at: 0 })?;
            let inputs = operator.vector(1)?.i32s()?;
            let inputs = inputs.iter().map(|number| match number {
                -1 => Ok(None),
                number => place(number)
                    .map(Some)
                    .ok_or(ModelError::Malformed { at: 0 }),
            });
            Ok(OperatorInFile {
                code: Code::read(code)?,
                options: operator.table(4)?,
                custom_options: operator.bytes(5)?.unwrap_or_default(),
                inputs: inputs.collect::<Result<_, _>>()?,
                outputs: places(operator.vector(2)?.i32s()?)?,
            })
        });
        let operators = operators.collect::<Result<_, ModelError>>()?;
        Ok(Self {
            operators,
            inputs: places(graph.vector(1)?.i32s()?)?,
            outputs: places(graph.vector(2)?.i32s()?)?,
            tensors,
        })
    }
}

impl<'a> TensorInFile<'a> {
    fn read(tensor: &Table<'a>, buffers: &[Table<'a>]) -> Result<Self, ModelError> {
        let kind = match tensor.i8(1)? {
            0 => Kind::F32,
            1 => Kind::F16,
            2 => Kind::I32,
            _ => Kind::Other,
        };
        let buffer = buffers
            .get(tensor.u32(2)?)
            .ok_or(ModelError::Malformed { at: 0 })?;
        let constant = buffer.bytes(0)?.filter(|bytes| !bytes.is_empty());
        let dims = tensor.vector(0)?.i32s()?;
        let shape = Shape::new(&dims)?;
        let size = if kind == Kind::F16 { 2 } else { 4 };
        match constant {
            Some(bytes) if kind != Kind::Other && bytes.len() != size * shape.len() => {
                Err(ModelError::Malformed { at: 0 })
            }
            _ => Ok(Self {
                shape,
                rank: dims.len(),
                kind,
                constant,
            }),
        }
    }

    /// The constant's numbers, where they are whole.
    pub(super) fn i32s(&self) -> Option<Vec<i32>> {
        let bytes = self.constant.filter(|_| self.kind == Kind::I32)?;
        Some(
            bytes
                .as_chunks::<4>()
                .0
                .iter()
                .map(|b| i32::from_le_bytes(*b))
                .collect(),
        )
    }

    /// Whether it is a constant of floats of either length.
    pub(super) fn has_floats(&self) -> bool {
        self.constant.is_some() && matches!(self.kind, Kind::F32 | Kind::F16)
    }

    /// The constant's numbers, where they are floats of either length.
    pub(super) fn floats(&self) -> Option<Vec<f32>> {
        let bytes = self.constant?;
        match self.kind {
            Kind::F32 => Some(
                bytes
                    .as_chunks::<4>()
                    .0
                    .iter()
                    .map(|b| f32::from_le_bytes(*b))
                    .collect(),
            ),
            Kind::F16 => Some(
                bytes
                    .as_chunks::<2>()
                    .0
                    .iter()
                    .map(|b| f16::from_le_bytes(*b).to_f32())
                    .collect(),
            ),
            Kind::I32 | Kind::Other => None,
        }
    }
}

impl<'a> Code<'a> {
    fn read(code: &Table<'a>) -> Result<Self, ModelError> {
        // Early files have only the one-byte number; later ones both.
        let builtin = code.i32(3, 0)?.max(i32::from(code.i8(0)?));
        if builtin == CUSTOM {
            Ok(Self::Custom(code.bytes(1)?.unwrap_or_default()))
        } else {
            Ok(Self::Builtin(builtin))
        }
    }
}
