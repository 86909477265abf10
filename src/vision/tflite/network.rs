//! A model made ready to run: its operators as kernels, one after the other,
//! and the buffers they read and write, planned once and used again.

use super::error::{ModelError, Refusal};
use super::file::{ModelFile, OperatorInFile, TensorInFile};
use super::flatbuffer::Table;
use super::operators::{self, Meaning};
use super::pointwise::Activation;
use super::shape::Shape;

/// What an operator does to numbers.
pub(super) trait Kernel: Send {
    /// Makes `out` of the inputs that [`Built::inputs`] named. All lengths are
    /// those of the shapes it was built for. `scratch` is anybody's.
    fn run(&self, inputs: &[&[f32]], out: &mut [f32], scratch: &mut Vec<f32>);
}

/// An operator made ready.
pub(super) struct Built {
    /// Shape of its result.
    pub(super) shape: Shape,
    pub(super) kernel: Box<dyn Kernel>,
    /// The schema's `ActivationFunctionType` that it ends in.
    pub(super) activation: i8,
    /// Which operands the kernel reads as it runs, in its order. The others
    /// are constants it has taken in.
    pub(super) inputs: Vec<usize>,
}

/// An operator's operands and options while it is made ready.
pub(super) struct Operands<'a> {
    file: &'a ModelFile<'a>,
    operator: &'a OperatorInFile<'a>,
    /// Where a tensor's constant numbers are to be read.
    widened: &'a [Option<usize>],
}

impl<'a> Operands<'a> {
    /// Number of operands.
    pub(super) fn len(&self) -> usize {
        self.operator.inputs.len()
    }

    /// Which tensor an operand is; none where it is left out.
    fn place(&self, index: usize) -> Option<usize> {
        self.operator.inputs.get(index).copied().flatten()
    }

    fn tensor(&self, index: usize) -> Result<&'a TensorInFile<'a>, Refusal> {
        self.place(index)
            .and_then(|place| self.file.tensors.get(place))
            .ok_or(Refusal::Inconsistent("an operand is missing"))
    }

    /// Shape of an operand.
    pub(super) fn shape(&self, index: usize) -> Result<Shape, Refusal> {
        Ok(self.tensor(index)?.shape)
    }

    /// A constant operand's numbers.
    pub(super) fn floats(&self, index: usize) -> Result<Vec<f32>, Refusal> {
        self.tensor(index)?;
        let source = self.place(index).map(|place| stored(self.widened, place));
        source
            .and_then(|source| self.file.tensors.get(source)?.floats())
            .ok_or(Refusal::Unsupported("an operand that is not constant"))
    }

    /// As [`Operands::floats`], of exactly `count`; zeros where left out.
    pub(super) fn bias(&self, index: usize, count: usize) -> Result<Vec<f32>, Refusal> {
        if self.place(index).is_none() {
            return Ok(vec![0.0; count]);
        }
        let bias = self.floats(index)?;
        if bias.len() == count {
            Ok(bias)
        } else {
            Err(Refusal::Inconsistent(
                "a bias for another number of channels",
            ))
        }
    }

    /// A constant operand's whole numbers.
    pub(super) fn i32s(&self, index: usize) -> Result<Vec<i32>, Refusal> {
        let numbers = self.tensor(index)?.i32s();
        numbers.ok_or(Refusal::Unsupported("an operand that is not constant"))
    }

    /// An operand's dimension, counted as the file does, as that of its shape.
    pub(super) fn axis(&self, index: usize, axis: i32) -> Result<usize, Refusal> {
        let rank = self.tensor(index)?.rank;
        let axis = usize::try_from(axis).or_else(|_| {
            let behind = usize::try_from(-i64::from(axis)).unwrap_or(usize::MAX);
            rank.checked_sub(behind)
                .ok_or(Refusal::Inconsistent("a dimension that is not there"))
        })?;
        if axis < rank {
            Ok(axis + 4 - rank)
        } else {
            Err(Refusal::Inconsistent("a dimension that is not there"))
        }
    }

