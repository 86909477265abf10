// Starts the render worker's wasm. Its `main` listens for messages and posts
// Ready; the page posts nothing before that, so no message can be lost.
import init from '@wasm/render_worker/render_worker.js';

// What no browser reads is read by a module of its own, loaded when it is met.
globalThis.rareFormats = async () => {
  const module = await import('@wasm/rare_formats/rare_formats.js');
  await module.default();
  return module;
};
await init();
