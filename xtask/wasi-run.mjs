// Runs one wasm test binary under Node's own WASI: cargo's runner for
// wasm32-wasip1 (.cargo/config.toml). The package's directory is preopened, so
// that tests find their files by the same relative names as natively.
import { readFile } from 'node:fs/promises';
import { argv, cwd, env, exit } from 'node:process';
import { WASI } from 'node:wasi';

const [program, ...args] = argv.slice(2);
const wasi = new WASI({
  version: 'preview1',
  args: [program, ...args],
  env,
  preopens: { '.': cwd(), [cwd()]: cwd() },
});
const module = await WebAssembly.compile(await readFile(program));
exit(wasi.start(await WebAssembly.instantiate(module, wasi.getImportObject())));