    /// The operator's options.
    pub(super) fn options(&self) -> Result<Table<'a>, Refusal> {
        let options = self.operator.options;
        options.ok_or(Refusal::Inconsistent("its options are missing"))
    }

    /// A custom operator's options.
    pub(super) fn custom(&self) -> &'a [u8] {
        self.operator.custom_options
    }
}

/// Where a tensor's constant numbers stand: in the short one it widens, or in
/// itself.
fn stored(widened: &[Option<usize>], place: usize) -> usize {
    widened.get(place).copied().flatten().unwrap_or(place)
}

/// A model that runs.
pub struct Network {
    input: Shape,
    /// The buffer that the input is put into.
    input_slot: usize,
    outputs: Vec<Read>,
    steps: Vec<Step>,
    constants: Vec<Vec<f32>>,
    slots: Vec<Vec<f32>>,
    scratch: Vec<f32>,
}

/// One kernel and what it works on.
struct Step {
    kernel: Box<dyn Kernel>,
    activations: Vec<Activation>,
    inputs: Vec<Read>,
    slot: usize,
    len: usize,
}

/// Where numbers are read.
#[derive(Debug, Clone, Copy)]
enum Read {
    Slot { slot: usize, len: usize },
    Constant(usize),
}

impl Network {
    /// Makes a `.tflite` file's model ready.
    ///
    /// # Errors
    /// [`ModelError`] for anything that is not a whole model of operators
    /// known here; every check is made now, none is left to the run.
    pub fn new(file: &[u8]) -> Result<Self, ModelError> {
        let file = ModelFile::read(file)?;
        let mut graph = Graph::new(&file)?;
        for (index, operator) in file.operators.iter().enumerate() {
            graph.add(index, operator)?;
        }
        graph.finish()
    }

    fn read(&self, read: &Read) -> &[f32] {
        match *read {
            // Both were made by the plan: the lists are long enough.
            Read::Slot { slot, len } => &self.slots[slot][..len],
            Read::Constant(index) => &self.constants[index],
        }
    }
}

impl super::Model for Network {
    fn input(&self) -> Shape {
        self.input
    }

    fn run(&mut self, input: &[f32]) -> Result<Vec<&[f32]>, ModelError> {
        if input.len() != self.input.len() {
            return Err(ModelError::Input {
                expected: self.input,
                found: input.len(),
            });
        }
        self.slots[self.input_slot][..input.len()].copy_from_slice(input);
        let mut scratch = std::mem::take(&mut self.scratch);
        for index in 0..self.steps.len() {
            let slot = self.steps[index].slot;
            let mut buffer = std::mem::take(&mut self.slots[slot]);
            let step = &self.steps[index];
            let out = &mut buffer[..step.len];
            let inputs: Vec<&[f32]> = step.inputs.iter().map(|read| self.read(read)).collect();
            step.kernel.run(&inputs, out, &mut scratch);
            for activation in &step.activations {
                activation.apply(out);
            }
            self.slots[slot] = buffer;
        }
        self.scratch = scratch;
        Ok(self.outputs.iter().map(|read| self.read(read)).collect())
    }
}

/// A model while it is put together. Values are named by their tensors; an
/// alias is another name for the same numbers.
struct Graph<'a> {
    file: &'a ModelFile<'a>,
    /// Per tensor, the float16 constant it widens, where it does.
    widened: Vec<Option<usize>>,
    /// Per tensor, whose numbers it has; none before it is known.
    alias: Vec<Option<usize>>,
    /// Per tensor, how often it is read, by operators and as an output.
    reads: Vec<usize>,
    nodes: Vec<Node>,
}

struct Node {
    kernel: Box<dyn Kernel>,
    activations: Vec<Activation>,
    inputs: Vec<usize>,
    output: usize,
}

/// Most numbers in all buffers together: 64 Mi, 256 MB.
const MOST_NUMBERS: usize = 1 << 26;

