//! A `.tflite` model as an ONNX file, so that others can run the very model
//! that our interpreter runs (`cargo xtask bench vision`).
//!
//! TensorFlow Lite keeps channels last, ONNX's operators want them before rows
//! and columns. So every tensor of four dimensions is turned on its way in,
//! stays turned, and is turned back where its order shows: before it gets
//! another shape, and at the end. Weights and constants are turned here, once,
//! and written as f32. The turning takes onnxruntime-web 1 to 2 % of a run.

use anyhow::{Context, Result, bail, ensure};
use half::f16;

use crate::onnx_file::Attribute::{Float, Number, Numbers, Text};
use crate::onnx_file::{Attributes, OnnxFile};
use crate::tflite::{FLOAT16, Model, Operator, Table, code};

/// Where a turned tensor has the dimensions of one with channels last, and
/// the other way round.
const TURNED: [usize; 4] = [0, 3, 1, 2];
const BACK: [usize; 4] = [0, 2, 3, 1];

/// The same model as an ONNX file, whose inputs and outputs are shaped as
/// those of the `.tflite`.
pub(crate) fn converted(file: &[u8]) -> Result<Vec<u8>> {
    let model = Model::read(file)?;
    let mut conversion = Conversion {
        file,
        model: &model,
        onnx: OnnxFile::default(),
    };
    conversion
        .run()
        .context("the model cannot be put as ONNX")?;
    Ok(conversion.onnx.bytes())
}

/// A model on its way.
struct Conversion<'a> {
    file: &'a [u8],
    model: &'a Model<'a>,
    onnx: OnnxFile,
}

/// The name of a tensor, turned if it has four dimensions.
fn name(tensor: usize) -> String {
    format!("tensor{tensor}")
}

/// The name of a tensor with channels last.
fn plain(tensor: usize) -> String {
    format!("plain{tensor}")
}

