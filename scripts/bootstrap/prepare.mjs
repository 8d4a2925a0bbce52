import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stopWithAncestors } from './ancestors.mjs';
import { bundle, compile, isCompiled } from './compile.mjs';
import { BootstrapError } from './error.mjs';
import { install, isInstalled } from './install.mjs';
import { withLock } from './lock.mjs';
import { run } from './run.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Prepares the project and runs a program of it; resolves with its exit code. */
export async function bootstrap(argv) {
  stopWithAncestors();
  const keepGoing = argv[0] === '--keep-going';
  const [program, ...args] = keepGoing ? argv.slice(1) : argv;
  try {
    await prepare(keepGoing);
  } catch (error) {
    console.error(error instanceof BootstrapError ? error.message : error);
    return 1;
  }
  if (program === undefined) return 0;
  return await run(ROOT, join(ROOT, 'dist', `${program}.js`), args);
}

async function prepare(keepGoing) {
  if (isInstalled(ROOT) && isCompiled(ROOT)) return;
  await withLock(join(ROOT, 'dist/.bootstrap.lock'), async () => {
    await install(ROOT);
    const problems = await compile(ROOT);
    if (problems !== undefined && !keepGoing) {
      throw new BootstrapError(
        `${problems}\nThe sources do not compile. Correct the lines above and repeat the command.`,
      );
    }
    await bundle(ROOT, keepGoing);
  });
}
