import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { BootstrapError } from './error.mjs';
import { copyPages, hasPages } from './pages.mjs';
import { runTask } from './task.mjs';

const SOURCES = ['apps', 'libs', 'temporal', 'test', 'bench'];
const SETTINGS = ['tsconfig.json', 'package.json', 'package-lock.json'];
const STAMP = 'dist/.compiled';
const BUNDLE_STAMP = 'dist/.bundled';
const BUNDLER = 'dist/temporal/worker/build-bundle.js';

/** Whether dist/ is what the sources compile to, and holds their bundle. */
export function isCompiled(root) {
  return readText(join(root, STAMP)) === digestSources(root) && isBundled(root) && hasPages(root);
}

/** Compiles the sources into dist/ when one of them changed. Resolves with the compiler's complaints, if any. */
export async function compile(root) {
  copyPages(root);
  const wanted = digestSources(root);
  if (readText(join(root, STAMP)) === wanted) return undefined;
  rmSync(join(root, STAMP), { force: true });
  removeStale(root, join(root, 'dist'));
  const { code, output } = await runTask(
    'Compiling',
    join(root, 'node_modules/.bin/node'),
    [
      join(root, 'node_modules/typescript/bin/tsc'),
      '--project',
      join(root, 'tsconfig.json'),
      '--pretty',
      'false',
    ],
    { cwd: root },
  );
  if (code !== 0) return output === '' ? `The compiler ended with code ${code}.` : output;
  writeFileSync(join(root, STAMP), wanted);
  return undefined;
}

/** Builds the bundle of the workflows, which workers load, when a compiled file changed. */
export async function bundle(root, keepGoing) {
  if (isBundled(root)) return;
  const { code, output } = await runTask(
    'Bundling workflows',
    join(root, 'node_modules/.bin/node'),
    [join(root, BUNDLER)],
    {
      cwd: root,
    },
  );
  if (code === 0) writeFileSync(join(root, BUNDLE_STAMP), digestCompiled(root));
  else if (!keepGoing)
    throw new BootstrapError(`${output}\nThe workflows could not be bundled; the reason is above.`);
}

function isBundled(root) {
  return !existsSync(join(root, BUNDLER)) || readText(join(root, BUNDLE_STAMP)) === digestCompiled(root);
}

/** Names, sizes and times of all sources: enough to tell whether compiling could change anything. */
function digestSources(root) {
  const hash = createHash('sha256');
  const files = SOURCES.flatMap((folder) => listFiles(join(root, folder))).filter((file) =>
    file.endsWith('.ts'),
  );
  for (const file of [...files, ...SETTINGS.map((name) => join(root, name))].sort()) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${relative(root, file)}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/** Contents of what can reach the bundle: the compiler rewrites only what changed, so contents are few and small. */
function digestCompiled(root) {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  const folders = ['dist/libs/domain', 'dist/libs/contracts', 'dist/temporal'];
  const files = folders.flatMap((folder) => listFiles(join(root, folder)));
  for (const file of files.filter((name) => name.endsWith('.js') && existsSync(`${name}.map`)).sort()) {
    hash.update(`${relative(root, file)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** Removes compiled files whose source is gone, so that nothing runs that the repository no longer holds. */
function removeStale(root, dist) {
  for (const map of listFiles(dist).filter((file) => file.endsWith('.js.map'))) {
    const compiled = map.slice(0, -'.map'.length);
    const source = join(root, relative(dist, compiled).replace(/\.js$/, '.ts'));
    if (existsSync(source) || existsSync(`${source}x`)) continue;
    rmSync(compiled, { force: true });
    rmSync(map, { force: true });
  }
}

function listFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

function readText(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