impl Conversion<'_> {
    fn run(&mut self) -> Result<()> {
        let model = self.model;
        for &input in &model.inputs {
            self.onnx.input(&plain(input), &self.shape(input)?);
            self.turn(&plain(input), &name(input), &TURNED);
        }
        for operator in &model.operators {
            let [to] = operator.outputs[..] else {
                bail!("an operator has not exactly one result");
            };
            self.operator(operator, to)?;
        }
        for &output in &model.outputs {
            let shape = self.shape(output)?;
            self.onnx.output(&plain(output), &shape);
            if shape.len() == 4 {
                self.turn(&name(output), &plain(output), &BACK);
            } else {
                self.onnx
                    .node("Identity", &[&name(output)], &plain(output), &[]);
            }
        }
        Ok(())
    }

    fn operator(&mut self, operator: &Operator<'_>, to: usize) -> Result<()> {
        match operator.code {
            // What reads its result reads what it widens.
            code::DEQUANTIZE => Ok(()),
            code::ADD => self.both(operator, to, "Add"),
            code::MUL => self.both(operator, to, "Mul"),
            code::AVERAGE_POOL_2D => self.pool(operator, to, "AveragePool"),
            code::MAX_POOL_2D => self.pool(operator, to, "MaxPool"),
            code::CONCATENATION => self.concatenation(operator, to),
            code::CONV_2D => self.convolution(operator, to, &TURNED),
            code::DEPTHWISE_CONV_2D => self.convolution(operator, to, &[3, 0, 1, 2]),
            code::LOGISTIC => self.each(operator, to, "Sigmoid"),
            code::RELU => self.each(operator, to, "Relu"),
            code::HARD_SWISH => self.hard_swish(operator, to),
            code::RESHAPE => self.reshape(operator, to),
            code::RESIZE_BILINEAR => self.resize(operator, to),
            code::PAD => self.pad(operator, to),
            code::PRELU => {
                let inputs = [self.operand(operator, 0)?, self.operand(operator, 1)?];
                self.onnx.node(
                    "PRelu",
                    &inputs.each_ref().map(String::as_str),
                    &name(to),
                    &[],
                );
                Ok(())
            }
            code::CUSTOM if operator.name == b"Convolution2DTransposeBias" => {
                self.transposed(operator, to)
            }
            other => bail!("nobody has written operator {other} yet"),
        }
    }

    fn each(&mut self, operator: &Operator<'_>, to: usize, kind: &str) -> Result<()> {
        let from = self.operand(operator, 0)?;
        self.onnx.node(kind, &[&from], &name(to), &[]);
        Ok(())
    }

    /// Options: activation 0.
    fn both(&mut self, operator: &Operator<'_>, to: usize, kind: &str) -> Result<()> {
        let inputs = [self.operand(operator, 0)?, self.operand(operator, 1)?];
        let activation = options(operator)?.byte(0)?;
        let inputs = inputs.each_ref().map(String::as_str);
        self.node_and_activation(kind, &inputs, to, &[], activation)
    }

    /// Options: padding 0, step across 1 and down 2; then for one filter per
    /// output activation 3, dilation 4 and 5, for one per channel multiplier
    /// 3, activation 4, dilation 5 and 6. `order` is how the filters turn.
    fn convolution(
        &mut self,
        operator: &Operator<'_>,
        to: usize,
        order: &[usize; 4],
    ) -> Result<()> {
        let options = options(operator)?;
        let per_channel = usize::from(operator.code == code::DEPTHWISE_CONV_2D);
        for dilation in [4, 5] {
            let dilation = options.number(dilation + per_channel)?;
            ensure!(dilation < 2, "a dilated convolution");
        }
        let filters = self.place(operator, 1)?;
        let [_, rows, columns, channels] = self.four(filters)?;
        let from = self.operand(operator, 0)?;
        let filters = self.turned_constant(filters, order)?;
        let bias = self.bias(operator)?;
        let attributes = [
            ("kernel_shape", Numbers(&[rows, columns])),
            ("strides", Numbers(&strides(options)?)),
            ("auto_pad", Text(padding(options)?)),
            ("group", Number(if per_channel == 1 { channels } else { 1 })),
        ];
        let activation = options.byte(3 + per_channel)?;
        let inputs = [from.as_str(), &filters, &bias];
        self.node_and_activation("Conv", &inputs, to, &attributes, activation)
    }

    /// Custom options: padding (1 "same"), step across and down, as numbers
    /// of four bytes. The result is as large as the input times the steps.
    fn transposed(&mut self, operator: &Operator<'_>, to: usize) -> Result<()> {
        let mut words = operator.custom_options.as_chunks::<4>().0.iter();
        let mut word = || words.next().map(|word| u32::from_le_bytes(*word));
        let (Some(1), Some(across), Some(down)) = (word(), word(), word()) else {
            bail!("a transposed convolution of another kind");
        };
        let filters = self.place(operator, 1)?;
        let [_, rows, columns, _] = self.four(filters)?;
        let steps = [usize::try_from(down)?, usize::try_from(across)?];
        // What the window is larger than the step is cut off, half before.
        let cut = [rows, columns].into_iter().zip(steps).map(|(side, step)| {
            let cut = side.checked_sub(step);
            cut.context("steps that leave something out")
        });
        let cut: Vec<usize> = cut.collect::<Result<_>>()?;
        let (before, behind) = (cut.iter().map(|c| c / 2), cut.iter().map(|c| c - c / 2));
        let pads: Vec<usize> = before.chain(behind).collect();
        let from = self.operand(operator, 0)?;
        let filters = self.turned_constant(filters, &[3, 0, 1, 2])?;
        let bias = self.bias(operator)?;
        let attributes = [
            ("kernel_shape", Numbers(&[rows, columns])),
            ("strides", Numbers(&steps)),
            ("pads", Numbers(&pads)),
        ];
        let inputs = [from.as_str(), &filters, &bias];
        self.onnx
            .node("ConvTranspose", &inputs, &name(to), &attributes);
        Ok(())
    }

    /// Options: padding 0, step across 1 and down 2, window across 3 and down
    /// 4, activation 5.
    fn pool(&mut self, operator: &Operator<'_>, to: usize, kind: &str) -> Result<()> {
        let options = options(operator)?;
        let window = [options.number(4)?, options.number(3)?];
        let from = self.operand(operator, 0)?;
        let activation = options.byte(5)?;
        let [_, rows, columns, _] = self.four(self.place(operator, 0)?)?;
        if kind == "AveragePool" && window == [rows, columns] {
            // The same, but known to ONNX as something easier.
            return self.node_and_activation("GlobalAveragePool", &[&from], to, &[], activation);
        }
        let attributes = [
            ("kernel_shape", Numbers(&window)),
            ("strides", Numbers(&strides(options)?)),
            ("auto_pad", Text(padding(options)?)),
        ];
        self.node_and_activation(kind, &[&from], to, &attributes, activation)
    }

    /// Options: axis 0, activation 1.
    fn concatenation(&mut self, operator: &Operator<'_>, to: usize) -> Result<()> {
        let options = options(operator)?;
        let axis = options.number(0)?;
        let rank = self.shape(to)?.len();
        ensure!(axis < rank, "an axis counted from behind");
        let axis = if rank == 4 { BACK[axis] } else { axis };
        let parts = 0..operator.inputs.len();
        let parts: Vec<String> = parts
            .map(|part| self.operand(operator, part))
            .collect::<Result<_>>()?;
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let attributes = [("axis", Number(axis))];
        self.node_and_activation("Concat", &parts, to, &attributes, options.byte(1)?)
    }

    /// x · clamp(x / 6 + 1 / 2, 0, 1), in the two steps that ONNX itself
    /// takes it apart into.
    fn hard_swish(&mut self, operator: &Operator<'_>, to: usize) -> Result<()> {
        let from = self.operand(operator, 0)?;
        let (share, to) = (format!("share{to}"), name(to));
        let line = [("alpha", Float(1.0 / 6.0)), ("beta", Float(0.5))];
        self.onnx.node("HardSigmoid", &[&from], &share, &line);
        self.onnx.node("Mul", &[&from, &share], &to, &[]);
        Ok(())
    }

    fn reshape(&mut self, operator: &Operator<'_>, to: usize) -> Result<()> {
        let from = self.place(operator, 0)?;
        let (shape, was) = (self.shape(to)?, self.shape(from)?.len());
        ensure!(shape.len() != 4, "a new shape of four dimensions");
        let mut source = name(from);
        if was == 4 {
            source = format!("back{to}");
            self.turn(&name(from), &source, &BACK);
        }
        let shape = self.onnx.numbers(&shape);
        self.onnx
            .node("Reshape", &[&source, &shape], &name(to), &[]);
        Ok(())
    }

    /// Options: corners aligned 2, centres at one half 3.
    fn resize(&mut self, operator: &Operator<'_>, to: usize) -> Result<()> {
        let options = options(operator)?;
        let half = options.byte(2)? == 0 && options.byte(3)? == 1;
        ensure!(half, "resizing by another rule");
        let from = self.operand(operator, 0)?;
        let shape = self.four(to)?;
        let size = self.onnx.numbers(&TURNED.map(|at| shape[at]));
        let attributes = [
            ("mode", Text("linear")),
            ("coordinate_transformation_mode", Text("half_pixel")),
        ];
        // The region and the scales are left out.
        self.onnx
            .node("Resize", &[&from, "", "", &size], &name(to), &attributes);
        Ok(())
    }

    fn pad(&mut self, operator: &Operator<'_>, to: usize) -> Result<()> {
        let bytes = self.bytes(self.place(operator, 1)?)?;
        let room: Vec<u32> = bytes
            .as_chunks::<4>()
            .0
            .iter()
            .map(|number| u32::from_le_bytes(*number))
            .collect();
        ensure!(room.len() == 8, "padding of other than four dimensions");
        let side = |side: usize| TURNED.map(|at| room[2 * at + side]);
        let room = [side(0), side(1)].concat();
        let room: Vec<usize> = room
            .into_iter()
            .map(usize::try_from)
            .collect::<Result<_, _>>()?;
        let from = self.operand(operator, 0)?;
        let room = self.onnx.numbers(&room);
        self.onnx.node("Pad", &[&from, &room], &name(to), &[]);
        Ok(())
    }

    fn shape(&self, tensor: usize) -> Result<Vec<usize>> {
        self.model.tensor(tensor)?.shape()
    }

    /// A shape as one of four dimensions, with ones in front.
    fn four(&self, tensor: usize) -> Result<[usize; 4]> {
        let shape = self.shape(tensor)?;
        ensure!(shape.len() <= 4, "a tensor of more than four dimensions");
        let mut four = [1; 4];
        four[4 - shape.len()..].copy_from_slice(&shape);
        Ok(four)
    }

    fn place(&self, operator: &Operator<'_>, index: usize) -> Result<usize> {
        let place = operator.inputs.get(index).copied();
        place.context("an operator has too few inputs")
    }

    /// An input's name; where it is constant, it is written first.
    fn operand(&mut self, operator: &Operator<'_>, index: usize) -> Result<String> {
        let place = self.place(operator, index)?;
        if self.bytes(place)?.is_empty() {
            return Ok(name(place));
        }
        self.turned_constant(place, &TURNED)
    }

    /// A constant's bytes, of f16 where it is kept so; none if it is none.
    fn bytes(&self, tensor: usize) -> Result<&[u8]> {
        let tensor = self.model.f16_of(tensor).unwrap_or(tensor);
        let place = self.model.constant(self.model.tensor(tensor)?)?;
        Ok(self.file.get(place).unwrap_or_default())
    }

    fn floats(&self, tensor: usize) -> Result<Vec<f32>> {
        let bytes = self.bytes(tensor)?;
        let source = self.model.f16_of(tensor).unwrap_or(tensor);
        let floats: Vec<f32> = match self.model.tensor(source)?.kind()? {
            0 => chunks(bytes, f32::from_le_bytes),
            FLOAT16 => chunks(bytes, |pair| f16::from_le_bytes(pair).to_f32()),
            other => bail!("a constant of kind {other}"),
        };
        let count: usize = self.shape(tensor)?.iter().product();
        ensure!(floats.len() == count, "a constant is cut off");
        Ok(floats)
    }

    fn turned_constant(&mut self, tensor: usize, order: &[usize; 4]) -> Result<String> {
        let (values, shape) = turned(&self.floats(tensor)?, self.four(tensor)?, order);
        Ok(self.onnx.floats(&shape, &values))
    }

    fn bias(&mut self, operator: &Operator<'_>) -> Result<String> {
        let bias = self.floats(self.place(operator, 2)?)?;
        Ok(self.onnx.floats(&[bias.len()], &bias))
    }

    fn turn(&mut self, from: &str, to: &str, order: &[usize; 4]) {
        self.onnx
            .node("Transpose", &[from], to, &[("perm", Numbers(order))]);
    }

    /// A node that ends in one of the schema's `ActivationFunctionType`.
    fn node_and_activation(
        &mut self,
        kind: &str,
        inputs: &[&str],
        to: usize,
        attributes: Attributes<'_>,
        activation: u8,
    ) -> Result<()> {
        match activation {
            0 => self.onnx.node(kind, inputs, &name(to), attributes),
            1 => {
                let before = format!("before{to}");
                self.onnx.node(kind, inputs, &before, attributes);
                self.onnx.node("Relu", &[&before], &name(to), &[]);
            }
            other => bail!("nobody has written activation {other} yet"),
        }
        Ok(())
    }
}

