//! Writing an ONNX file: a protobuf by the schema onnx/onnx.proto (Apache-2.0),
//! of which it takes little.

use crate::protobuf::{put_bytes, put_float, put_number};

/// The schema's fields, by message.
mod field {
    pub(super) const MODEL_IR_VERSION: u64 = 1;
    pub(super) const MODEL_GRAPH: u64 = 7;
    pub(super) const MODEL_OPERATOR_SET: u64 = 8;
    pub(super) const OPERATOR_SET_VERSION: u64 = 2;
    pub(super) const GRAPH_NODE: u64 = 1;
    pub(super) const GRAPH_NAME: u64 = 2;
    pub(super) const GRAPH_CONSTANT: u64 = 5;
    pub(super) const GRAPH_INPUT: u64 = 11;
    pub(super) const GRAPH_OUTPUT: u64 = 12;
    pub(super) const NODE_INPUT: u64 = 1;
    pub(super) const NODE_OUTPUT: u64 = 2;
    pub(super) const NODE_OPERATOR: u64 = 4;
    pub(super) const NODE_ATTRIBUTE: u64 = 5;
    pub(super) const ATTRIBUTE_NAME: u64 = 1;
    pub(super) const ATTRIBUTE_FLOAT: u64 = 2;
    pub(super) const ATTRIBUTE_NUMBER: u64 = 3;
    pub(super) const ATTRIBUTE_TEXT: u64 = 4;
    pub(super) const ATTRIBUTE_NUMBERS: u64 = 8;
    pub(super) const ATTRIBUTE_KIND: u64 = 20;
    pub(super) const TENSOR_DIMENSION: u64 = 1;
    pub(super) const TENSOR_KIND: u64 = 2;
    pub(super) const TENSOR_NAME: u64 = 8;
    pub(super) const TENSOR_BYTES: u64 = 9;
    pub(super) const VALUE_NAME: u64 = 1;
    pub(super) const VALUE_TYPE: u64 = 2;
    pub(super) const TYPE_TENSOR: u64 = 1;
    pub(super) const TENSOR_TYPE_KIND: u64 = 1;
    pub(super) const TENSOR_TYPE_SHAPE: u64 = 2;
    pub(super) const SHAPE_DIMENSION: u64 = 1;
    pub(super) const DIMENSION_SIZE: u64 = 1;
}

/// Versions of the format and of the operators' meaning, both of 2021.
const IR_VERSION: u64 = 8;
const OPERATOR_SET: u64 = 15;
/// `TensorProto.DataType`.
const FLOAT: u64 = 1;
const INT64: u64 = 7;