impl<'a> Graph<'a> {
    fn new(file: &'a ModelFile<'a>) -> Result<Self, ModelError> {
        let [input] = file.inputs.as_slice() else {
            return Err(ModelError::Unsupported {
                operator: 0,
                why: "the model has not exactly one input",
            });
        };
        let mut reads = vec![0; file.tensors.len()];
        let operands = file
            .operators
            .iter()
            .flat_map(|operator| operator.inputs.iter().flatten());
        for place in operands.chain(&file.outputs) {
            reads[*place] += 1;
        }
        let mut alias = vec![None; file.tensors.len()];
        alias[*input] = Some(*input);
        Ok(Self {
            file,
            widened: vec![None; file.tensors.len()],
            alias,
            reads,
            nodes: Vec::new(),
        })
    }

    fn add(&mut self, index: usize, operator: &OperatorInFile<'_>) -> Result<(), ModelError> {
        let refused = |refusal: Refusal| refusal.of(index);
        let [output] = operator.outputs.as_slice() else {
            return Err(refused(Refusal::Unsupported("not exactly one result")));
        };
        if self.alias[*output].is_some() || self.file.tensors[*output].constant.is_some() {
            return Err(refused(Refusal::Inconsistent(
                "its result is there already",
            )));
        }
        let first = operator.inputs.first().copied().flatten();
        let operands = Operands {
            file: self.file,
            operator,
            widened: &self.widened,
        };
        match operators::meaning(operator.code, &operands).map_err(refused)? {
            Meaning::Widen => {
                // Only constants are stored short.
                operands.floats(0).map_err(refused)?;
                self.same_shape(&operands, *output).map_err(refused)?;
                self.widened[*output] = first;
            }
            Meaning::Rename => {
                let source = self.known(first).map_err(refused)?;
                let [from, to] =
                    [source, *output].map(|place| self.file.tensors[place].shape.len());
                if from != to {
                    return Err(refused(Refusal::Inconsistent("another number of numbers")));
                }
                self.join(source, *output);
            }
            Meaning::Activate(activation) => {
                let source = self.known(first).map_err(refused)?;
                self.same_shape(&operands, *output).map_err(refused)?;
                let maker = self.nodes.iter_mut().find(|node| node.output == source);
                match maker.filter(|_| self.reads[source] == 1) {
                    // Nobody else sees the numbers before it.
                    Some(maker) => {
                        maker.activations.push(activation);
                        self.reads[source] = 0;
                        self.join(source, *output);
                    }
                    None => {
                        let built = super::pointwise::alone(&operands, activation);
                        self.push(built.map_err(refused)?, operator, *output)
                            .map_err(refused)?;
                    }
                }
            }
            Meaning::Run(built) => self.push(built, operator, *output).map_err(refused)?,
        }
        Ok(())
    }

    fn same_shape(&self, operands: &Operands<'_>, output: usize) -> Result<(), Refusal> {
        if operands.shape(0)? == self.file.tensors[output].shape {
            Ok(())
        } else {
            Err(Refusal::Inconsistent("its result has another shape"))
        }
    }

    /// `output` is from now on another name of `source`.
    fn join(&mut self, source: usize, output: usize) {
        self.alias[output] = Some(source);
        self.reads[source] += self.reads[output];
    }

    /// Whose numbers an operand has, once they are worked out.
    fn known(&self, place: Option<usize>) -> Result<usize, Refusal> {
        place
            .and_then(|place| self.alias[place])
            .ok_or(Refusal::Inconsistent("an operand that nobody makes"))
    }

    fn push(
        &mut self,
        built: Built,
        operator: &OperatorInFile<'_>,
        output: usize,
    ) -> Result<(), Refusal> {
        if built.shape != self.file.tensors[output].shape {
            return Err(Refusal::Inconsistent("its result has another shape"));
        }
        let mut inputs = Vec::new();
        for index in built.inputs {
            let place = operator.inputs.get(index).copied().flatten();
            let constant = place.map(|place| stored(&self.widened, place));
            let constant = constant.filter(|source| self.file.tensors[*source].has_floats());
            inputs.push(match constant {
                Some(source) => source,
                None => self.known(place)?,
            });
        }
        self.alias[output] = Some(output);
        self.nodes.push(Node {
            kernel: built.kernel,
            activations: Activation::fused(built.activation)?.into_iter().collect(),
            inputs,
            output,
        });
        Ok(())
    }

