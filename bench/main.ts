/** `npm run bench [-- name …]`: the measurements named, or all of them. */
const BENCHES: Readonly<Record<string, () => Promise<unknown>>> = {
  expressions: () => import('./expressions/main.js'),
  'front-end': () => import('./front-end/main.js'),
  decide: () => import('./decide/main.js'),
  // Last, for it ends the process with what it started.
  'ten-step': () => import('./ten-step/main.js'),
};

const named = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const unknown = named.filter((name) => !Object.hasOwn(BENCHES, name));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no bench ${unknown.join(', ')}. There are: ${Object.keys(BENCHES).join(', ')}.\n`,
  );
  process.exitCode = 1;
} else {
  for (const [name, run] of Object.entries(BENCHES)) {
    if (named.length === 0 || named.includes(name)) await run();
  }
}
