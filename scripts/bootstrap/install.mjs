import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, sep } from 'node:path';
import { BootstrapError } from './error.mjs';
import { runTask } from './task.mjs';

const STAMP = '.sluice-installed';
const OLDEST_OWN_NODE = 24;

/** Whether exactly the packages of package-lock.json stand, by our own record. */
export function isInstalled(root) {
  return readStamp(root) === digestLock(root) && ownNodeVersion(root) >= OLDEST_OWN_NODE;
}

/** Installs the packages of package-lock.json unless exactly these stand already. */
export async function install(root) {
  if (isInstalled(root)) return;
  const stamp = join(root, 'node_modules', STAMP);
  const wanted = digestLock(root);
  if (isAlreadyInstalled(root)) {
    writeFileSync(stamp, wanted);
    return;
  }
  const npm = findNpm(root);
  const { code, output } = await runTask(
    'Installing packages',
    npm.command,
    [...npm.args, 'ci', '--no-audit', '--no-fund', '--loglevel=error'],
    { cwd: root, env: installationEnvironment(root) },
  );
  if (code !== 0) throw new BootstrapError(describeFailure(output));
  if (ownNodeVersion(root) < OLDEST_OWN_NODE) {
    throw new BootstrapError(
      `${output}\nThe packages are installed, but node_modules/.bin/node does not run: npm did not run the install script ` +
        'of the package "node". Allow install scripts (npm config get ignore-scripts) and run npm ci.',
    );
  }
  writeFileSync(stamp, wanted);
}

/** One package of the lock reports every installation to its maker, and keeps a file in /tmp, unless told not to. */
function installationEnvironment(root) {
  return { ...process.env, PATH: pathWithout(join(root, 'node_modules')), SCARF_ANALYTICS: 'false' };
}

function digestLock(root) {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

function readStamp(root) {
  try {
    return readFileSync(join(root, 'node_modules', STAMP), 'utf8');
  } catch {
    return undefined;
  }
}

/** True when a person ran npm ci or npm install by hand: npm's own record is newer than the lock and says the same. */
function isAlreadyInstalled(root) {
  try {
    const record = JSON.parse(readFileSync(join(root, 'node_modules/.package-lock.json'), 'utf8')).packages;
    const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
    const same = Object.entries(lock).every(
      ([path, entry]) => path === '' || entry.optional === true || record[path]?.version === entry.version,
    );
    return same && ownNodeVersion(root) >= OLDEST_OWN_NODE;
  } catch {
    return false;
  }
}

/** Major version of the project's own Node; 0 when it does not run. */
function ownNodeVersion(root) {
  const node = join(root, 'node_modules/.bin/node');
  if (!existsSync(node)) return 0;
  const answer = spawnSync(node, ['--version'], { encoding: 'utf8' });
  return answer.status === 0 ? Number(answer.stdout.slice(1).split('.')[0]) : 0;
}

/** npm, run by a Node outside node_modules: `npm ci` removes that folder first. */
function findNpm(root) {
  const script = process.env.npm_execpath;
  const node = findOnPath('node', pathWithout(join(root, 'node_modules')));
  if (script !== undefined && /npm-cli\.c?js$/.test(script) && node !== undefined) {
    return { command: node, args: [script] };
  }
  const npm = findOnPath('npm', pathWithout(join(root, 'node_modules')));
  if (npm === undefined) {
    throw new BootstrapError('npm is not on the PATH. Install Node with npm from https://nodejs.org.');
  }
  return { command: npm, args: [] };
}

function pathWithout(folder) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((entry) => !entry.startsWith(folder + sep))
    .join(delimiter);
}

function findOnPath(name, path) {
  for (const folder of path.split(delimiter)) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // the next one
    }
  }
  return undefined;
}

function describeFailure(output) {
  const network = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT/.exec(
    output,
  );
  if (network !== null) {
    return (
      `The package registry cannot be reached (${network[0]}). ` +
      'Connect this machine to the network, or name your own registry with ' +
      '"npm config set registry URL" (proxy: "npm config set proxy URL"), and repeat the command.'
    );
  }
  return `${output}\nnpm could not install the packages; its words are above. Correct that and repeat the command.`;
}
