"""Answers of LiteRT for the tests of src/vision/tflite. Development only:

    pip install ai-edge-litert==2.3.0 numpy
    cargo xtask models
    python tests/tflite/reference.py

writes, the same bytes every time:
- ops/NAME.tflite, models of one operator, and ops/NAME.json, an input and
  LiteRT's output for each;
- models/NAME.json, LiteRT's outputs of the whole models (as they came, in
  target/models/original) for the picture that `pattern` makes.
"""
import json
import pathlib

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as S
from ai_edge_litert.interpreter import Interpreter, OpResolverType

HERE = pathlib.Path(__file__).parent
ORIGINALS = HERE.parent.parent / "target" / "models" / "original"
OP, OPTIONS = S.BuiltinOperator, S.BuiltinOptions
SAME, VALID = 0, 1
random = np.random.default_rng(7)


def numbers(*shape):
    return random.uniform(-1, 1, shape).astype(np.float32)


class Builder:
    """A model with one input, constants, and operators that follow each other."""

    def __init__(self, input_shape):
        self.graph = S.SubGraphT()
        self.graph.tensors, self.graph.operators = [], []
        self.model = S.ModelT()
        self.model.version, self.model.operatorCodes = 3, []
        self.model.buffers = [S.BufferT()]
        self.graph.inputs = [self.tensor(input_shape)]

    def tensor(self, shape, constant=None):
        tensor = S.TensorT()
        tensor.shape, tensor.buffer, tensor.name = list(shape), 0, str(len(self.graph.tensors))
        kinds = {"float32": 0, "float16": 1, "int32": 2}
        tensor.type = 0 if constant is None else kinds[str(constant.dtype)]
        if constant is not None:
            buffer = S.BufferT()
            buffer.data = np.frombuffer(constant.tobytes(), np.uint8)
            self.model.buffers.append(buffer)
            tensor.buffer = len(self.model.buffers) - 1
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def constant(self, array):
        return self.tensor(array.shape, array)

    def operator(self, code, inputs, out_shape, options=None, custom=None):
        opcode = S.OperatorCodeT()
        opcode.builtinCode, opcode.deprecatedBuiltinCode, opcode.version = code, min(code, 127), 1
        operator = S.OperatorT()
        if custom is not None:
            opcode.customCode, operator.customOptions = custom[0], np.frombuffer(custom[1], np.uint8)
        self.model.operatorCodes.append(opcode)
        operator.opcodeIndex = len(self.model.operatorCodes) - 1
        operator.inputs = inputs
        operator.outputs = [self.tensor(out_shape)]
        if options is not None:
            operator.builtinOptionsType = getattr(OPTIONS, type(options).__name__[:-1])
            operator.builtinOptions = options
        self.graph.operators.append(operator)
        return operator.outputs[0]

    def bytes(self, output):
        self.graph.outputs = [output]
        self.model.subgraphs = [self.graph]
        builder = flatbuffers.Builder(1024)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


def run(model, array):
    # Its plain kernels: the fast ones sum in another order, which shows where
    # numbers in the hundreds end in a logistic.
    plain = OpResolverType.BUILTIN_REF
    interpreter = Interpreter(model_content=model, num_threads=1, experimental_op_resolver_type=plain)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], array)
    interpreter.invoke()
    return [interpreter.get_tensor(out["index"]) for out in interpreter.get_output_details()]


def rounded(array):
    return [float(f"{v:.9g}") for v in np.ravel(array)]


def keep(name, model, array, outputs=None):
    outputs = run(model, array) if outputs is None else outputs
    folder = HERE / "ops"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.tflite").write_bytes(model)
    tensor = lambda a: {"shape": list(a.shape), "data": rounded(a)}
    answer = {"inputs": [tensor(array)], "outputs": [tensor(a) for a in outputs]}
    (folder / f"{name}.json").write_text(json.dumps(answer) + "\n")


def options(kind, **fields):
    made = kind()
    for field, value in fields.items():
        assert hasattr(made, field), field
        setattr(made, field, value)
    return made