/// What an operator is told besides its inputs.
pub(crate) enum Attribute<'a> {
    Float(f32),
    Number(usize),
    Numbers(&'a [usize]),
    Text(&'a str),
}

/// An operator's attributes, by their names.
pub(crate) type Attributes<'a> = &'a [(&'a str, Attribute<'a>)];

/// A model while it is written, by its graph's messages.
#[derive(Default)]
pub(crate) struct OnnxFile {
    graph: Vec<u8>,
    /// How many have been written.
    constants: usize,
}

impl OnnxFile {
    /// Names an input of the whole, of f32.
    pub(crate) fn input(&mut self, name: &str, shape: &[usize]) {
        put_bytes(&mut self.graph, field::GRAPH_INPUT, &value(name, shape));
    }

    /// Names an output of the whole, of f32.
    pub(crate) fn output(&mut self, name: &str, shape: &[usize]) {
        put_bytes(&mut self.graph, field::GRAPH_OUTPUT, &value(name, shape));
    }

    /// Writes an operator, after those that make its inputs.
    pub(crate) fn node(
        &mut self,
        kind: &str,
        inputs: &[&str],
        output: &str,
        attributes: Attributes<'_>,
    ) {
        let mut node = Vec::new();
        for input in inputs {
            put_bytes(&mut node, field::NODE_INPUT, input.as_bytes());
        }
        put_bytes(&mut node, field::NODE_OUTPUT, output.as_bytes());
        put_bytes(&mut node, field::NODE_OPERATOR, kind.as_bytes());
        for (name, attribute) in attributes {
            put_bytes(&mut node, field::NODE_ATTRIBUTE, &written(name, attribute));
        }
        put_bytes(&mut self.graph, field::GRAPH_NODE, &node);
    }

    /// Writes a constant of f32; its name.
    pub(crate) fn floats(&mut self, shape: &[usize], values: &[f32]) -> String {
        let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        self.constant(FLOAT, shape, &bytes)
    }

    /// Writes a constant list of numbers; its name.
    pub(crate) fn numbers(&mut self, numbers: &[usize]) -> String {
        let bytes: Vec<u8> = numbers
            .iter()
            .flat_map(|n| (*n as u64).to_le_bytes())
            .collect();
        self.constant(INT64, &[numbers.len()], &bytes)
    }

    fn constant(&mut self, kind: u64, shape: &[usize], bytes: &[u8]) -> String {
        let name = format!("constant{}", self.constants);
        self.constants += 1;
        let mut tensor = Vec::new();
        for size in shape {
            put_number(&mut tensor, field::TENSOR_DIMENSION, *size as u64);
        }
        put_number(&mut tensor, field::TENSOR_KIND, kind);
        put_bytes(&mut tensor, field::TENSOR_NAME, name.as_bytes());
        put_bytes(&mut tensor, field::TENSOR_BYTES, bytes);
        put_bytes(&mut self.graph, field::GRAPH_CONSTANT, &tensor);
        name
    }

    /// The whole file.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut graph = self.graph.clone();
        put_bytes(&mut graph, field::GRAPH_NAME, b"converted");
        let mut operator_set = Vec::new();
        put_number(&mut operator_set, field::OPERATOR_SET_VERSION, OPERATOR_SET);
        let mut bytes = Vec::new();
        put_number(&mut bytes, field::MODEL_IR_VERSION, IR_VERSION);
        put_bytes(&mut bytes, field::MODEL_OPERATOR_SET, &operator_set);
        put_bytes(&mut bytes, field::MODEL_GRAPH, &graph);
        bytes
    }
}

/// What an input or output is.
fn value(name: &str, sizes: &[usize]) -> Vec<u8> {
    let mut shape = Vec::new();
    for size in sizes {
        let mut dimension = Vec::new();
        put_number(&mut dimension, field::DIMENSION_SIZE, *size as u64);
        put_bytes(&mut shape, field::SHAPE_DIMENSION, &dimension);
    }
    let mut of_tensor = Vec::new();
    put_number(&mut of_tensor, field::TENSOR_TYPE_KIND, FLOAT);
    put_bytes(&mut of_tensor, field::TENSOR_TYPE_SHAPE, &shape);
    let mut kind = Vec::new();
    put_bytes(&mut kind, field::TYPE_TENSOR, &of_tensor);
    let mut value = Vec::new();
    put_bytes(&mut value, field::VALUE_NAME, name.as_bytes());
    put_bytes(&mut value, field::VALUE_TYPE, &kind);
    value
}

/// An attribute, with the schema's `AttributeType`.
fn written(name: &str, attribute: &Attribute<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    put_bytes(&mut bytes, field::ATTRIBUTE_NAME, name.as_bytes());
    let kind = match attribute {
        Attribute::Float(value) => {
            put_float(&mut bytes, field::ATTRIBUTE_FLOAT, *value);
            1
        }
        Attribute::Number(value) => {
            put_number(&mut bytes, field::ATTRIBUTE_NUMBER, *value as u64);
            2
        }
        Attribute::Text(value) => {
            put_bytes(&mut bytes, field::ATTRIBUTE_TEXT, value.as_bytes());
            3
        }
        Attribute::Numbers(values) => {
            for value in *values {
                put_number(&mut bytes, field::ATTRIBUTE_NUMBERS, *value as u64);
            }
            7
        }
    };
    put_number(&mut bytes, field::ATTRIBUTE_KIND, kind);
    bytes
}
