// How fast the face models run in our interpreter, beside onnxruntime-web on
// the same models; and how fast a photo is read, beside @vladmandic/human. All
// in one headless Chromium, in one worker (vision_worker.js). Run by `cargo
// xtask bench vision`, which passes: CHROME, ROUNDS, OUT (JSON file), and the
// folders OURS (the wasm), MODELS, CONVERTED (the same models as ONNX) and
// PEERS (their npm packages).
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { chromium } from '@playwright/test';
import { BROWSER_ARGS } from '../browser.js';
import { quantile } from './quantile.js';

const ROUNDS = Number(process.env.ROUNDS ?? 41);
const { OURS, MODELS, CONVERTED, PEERS } = process.env;
// The outputs of both count as those of one model up to this share of their
// range, and the eyes as those of one face up to this share of their distance.
const SAME_OUTPUT = 1e-3;
const SAME_EYES = 0.1;
// At least so many times as fast as the peer.
const GOALS = { detector: 1, landmark: 1, selfie: 1, photo: 3 };

const FOLDERS = {
  '/bench/': import.meta.dirname,
  '/ours/': OURS,
  '/models/': MODELS,
  '/onnx/': CONVERTED,
  '/onnxruntime/': join(PEERS, 'onnxruntime-web/dist'),
  '/human/': join(PEERS, '@vladmandic/human/dist'),
  '/human-models/': join(PEERS, '@vladmandic/human/models'),
  '/tfjs/': join(PEERS, '@tensorflow/tfjs-backend-wasm/dist'),
};
const KINDS = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm', '.json': 'application/json' };

function file(path) {
  if (path === '/') return Buffer.from('<!doctype html><title>bench</title>');
  if (path === '/photo.jpg') return readFileSync('public/samples/front_light.jpg');
  const folder = Object.keys(FOLDERS).find((start) => path.startsWith(start));
  return readFileSync(join(FOLDERS[folder], path.slice(folder.length)));
}

const server = createServer(({ url }, answer) => {
  const path = new URL(url, 'http://localhost').pathname;
  try {
    const body = file(path);
    answer.writeHead(200, {
      'content-type': KINDS[extname(path)] ?? (path === '/' ? 'text/html' : 'application/octet-stream'),
      // Isolated, the browser's clocks tell 5 µs apart instead of 100.
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    });
    answer.end(body);
  } catch {
    answer.writeHead(404).end();
  }
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const base = `http://127.0.0.1:${server.address().port}/`;

const browser = await chromium.launch({
  executablePath: process.env.CHROME,
  // Everything is served from here; a peer that asks elsewhere gets nothing.
  args: [...BROWSER_ARGS, '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
});
const page = await browser.newPage();
const said = [];
page.on('console', (message) => said.push(message.text()));
await page.goto(base);
if (!(await page.evaluate(() => crossOriginIsolated))) throw new Error('the page is not isolated: its clocks are too coarse');
const answer = await page.evaluate((rounds) => new Promise((resolve) => {
  const worker = new Worker('/bench/vision_worker.js', { type: 'module' });
  worker.onerror = (event) => resolve({ error: `the worker does not start: ${event.message}` });
  worker.onmessage = ({ data }) => (data.ready ? worker.postMessage({ rounds }) : resolve(data));
}), ROUNDS);
const version = browser.version();
await browser.close();
server.close();
if (answer.error) throw new Error([answer.error, ...said].join('\n'));
const { measured } = answer;

const peerVersion = (name) => JSON.parse(readFileSync(join(PEERS, name, 'package.json'))).version;
const PEER = { photo: `human ${peerVersion('@vladmandic/human')}` };
const rows = Object.entries(measured.times).map(([name, { ours, peer }]) => ({
  what: name,
  peer: PEER[name] ?? `onnxruntime-web ${peerVersion('onnxruntime-web')}`,
  ours_p50_ms: quantile(ours, 0.5),
  ours_p95_ms: quantile(ours, 0.95),
  peer_p50_ms: quantile(peer, 0.5),
  peer_p95_ms: quantile(peer, 0.95),
  times_as_fast: quantile(peer, 0.5) / quantile(ours, 0.5),
  goal: GOALS[name],
}));

const fixed = (value, digits = 2) => value.toFixed(digits).padStart(9);
console.log(`one worker, one thread, ${ROUNDS} interleaved rounds, Chromium ${version}; photo ${measured.photo.join('×')}`);
console.log('what      ours p50  ours p95  peer p50  peer p95  × as fast      goal  peer');
for (const r of rows) {
  console.log(`${r.what.padEnd(9)}${[r.ours_p50_ms, r.ours_p95_ms, r.peer_p50_ms, r.peer_p95_ms, r.times_as_fast, r.goal].map((v) => fixed(v)).join(' ')}  ${r.peer}`);
}
const missed = rows
  .filter((r) => r.times_as_fast < r.goal)
  .map((r) => `missed: ${r.what} ${r.times_as_fast.toFixed(2)} × as fast as ${r.peer}, of ${r.goal}`);

for (const [name, outputs] of Object.entries(measured.apart)) {
  const shown = outputs.map(({ largest, share }) => `${largest.toExponential(1)} (${share.toExponential(1)} of its range)`);
  console.log(`${name}: outputs apart by at most ${shown.join(' and ')}`);
  if (!outputs.every(({ share }) => share <= SAME_OUTPUT)) missed.push(`failed: the outputs of ${name} are not those of one model`);
}

// Both must have read the same face, or their times mean nothing.
const { ours, peer } = measured.eyes;
const distance = ([ax, ay], [bx, by]) => Math.hypot(ax - bx, ay - by);
const eyes = peer ? Math.max(...ours.map((eye, i) => distance(eye, peer[i]))) / distance(...ours) : Infinity;
console.log(`photo: the eyes lie apart by at most ${(100 * eyes).toFixed(1)} % of their distance`);
if (!(eyes <= SAME_EYES)) missed.push('failed: the two have not read the same face');

writeFileSync(process.env.OUT, JSON.stringify({ browser: version, rounds: ROUNDS, rows, measured, eyes }, null, 2));
for (const line of missed) console.log(line);
process.exitCode = missed.length ? 1 : 0;
