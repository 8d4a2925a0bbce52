/**
 * First step of every npm script, on whatever Node the machine has:
 *
 *     node scripts/bootstrap.mjs [--keep-going] <program in dist, without .js> [arguments]
 *
 * Installs what package-lock.json names, compiles the sources into dist/, builds the workflow bundle, each only
 * when something changed, then runs the program on the project's own Node and answers with its exit code.
 * `--keep-going` runs the program even when compiling found type errors (the tests report them as one failure).
 * Plain JavaScript without dependencies, because nothing is installed yet.
 */
const OLDEST_NODE = 20;

const major = Number(process.versions.node.split('.')[0]);
if (major < OLDEST_NODE) {
  console.error(
    `Sluice needs Node ${OLDEST_NODE} or newer to install itself; this is Node ${process.versions.node}.\n` +
      'Install a current Node from https://nodejs.org and repeat the command.',
  );
  process.exitCode = 1;
} else {
  const { bootstrap } = await import('./bootstrap/prepare.mjs');
  process.exitCode = await bootstrap(process.argv.slice(2));
}
