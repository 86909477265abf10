//! What a `.tflite` file says, by TensorFlow Lite's schema (`schema.fbs`):
//! its tensors, operators and buffers, and the flatbuffer they are written in.

use std::ops::Range;

use anyhow::{Context, Result, ensure};

/// `BuiltinOperator`s of the schema: those that our models have.
pub(crate) mod code {
    pub(crate) const ADD: u32 = 0;
    pub(crate) const AVERAGE_POOL_2D: u32 = 1;
    pub(crate) const CONCATENATION: u32 = 2;
    pub(crate) const CONV_2D: u32 = 3;
    pub(crate) const DEPTHWISE_CONV_2D: u32 = 4;
    pub(crate) const DEQUANTIZE: u32 = 6;
    pub(crate) const LOGISTIC: u32 = 14;
    pub(crate) const MAX_POOL_2D: u32 = 17;
    pub(crate) const MUL: u32 = 18;
    pub(crate) const RELU: u32 = 19;
    pub(crate) const RESHAPE: u32 = 22;
    pub(crate) const RESIZE_BILINEAR: u32 = 23;
    pub(crate) const CUSTOM: u32 = 32;
    pub(crate) const PAD: u32 = 34;
    pub(crate) const PRELU: u32 = 54;
    pub(crate) const HARD_SWISH: u32 = 117;
}

/// `TensorType.FLOAT16`.
pub(crate) const FLOAT16: u8 = 1;

/// The numbers of the fields that are read.
mod schema {
    pub(super) const MODEL_OPERATOR_CODES: usize = 1;
    pub(super) const MODEL_SUBGRAPHS: usize = 2;
    pub(super) const MODEL_BUFFERS: usize = 4;
    pub(super) const GRAPH_TENSORS: usize = 0;
    pub(super) const GRAPH_INPUTS: usize = 1;
    pub(super) const GRAPH_OUTPUTS: usize = 2;
    pub(super) const GRAPH_OPERATORS: usize = 3;
    pub(super) const TENSOR_SHAPE: usize = 0;
    pub(super) const TENSOR_TYPE: usize = 1;
    pub(super) const TENSOR_BUFFER: usize = 2;
    pub(super) const OPERATOR_CODE: usize = 0;
    pub(super) const OPERATOR_INPUTS: usize = 1;
    pub(super) const OPERATOR_OUTPUTS: usize = 2;
    pub(super) const OPERATOR_OPTIONS: usize = 4;
    pub(super) const OPERATOR_CUSTOM_OPTIONS: usize = 5;
    pub(super) const CODE_BEFORE_127: usize = 0;
    pub(super) const CODE_CUSTOM: usize = 1;
    pub(super) const CODE: usize = 3;
    pub(super) const BUFFER_DATA: usize = 0;
}

/// A model's only graph.
pub(crate) struct Model<'a> {
    pub(crate) tensors: Vec<Tensor<'a>>,
    pub(crate) operators: Vec<Operator<'a>>,
    pub(crate) inputs: Vec<usize>,
    pub(crate) outputs: Vec<usize>,
    buffers: Vec<Table<'a>>,
}

/// What passes from one operator to the next, or is constant.
#[derive(Clone, Copy)]
pub(crate) struct Tensor<'a>(Table<'a>);

/// One step of a model: what it does, and the tensors it reads and writes. An
/// input that is left out is larger than any place there is.
pub(crate) struct Operator<'a> {
    pub(crate) code: u32,
    /// Of a custom operator.
    pub(crate) name: &'a [u8],
    pub(crate) inputs: Vec<usize>,
    pub(crate) outputs: Vec<usize>,
    pub(crate) options: Option<Table<'a>>,
    pub(crate) custom_options: &'a [u8],
}

