// Starts the page's wasm and makes workers for it. Everything else is Rust.
import init, { start } from '@wasm/app/app.js';
import renderWorkerUrl from './render_worker.js?worker&url';
import visionWorkerUrl from './vision_worker.js?worker&url';
import detector from '@models/detector.tflite?url';
import landmark from '@models/landmark.tflite?url';
import selfie from '@models/selfie.tflite?url';
import mesh from '@models/mesh.bin?url';
import bytes from '@models/bytes.json';

const PATIENCE_MS = 15_000;

// The content security policy lets scripts and markup in only through these
// two policies. `smp` knows two workers. `default` is for leptos, which makes
// elements from constant markup with innerHTML: nothing that can run passes.
const CAN_RUN = /<(script|iframe|object|embed|base|link|meta)\b|[\s/]on\w+\s*=|srcdoc|javascript:/i;
globalThis.trustedTypes?.createPolicy('default', {
  createHTML: (html) => (CAN_RUN.test(html) ? null : html),
});
const WORKERS = { render: renderWorkerUrl, vision: visionWorkerUrl };
// Where each model's file is, and how long.
const MODELS = [[detector, 'detector.tflite'], [landmark, 'landmark.tflite'], [selfie, 'selfie.tflite'], [mesh, 'mesh.bin']]
  .map(([path, name]) => [new URL(path, import.meta.url).href, bytes[name]]);
const policy = globalThis.trustedTypes?.createPolicy('smp', {
  createScriptURL: (url) => {
    if (!Object.values(WORKERS).includes(url)) throw new TypeError('not one of our workers');
    return url;
  },
});

function spawn(name) {
  const url = WORKERS[name];
  return new Worker(policy ? policy.createScriptURL(url) : url, { type: 'module', name });
}

function say(text) {
  const status = document.getElementById('start-status');
  if (status) status.textContent = text;
}

const watchdog = setTimeout(
  () => say('The preview is taking longer than usual to start. Check your connection, then reload this page.'),
  PATIENCE_MS,
);

try {
  await init();
  start(spawn, MODELS);
} catch (error) {
  console.error(error);
  say('The preview could not start. Reload this page; if that does not help, open it in a current version of Chrome, Edge, Firefox or Safari.');
} finally {
  clearTimeout(watchdog);
}