    /// Plans the buffers: a result takes one that nobody needs any more.
    fn finish(self) -> Result<Network, ModelError> {
        let output = |place: &usize| {
            self.alias[*place].ok_or(ModelError::Inconsistent {
                operator: self.file.operators.len(),
                why: "a result of the model that nobody makes",
            })
        };
        let outputs: Vec<usize> = self
            .file
            .outputs
            .iter()
            .map(output)
            .collect::<Result<_, _>>()?;
        let mut last_read = vec![0; self.file.tensors.len()];
        for (index, node) in self.nodes.iter().enumerate() {
            for input in &node.inputs {
                last_read[*input] = index;
            }
        }
        for output in &outputs {
            last_read[*output] = usize::MAX;
        }
        let input = self.file.inputs[0];
        let len = |place: usize| self.file.tensors[place].shape.len();
        let mut plan = Plan::default();
        let mut network = Network {
            input: self.file.tensors[input].shape,
            input_slot: plan.take(input, len(input)),
            outputs: Vec::new(),
            steps: Vec::new(),
            constants: Vec::new(),
            slots: Vec::new(),
            scratch: Vec::new(),
        };
        for (index, node) in self.nodes.into_iter().enumerate() {
            let slot = plan.take(node.output, len(node.output));
            let inputs = node.inputs.iter().map(|place| {
                plan.read(*place, len(*place)).or_else(|| {
                    network.constants.push(self.file.tensors[*place].floats()?);
                    Some(Read::Constant(network.constants.len() - 1))
                })
            });
            let inputs = inputs.collect::<Option<Vec<Read>>>();
            network.steps.push(Step {
                kernel: node.kernel,
                activations: node.activations,
                inputs: inputs.ok_or(ModelError::Inconsistent {
                    operator: index,
                    why: "an operand that nobody makes",
                })?,
                slot,
                len: len(node.output),
            });
            plan.free(|place| last_read[place] <= index);
        }
        let reads = outputs.iter().map(|place| plan.read(*place, len(*place)));
        network.outputs = reads.collect::<Option<_>>().unwrap_or_default();
        if plan.lens.iter().sum::<usize>() > MOST_NUMBERS {
            return Err(ModelError::TooLarge);
        }
        network.slots = plan.lens.iter().map(|len| vec![0.0; *len]).collect();
        Ok(network)
    }
}

/// Which buffer holds which tensor.
#[derive(Default)]
struct Plan {
    lens: Vec<usize>,
    holds: Vec<Option<usize>>,
}

impl Plan {
    /// A buffer for a tensor: of the free ones the smallest that is large
    /// enough, else the largest, which grows.
    fn take(&mut self, tensor: usize, len: usize) -> usize {
        let free = (0..self.lens.len()).filter(|slot| self.holds[*slot].is_none());
        let best = free.min_by_key(|slot| {
            let has = self.lens[*slot];
            (has < len, if has < len { usize::MAX - has } else { has })
        });
        let slot = best.unwrap_or_else(|| {
            self.lens.push(0);
            self.holds.push(None);
            self.lens.len() - 1
        });
        self.lens[slot] = self.lens[slot].max(len);
        self.holds[slot] = Some(tensor);
        slot
    }

    fn read(&self, tensor: usize, len: usize) -> Option<Read> {
        let slot = self.holds.iter().position(|held| *held == Some(tensor))?;
        Some(Read::Slot { slot, len })
    }

    fn free(&mut self, done: impl Fn(usize) -> bool) {
        for held in &mut self.holds {
            *held = held.filter(|tensor| !done(*tensor));
        }
    }
}
