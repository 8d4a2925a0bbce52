import { closeLaboratory } from './laboratory/laboratory.js';
import { printHead } from './report.js';

/** `npm run bench [-- name …] [--markdown | --json]`: the measurements named, or all of them. */
const BENCHES: Readonly<Record<string, () => Promise<unknown>>> = {
  expressions: () => import('./expressions/main.js'),
  'front-end': () => import('./front-end/main.js'),
  generate: () => import('./generate/main.js'),
  import: () => import('./import/main.js'),
  risk: () => import('./risk/main.js'),
  'pre-commit': () => import('./pre-commit/main.js'),
  diagnose: () => import('./diagnose/main.js'),
  gates: () => import('./gates/main.js'),
  decide: () => import('./decide/main.js'),
  audit: () => import('./audit/main.js'),
  'ten-step': () => import('./ten-step/main.js'),
  'fan-out': () => import('./fan-out/main.js'),
  'thousand-runs': () => import('./thousand-runs/main.js'),
  watchers: () => import('./watchers/main.js'),
  poison: () => import('./poison/main.js'),
  api: () => import('./api/main.js'),
  memory: () => import('./memory/main.js'),
  lists: () => import('./lists/main.js'),
  pipelines: () => import('./pipelines/main.js'),
};

const named = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const unknown = named.filter((name) => !Object.hasOwn(BENCHES, name));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no bench ${unknown.join(', ')}. There are: ${Object.keys(BENCHES).join(', ')}.\n`,
  );
  process.exitCode = 1;
} else {
  printHead();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void closeLaboratory().finally(() => process.exit(1)));
  try {
    for (const [name, run] of Object.entries(BENCHES)) {
      if (named.length === 0 || named.includes(name)) await run();
    }
  } finally {
    await closeLaboratory();
  }
}
