// Starts the vision worker's wasm. Its `main` listens for messages and posts
// Ready; the page posts nothing before that, so no message can be lost.
import init from '@wasm/vision_worker/vision_worker.js';

await init();