def window(size, kernel, stride, padding):
    return -(-size // stride) if padding == SAME else (size - kernel) // stride + 1


def convolution(name, size, kernel, stride, padding, channels, outputs, activation=0, half=False):
    (h, w), (kh, kw), (sh, sw) = size, kernel, stride
    b = Builder([1, h, w, channels])
    filters, offsets = numbers(outputs, kh, kw, channels), numbers(outputs)
    operands = []
    for constant in [filters, offsets]:
        if half:
            short = b.constant(constant.astype(np.float16))
            operands.append(b.operator(OP.DEQUANTIZE, [short], constant.shape, S.DequantizeOptionsT()))
        else:
            operands.append(b.constant(constant))
    made = options(S.Conv2DOptionsT, padding=padding, strideH=sh, strideW=sw, fusedActivationFunction=activation,
                   dilationHFactor=1, dilationWFactor=1)
    shape = [1, window(h, kh, sh, padding), window(w, kw, sw, padding), outputs]
    out = b.operator(OP.CONV_2D, [0, *operands], shape, made)
    keep(f"conv_{name}", b.bytes(out), numbers(1, h, w, channels))


def depthwise(name, size, kernel, stride, padding, channels):
    (h, w), (kh, kw), (sh, sw) = size, kernel, stride
    b = Builder([1, h, w, channels])
    operands = [b.constant(numbers(1, kh, kw, channels)), b.constant(numbers(channels))]
    made = options(S.DepthwiseConv2DOptionsT, padding=padding, strideH=sh, strideW=sw, depthMultiplier=1,
                   dilationHFactor=1, dilationWFactor=1)
    shape = [1, window(h, kh, sh, padding), window(w, kw, sw, padding), channels]
    out = b.operator(OP.DEPTHWISE_CONV_2D, [0, *operands], shape, made)
    keep(f"depthwise_{name}", b.bytes(out), numbers(1, h, w, channels))


def pool(name, code, size, kernel, stride, padding, channels):
    (h, w), (kh, kw), (sh, sw) = size, kernel, stride
    b = Builder([1, h, w, channels])
    made = options(S.Pool2DOptionsT, padding=padding, strideH=sh, strideW=sw, filterHeight=kh, filterWidth=kw)
    shape = [1, window(h, kh, sh, padding), window(w, kw, sw, padding), channels]
    keep(name, b.bytes(b.operator(code, [0], shape, made)), numbers(1, h, w, channels))


def two(name, code, kind, first, second, activation=0):
    b = Builder(first)
    other = b.constant(numbers(*second))
    out = b.operator(code, [0, other], first, options(kind, fusedActivationFunction=activation))
    keep(name, b.bytes(out), numbers(*first))


def pointwise(name, code, shape, made=None):
    b = Builder(shape)
    keep(name, b.bytes(b.operator(code, [0], shape, made)), 6 * numbers(*shape))


def operators():
    # As the models have them: kernels, steps and paddings; and leftovers on
    # every side, and channels that are no multiple of what is done at once.
    convolution("1x1", (4, 5), (1, 1), (1, 1), VALID, 6, 42)
    convolution("1x1_one", (3, 3), (1, 1), (1, 1), VALID, 16, 1)
    convolution("5x5_step2_same", (12, 12), (5, 5), (2, 2), SAME, 3, 24)
    convolution("3x3_step2_same_odd", (9, 7), (3, 3), (2, 2), SAME, 3, 5)
    convolution("3x3_same", (6, 8), (3, 3), (1, 1), SAME, 4, 8)
    convolution("3x3_step3_valid", (3, 3), (3, 3), (3, 3), VALID, 8, 9)
    convolution("2x2_step2_valid", (6, 7), (2, 2), (2, 2), VALID, 5, 7)
    convolution("uneven", (5, 9), (1, 3), (2, 1), SAME, 2, 3)
    convolution("relu", (4, 4), (1, 1), (1, 1), VALID, 4, 4, activation=1)
    convolution("relu6", (4, 4), (3, 3), (1, 1), SAME, 9, 4, activation=3)
    convolution("half", (4, 4), (3, 3), (1, 1), VALID, 4, 8, half=True)
    depthwise("3x3", (5, 6), (3, 3), (1, 1), SAME, 8)
    depthwise("3x3_step2_even", (8, 8), (3, 3), (2, 2), SAME, 16)
    depthwise("3x3_step2_odd", (7, 9), (3, 3), (2, 2), SAME, 4)
    depthwise("5x5", (6, 5), (5, 5), (1, 1), SAME, 12)
    depthwise("5x5_step2", (9, 10), (5, 5), (2, 2), SAME, 4)
    depthwise("42_channels", (4, 4), (3, 3), (1, 1), SAME, 42)
    depthwise("valid", (5, 5), (3, 3), (1, 1), VALID, 6)
    pool("max_pool_same", OP.MAX_POOL_2D, (5, 6), (2, 2), (2, 2), SAME, 5)
    pool("max_pool_valid", OP.MAX_POOL_2D, (6, 7), (2, 2), (2, 2), VALID, 8)
    pool("mean_pool_whole", OP.AVERAGE_POOL_2D, (16, 16), (16, 16), (16, 16), VALID, 6)
    pool("mean_pool_same", OP.AVERAGE_POOL_2D, (5, 5), (3, 3), (2, 2), SAME, 4)
    two("add", OP.ADD, S.AddOptionsT, [1, 3, 4, 6], [1, 3, 4, 6])
    two("add_relu", OP.ADD, S.AddOptionsT, [1, 3, 4, 6], [1, 3, 4, 6], activation=1)
    two("mul", OP.MUL, S.MulOptionsT, [1, 3, 4, 6], [1, 3, 4, 6])
    two("mul_per_channel", OP.MUL, S.MulOptionsT, [1, 3, 4, 6], [1, 1, 1, 6])
    two("mul_by_one", OP.MUL, S.MulOptionsT, [1, 5, 2], [1])
    pointwise("relu", OP.RELU, [1, 3, 3, 5])
    pointwise("relu6", OP.RELU6, [1, 3, 3, 5])
    pointwise("hard_swish", OP.HARD_SWISH, [1, 3, 3, 5], S.HardSwishOptionsT())
    pointwise("logistic", OP.LOGISTIC, [1, 3, 3, 5])

    b = Builder([1, 3, 4, 6])
    slopes = b.constant(numbers(1, 1, 6))
    keep("prelu", b.bytes(b.operator(OP.PRELU, [0, slopes], [1, 3, 4, 6])), numbers(1, 3, 4, 6))

    for name, room, shape in [
        ("pad_channels", [[0, 0], [0, 0], [0, 0], [0, 5]], [1, 3, 4, 11]),
        ("pad_sides", [[0, 0], [1, 2], [0, 3], [0, 0]], [1, 6, 7, 6]),
    ]:
        b = Builder([1, 3, 4, 6])
        out = b.operator(OP.PAD, [0, b.constant(np.array(room, np.int32))], shape, S.PadOptionsT())
        keep(name, b.bytes(out), numbers(1, 3, 4, 6))

    # The same numbers by other names, joined; the activation between the two
    # has a second reader.
    b = Builder([1, 4, 2, 6])
    active = b.operator(OP.RELU, [0], [1, 4, 2, 6])
    first = b.operator(OP.RESHAPE, [active], [1, 16, 3], options(S.ReshapeOptionsT, newShape=[1, -1, 3]))
    second = b.operator(OP.RESHAPE, [0], [1, 16, 3], options(S.ReshapeOptionsT, newShape=[1, -1, 3]))
    third = b.operator(OP.RESHAPE, [active], [1, 16, 3], options(S.ReshapeOptionsT, newShape=[1, -1, 3]))
    out = b.operator(OP.CONCATENATION, [first, second, third], [1, 48, 3], options(S.ConcatenationOptionsT, axis=1))
    keep("reshape_and_concatenation", b.bytes(out), numbers(1, 4, 2, 6))
    b = Builder([1, 3, 2, 4])
    twice = b.operator(OP.HARD_SWISH, [0], [1, 3, 2, 4], S.HardSwishOptionsT())
    out = b.operator(OP.CONCATENATION, [0, twice], [1, 3, 2, 8], options(S.ConcatenationOptionsT, axis=-1))
    keep("concatenation_last", b.bytes(out), numbers(1, 3, 2, 4))

    for name, size in [("up_2", [8, 10]), ("up_4", [16, 20]), ("down", [3, 2]), ("same", [4, 5])]:
        b = Builder([1, 4, 5, 3])
        made = options(S.ResizeBilinearOptionsT, alignCorners=False, halfPixelCenters=True)
        out = b.operator(OP.RESIZE_BILINEAR, [0, b.constant(np.array(size, np.int32))], [1, *size, 3], made)
        keep(f"resize_{name}", b.bytes(out), numbers(1, 4, 5, 3))

    # LiteRT does not know this one: MediaPipe's own operator.
    for name, kernel, stride in [("transpose_2x2", 2, 2), ("transpose_3x3", 3, 2), ("transpose_4x4", 4, 2)]:
        b = Builder([1, 4, 6, 5])
        filters, bias = numbers(2, kernel, kernel, 5), numbers(2)
        custom = (b"Convolution2DTransposeBias", np.array([1, stride, stride], np.int32).tobytes())
        out = b.operator(OP.CUSTOM, [0, b.constant(filters), b.constant(bias)], [1, 4 * stride, 6 * stride, 2], custom=custom)
        array = numbers(1, 4, 6, 5)
        keep(name, b.bytes(out), array, [transposed(array, filters, bias, stride)])


def transposed(array, filters, bias, stride):
    """mediapipe/util/tflite/operations/transpose_conv_bias.cc, padding "same":
    every place of the input is spread over a window of the result; what the
    window is larger than the step is cut off, half of it before. The result is
    the input times the step where the step divides the input and is no larger
    than the window; else that source has it otherwise."""
    assert array.shape[1] % stride == array.shape[2] % stride == 0 and filters.shape[1] >= stride
    _, h, w, _ = array.shape
    outputs, kernel = filters.shape[0], filters.shape[1]
    before = max(kernel - stride, 0) // 2
    out = np.zeros([1, h * stride, w * stride, outputs]) + bias.astype(np.float64)
    for y in range(h):
        for x in range(w):
            for ky in range(kernel):
                for kx in range(kernel):
                    oy, ox = y * stride + ky - before, x * stride + kx - before
                    if 0 <= oy < h * stride and 0 <= ox < w * stride:
                        out[0, oy, ox] += filters[:, ky, kx].astype(np.float64) @ array[0, y, x]
    return out.astype(np.float32)


def pattern(side):
    """A picture anybody can make again: slow waves, some noise, 0 to 1."""
    i = np.arange(side * side * 3, dtype=np.uint64)
    place, c = i // 3, (i % 3).astype(np.float64)
    y, x = (place // side).astype(np.float64), (place % side).astype(np.float64)
    wave = lambda t: 2 * np.abs(2 * (t - np.floor(t + 0.5))) - 1
    noise = (((i * 2654435761 + 12345) % 2**32 >> 8) & 0xFFFF).astype(np.float64) / 65535
    value = 0.5 + 0.35 * wave(x * 7 / side) * wave(y * 5 / side) + 0.1 * (noise - 0.5) + 0.02 * c
    return value.astype(np.float32).reshape(1, side, side, 3)


def somebody(side):
    """1 within an ellipse below the middle, 0 around it."""
    y, x = np.mgrid[0:side, 0:side] / side
    inside = (y - 0.55) ** 2 / 0.09 + (x - 0.5) ** 2 / 0.05 < 1
    return inside.astype(np.float32).reshape(1, side, side, 1)


def whole_models():
    folder = HERE / "models"
    folder.mkdir(exist_ok=True)
    for name, side in [("detector", 128), ("landmark", 192), ("selfie", 256)]:
        content = (ORIGINALS / f"{name}.tflite").read_bytes()
        array = pattern(side)
        if name == "detector":
            array = 2 * array - 1
        if name == "selfie":
            # Of the plain pattern it is all too sure: nearly every answer is 1.
            array = array * 0.5 * somebody(side)
        outputs = run(content, array) if name != "selfie" else selfie(content, array)
        sampled = []
        for out in outputs:
            stride = max(1, out.size // 800)
            sampled.append({"shape": list(out.shape), "stride": stride, "data": rounded(np.ravel(out)[::stride])})
        (folder / f"{name}.json").write_text(json.dumps({"outputs": sampled}) + "\n")


def selfie(content, array):
    """LiteRT runs it up to its custom operator, numpy the rest."""
    model = S.ModelT.InitFromObj(S.Model.GetRootAs(content, 0))
    graph = model.subgraphs[0]
    custom = next(i for i, op in enumerate(graph.operators) if model.operatorCodes[op.opcodeIndex].customCode)
    last = graph.operators[custom]
    assert custom == len(graph.operators) - 2, "an activation follows"
    names = {out: op for op in graph.operators for out in op.outputs}

    def constant(place):
        source = names[place].inputs[0] if place in names else place
        tensor = graph.tensors[source]
        return np.frombuffer(bytes(model.buffers[tensor.buffer].data), np.float16 if tensor.type == 1 else np.float32).reshape(tensor.shape)

    filters, bias = constant(last.inputs[1]).astype(np.float32), constant(last.inputs[2]).astype(np.float32)
    padding, across, down = np.frombuffer(bytes(last.customOptions[:12]), np.int32)
    assert (padding, across, down) == (1, 2, 2)
    graph.operators, graph.outputs = graph.operators[:custom], [last.inputs[0]]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    before = run(bytes(builder.Output()), array)[0]
    return [1 / (1 + np.exp(-transposed(before, filters, bias, 2).astype(np.float64)))]


operators()
whole_models()
files = sorted(path for path in HERE.rglob("*") if path.suffix in {".json", ".tflite"})
print(f"{len(files)} files, {sum(path.stat().st_size for path in files)} bytes")