fn options<'a>(operator: &Operator<'a>) -> Result<Table<'a>> {
    operator.options.context("an operator has no options")
}

/// Steps down and across, of a convolution or a pool.
fn strides(options: Table<'_>) -> Result<[usize; 2]> {
    Ok([options.number(2)?, options.number(1)?])
}

/// The padding of a convolution or a pool; in both formats what is odd goes
/// behind.
fn padding(options: Table<'_>) -> Result<&'static str> {
    match options.byte(0)? {
        0 => Ok("SAME_UPPER"),
        1 => Ok("VALID"),
        other => bail!("padding of kind {other}"),
    }
}

fn chunks<const N: usize>(bytes: &[u8], number: impl Fn([u8; N]) -> f32) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|n| number(*n)).collect()
}

/// Values whose dimensions are put into another order, and their new shape.
fn turned(values: &[f32], shape: [usize; 4], order: &[usize; 4]) -> (Vec<f32>, [usize; 4]) {
    let steps = [
        shape[1] * shape[2] * shape[3],
        shape[2] * shape[3],
        shape[3],
        1,
    ];
    let (shape, steps) = (order.map(|at| shape[at]), order.map(|at| steps[at]));
    let mut turned = Vec::with_capacity(values.len());
    for a in 0..shape[0] {
        for b in 0..shape[1] {
            for c in 0..shape[2] {
                let from = a * steps[0] + b * steps[1] + c * steps[2];
                turned.extend((0..shape[3]).map(|d| values[from + d * steps[3]]));
            }
        }
    }
    (turned, shape)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_come_before_rows_and_columns() {
        // Two rows, one column, three channels.
        let values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let (planes, shape) = turned(&values, [1, 2, 1, 3], &TURNED);
        assert_eq!(shape, [1, 3, 2, 1]);
        assert_eq!(planes, [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
        assert_eq!(
            turned(&planes, shape, &BACK),
            (values.to_vec(), [1, 2, 1, 3])
        );
    }

    /// What the numbers are is seen in the browser: `bench vision` holds the
    /// two models' outputs against each other.
    #[test]
    fn every_operator_of_our_models_is_known() {
        let ops = crate::tools::at("tests/tflite/ops");
        let unused = ["relu6", "concatenation_last", "reshape_and_concatenation"];
        let mut seen = 0;
        for file in crate::tools::files(&[ops]).unwrap() {
            let is_model = file.extension().is_some_and(|e| e == "tflite");
            let name = file.file_stem().unwrap().to_string_lossy().into_owned();
            if is_model && !unused.iter().any(|u| name.contains(u)) {
                let bytes = std::fs::read(&file).unwrap();
                assert!(converted(&bytes).unwrap().len() > 100, "{name}");
                seen += 1;
            }
        }
        assert!(seen > 20);
        assert!(converted(b"no model").is_err());
    }
}