impl<'a> Model<'a> {
    /// Reads a file.
    pub(crate) fn read(file: &'a [u8]) -> Result<Self> {
        ensure!(
            file.get(4..8) == Some(b"TFL3"),
            "not a TensorFlow Lite file"
        );
        let model = Table::root(file)?;
        let graph = *model
            .tables(schema::MODEL_SUBGRAPHS)?
            .first()
            .context("the model is empty")?;
        let tensors = graph.tables(schema::GRAPH_TENSORS)?;
        Ok(Self {
            tensors: tensors.into_iter().map(Tensor).collect(),
            operators: operators(model, graph)?,
            inputs: graph.numbers(schema::GRAPH_INPUTS)?,
            outputs: graph.numbers(schema::GRAPH_OUTPUTS)?,
            buffers: model.tables(schema::MODEL_BUFFERS)?,
        })
    }

    /// A tensor by its place.
    pub(crate) fn tensor(&self, place: usize) -> Result<Tensor<'a>> {
        let tensor = self.tensors.get(place);
        tensor.copied().context("a tensor is missing")
    }

    /// Where a tensor's constant values are in the file; nowhere, at its
    /// beginning, where it has none.
    pub(crate) fn constant(&self, tensor: Tensor<'a>) -> Result<Range<usize>> {
        let buffer = tensor.0.number(schema::TENSOR_BUFFER)?;
        let buffer = self.buffers.get(buffer).context("a buffer is missing")?;
        buffer.bytes(schema::BUFFER_DATA)
    }

    /// The tensor that holds the f16, of one that holds them as f32.
    pub(crate) fn f16_of(&self, tensor: usize) -> Option<usize> {
        let makes =
            |o: &&Operator<'_>| o.code == code::DEQUANTIZE && o.outputs.first() == Some(&tensor);
        self.operators.iter().find(makes)?.inputs.first().copied()
    }
}

impl Tensor<'_> {
    /// How many numbers it has along each dimension.
    pub(crate) fn shape(self) -> Result<Vec<usize>> {
        self.0.numbers(schema::TENSOR_SHAPE)
    }

    /// The schema's `TensorType`.
    pub(crate) fn kind(self) -> Result<u8> {
        self.0.byte(schema::TENSOR_TYPE)
    }
}

/// The model's steps, in their order.
fn operators<'a>(model: Table<'a>, graph: Table<'a>) -> Result<Vec<Operator<'a>>> {
    let codes: Vec<(u32, &[u8])> = model
        .tables(schema::MODEL_OPERATOR_CODES)?
        .into_iter()
        .map(|code| {
            // Files from before there were more than 127 kinds have the first
            // alone; newer ones have both, and then the larger one counts.
            let before = u32::from(code.byte(schema::CODE_BEFORE_127)?);
            let number = before.max(code.u32_or_zero(schema::CODE)?);
            Ok((number, code.text(schema::CODE_CUSTOM)?))
        })
        .collect::<Result<_>>()?;
    let operator = |operator: Table<'a>| {
        let code = operator.number(schema::OPERATOR_CODE)?;
        let (code, name) = *codes.get(code).context("an operator has no kind")?;
        Ok(Operator {
            code,
            name,
            inputs: operator.numbers(schema::OPERATOR_INPUTS)?,
            outputs: operator.numbers(schema::OPERATOR_OUTPUTS)?,
            options: operator.table(schema::OPERATOR_OPTIONS)?,
            custom_options: operator.text(schema::OPERATOR_CUSTOM_OPTIONS)?,
        })
    };
    let tables = graph.tables(schema::GRAPH_OPERATORS)?;
    tables.into_iter().map(operator).collect()
}

/// A table of a flatbuffer. Before its fields stands how far back its list of
/// fields is: two sizes, then each field's distance from the table, or zero.
/// Nothing that a file says is believed: what leads out of it is an error.
#[derive(Clone, Copy)]
pub(crate) struct Table<'a> {
    file: &'a [u8],
    start: usize,
}

impl<'a> Table<'a> {
    /// The file's outermost table.
    fn root(file: &'a [u8]) -> Result<Self> {
        let start = distance(file, 0)?;
        Ok(Self { file, start })
    }

