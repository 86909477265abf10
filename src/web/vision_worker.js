// Starts the vision worker's wasm and tells it where its models are. It posts
// Ready once it has them; the page posts nothing before that.
import init, { start } from '@wasm/vision_worker/vision_worker.js';
import detector from '@models/detector.tflite?url';
import landmark from '@models/landmark.tflite?url';
import selfie from '@models/selfie.tflite?url';
import mesh from '@models/mesh.bin?url';

await init();
start([detector, landmark, selfie, mesh].map((path) => new URL(path, import.meta.url).href));
