import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

// `cargo xtask build` runs this after wasm-bindgen has filled target/web.
export default defineConfig({
  // Relative addresses: the site may be hosted under any path.
  base: './',
  publicDir: 'public',
  resolve: { alias: { '@wasm': path('./target/web'), '@models': path('./target/models') } },
  build: {
    outDir: 'target/dist',
    emptyOutDir: true,
    // A data: address would need a wider content security policy.
    assetsInlineLimit: 0,
    // What has wasm SIMD and OffscreenCanvas (ux.md §6): Safari 16.4.
    target: ['chrome105', 'firefox105', 'safari16.4'],
    modulePreload: false,
    reportCompressedSize: false,
  },
  worker: { format: 'es' },
});