    /// Where a field's value is; `None` if the file leaves it out.
    fn field(self, field: usize) -> Result<Option<usize>> {
        let back = i32::from_le_bytes(bytes_at(self.file, self.start)?);
        let list = i64::try_from(self.start)? - i64::from(back);
        let list = usize::try_from(list).context("the model's structure is broken")?;
        let size = u16::from_le_bytes(bytes_at(self.file, list)?);
        let entry = 4 + 2 * field;
        if entry + 2 > usize::from(size) {
            return Ok(None);
        }
        let offset = u16::from_le_bytes(bytes_at(self.file, list + entry)?);
        Ok((offset != 0).then(|| self.start + usize::from(offset)))
    }

    /// A field of one byte; zero if it is left out.
    pub(crate) fn byte(self, field: usize) -> Result<u8> {
        let Some(at) = self.field(field)? else {
            return Ok(0);
        };
        let [byte] = bytes_at(self.file, at)?;
        Ok(byte)
    }

    /// A field of four bytes; zero if it is left out.
    fn u32_or_zero(self, field: usize) -> Result<u32> {
        match self.field(field)? {
            Some(at) => Ok(u32::from_le_bytes(bytes_at(self.file, at)?)),
            None => Ok(0),
        }
    }

    /// A field that counts or points at something.
    pub(crate) fn number(self, field: usize) -> Result<usize> {
        Ok(usize::try_from(self.u32_or_zero(field)?)?)
    }

    /// Where a list's elements begin, and how many there are; none if it is
    /// left out.
    fn list(self, field: usize) -> Result<(usize, usize)> {
        let Some(at) = self.field(field)? else {
            return Ok((0, 0));
        };
        let list = distance(self.file, at)?;
        let count = u32::from_le_bytes(bytes_at(self.file, list)?);
        Ok((list + 4, usize::try_from(count)?))
    }

    /// Where a list of bytes is.
    fn bytes(self, field: usize) -> Result<Range<usize>> {
        let (first, count) = self.list(field)?;
        let place = first..first.saturating_add(count);
        ensure!(
            self.file.get(place.clone()).is_some(),
            "the model's data are cut off"
        );
        Ok(place)
    }

    /// A list of bytes itself.
    fn text(self, field: usize) -> Result<&'a [u8]> {
        let place = self.bytes(field)?;
        Ok(self.file.get(place).unwrap_or_default())
    }

    /// A field that is a table; `None` if it is left out.
    fn table(self, field: usize) -> Result<Option<Self>> {
        let Some(at) = self.field(field)? else {
            return Ok(None);
        };
        let start = distance(self.file, at)?;
        Ok(Some(Self { start, ..self }))
    }

    /// A list of sizes or of places. An input that is left out has the number
    /// -1, which here is larger than any place there is.
    fn numbers(self, field: usize) -> Result<Vec<usize>> {
        let (first, count) = self.list(field)?;
        (0..count)
            .map(|i| {
                Ok(usize::try_from(u32::from_le_bytes(bytes_at(
                    self.file,
                    first + 4 * i,
                )?))?)
            })
            .collect()
    }

    /// A list of tables.
    fn tables(self, field: usize) -> Result<Vec<Self>> {
        let (first, count) = self.list(field)?;
        (0..count)
            .map(|i| {
                let start = distance(self.file, first + 4 * i)?;
                Ok(Self { start, ..self })
            })
            .collect()
    }
}

/// The place that the four bytes at `at` point to, counted from themselves.
fn distance(file: &[u8], at: usize) -> Result<usize> {
    let ahead = usize::try_from(u32::from_le_bytes(bytes_at(file, at)?))?;
    at.checked_add(ahead)
        .context("the model's structure is broken")
}

/// `N` bytes of the file.
fn bytes_at<const N: usize>(file: &[u8], at: usize) -> Result<[u8; N]> {
    let bytes = file.get(at..).and_then(|rest| rest.first_chunk());
    bytes
        .copied()
        .context("the model's structure leads out of the file")
}
