// The browser's side of `cargo xtask bench vision`: ours and both peers in one
// worker, each warm, on one thread, on the same numbers. Every round times
// each once; who begins changes from round to round.
import init, { Bench } from '/ours/vision_bench.js';
import * as ort from '/onnxruntime/ort.wasm.bundle.min.mjs';
import { Human } from '/human/human.esm.js';

// What the worker keeps of a photo, on its longer edge.
const WORKING_PX = 2048;
// Sides of the models' pictures, and where their numbers begin and end.
const MODELS = { detector: [128, -1, 1], landmark: [192, 0, 1], selfie: [256, 0, 1] };
// By then nothing gets faster any more: the last ten rounds take what the first
// ten that count took.
const WARM_UPS = 10;

const bytes = async (address) => {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
};

async function ours() {
  await init();
  return new Bench(...await Promise.all(['detector.tflite', 'landmark.tflite', 'selfie.tflite', 'mesh.bin'].map((file) => bytes(`/models/${file}`))));
}

async function sessions() {
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = '/onnxruntime/';
  const made = {};
  for (const name of Object.keys(MODELS)) {
    made[name] = await ort.InferenceSession.create(await bytes(`/onnx/${name}.onnx`), {
      executionProviders: ['wasm'],
      graphOptimizationLevel: 'all',
    });
  }
  return made;
}

// Detector, mesh and iris; nothing else, and nothing kept from the time before.
async function reader() {
  const off = { enabled: false };
  const human = new Human({
    backend: 'wasm',
    wasmPath: '/tfjs/',
    modelBasePath: '/human-models/',
    cacheSensitivity: 0,
    warmup: 'none',
    filter: off,
    gesture: off,
    face: { enabled: true, mesh: { enabled: true }, iris: { enabled: true }, attention: off, emotion: off, description: off, antispoof: off, liveness: off },
    body: off,
    hand: off,
    object: off,
    segmentation: off,
  });
  human.tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  await human.load();
  return human;
}

// A photo's pixels, at most so large, in the whole of a canvas.
function drawn(bitmap, width, height) {
  const canvas = new OffscreenCanvas(width, height);
  const ctx = canvas.getContext('2d', { willReadFrequently: true });
  ctx.imageSmoothingQuality = 'high';
  ctx.drawImage(bitmap, 0, 0, width, height);
  return ctx.getImageData(0, 0, width, height);
}

// Red, green and blue as a model takes them.
function numbers({ data }, from, to) {
  const input = new Float32Array((data.length / 4) * 3);
  for (let i = 0, k = 0; i < data.length; i += 4) {
    for (let c = 0; c < 3; c++) input[k++] = from + (data[i + c] / 255) * (to - from);
  }
  return input;
}

// The largest difference of two outputs, and what share it is of their range
// (of the number itself where there is one alone).
function difference(a, b) {
  if (a.length !== b.length) throw new Error(`outputs of ${a.length} and ${b.length} numbers`);
  let [largest, low, high] = [0, Infinity, -Infinity];
  for (let i = 0; i < a.length; i++) {
    // Nothing is larger than what is no number.
    const apart = Math.abs(a[i] - b[i]);
    if (!(apart <= largest)) largest = apart;
    low = Math.min(low, b[i]);
    high = Math.max(high, b[i]);
  }
  return { largest, share: largest / (a.length > 1 ? high - low : Math.abs(high)) };
}

async function measure(rounds) {
  const [bench, theirs, human] = [await ours(), await sessions(), await reader()];
  const bitmap = await createImageBitmap(new Blob([await bytes('/photo.jpg')]));
  const scale = Math.min(1, WORKING_PX / Math.max(bitmap.width, bitmap.height));
  const photo = drawn(bitmap, Math.round(bitmap.width * scale), Math.round(bitmap.height * scale));

  // What is timed: pairs of ours and a peer.
  const pairs = {};
  for (const [name, [side, from, to]] of Object.entries(MODELS)) {
    const input = numbers(drawn(bitmap, side, side), from, to);
    const session = theirs[name];
    const tensor = () => ({ [session.inputNames[0]]: new ort.Tensor('float32', input, [1, side, side, 3]) });
    pairs[name] = {
      ours: () => bench.run(name, input),
      peer: async () => {
        const outputs = await session.run(tensor());
        return session.outputNames.map((output) => outputs[output].data);
      },
    };
  }
  const pixels = new Uint8Array(photo.data.buffer);
  pairs.photo = {
    ours: () => bench.read(photo.width, photo.height, pixels),
    peer: () => human.detect(photo),
  };

  const times = {};
  const answers = {};
  for (let round = -WARM_UPS; round < rounds; round++) {
    for (const [name, pair] of Object.entries(pairs)) {
      for (const who of round % 2 ? ['ours', 'peer'] : ['peer', 'ours']) {
        // What the last one left to be done is done outside the timing.
        await new Promise((resolve) => setTimeout(resolve, 10));
        const start = performance.now();
        const answer = await pair[who]();
        const ms = performance.now() - start;
        (answers[name] ??= {})[who] = answer;
        if (round >= 0) ((times[name] ??= {})[who] ??= []).push(ms);
      }
    }
  }

  const apart = {};
  for (const name of Object.keys(MODELS)) {
    const { ours: a, peer: b } = answers[name];
    if (a.length !== b.length) throw new Error(`${name}: ${a.length} and ${b.length} outputs`);
    apart[name] = a.map((output, i) => difference(output, b[i]));
  }
  // Both eyes by both, px, in the order of the picture.
  const longer = Math.max(photo.width, photo.height);
  const [rx, ry, lx, ly] = [...answers.photo.ours].map((v) => v * longer);
  const seen = answers.photo.peer.face.map(({ annotations: { rightEyeIris: [r], leftEyeIris: [l] } }) => [r, l].map(([x, y]) => [x, y]));
  const eyes = { ours: [[rx, ry], [lx, ly]], peer: seen[0] };
  for (const pair of Object.values(eyes)) pair?.sort((a, b) => a[0] - b[0]);
  const backend = { human: human.tf.getBackend(), threads: human.tf.env().get('WASM_HAS_MULTITHREAD_SUPPORT'), simd: human.tf.env().get('WASM_HAS_SIMD_SUPPORT') };
  return { photo: [photo.width, photo.height], times, apart, eyes, backend };
}

onmessage = async ({ data: { rounds } }) => {
  try {
    postMessage({ measured: await measure(rounds) });
  } catch (error) {
    postMessage({ error: `${error?.stack ?? error}` });
  }
};
postMessage({ ready: true });
