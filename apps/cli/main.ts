import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { inspect } from 'node:util';
import { runCli } from './cli.js';
import { createProcessConsole } from './console.js';
import { EXIT, type ExitCode } from './exit-codes.js';

// A reader such as `head` may leave before we are done.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') {
      throw error;
    }
    process.exit();
  });
}

process.exitCode = await start().catch((error: unknown) => {
  process.stderr.write(`This is a bug in sluice; please report it:\n${inspect(error)}\n`);
  return EXIT.bug;
});

async function start(): Promise<ExitCode> {
  const manifest = JSON.parse(readFileSync(findPackageJSON('..', import.meta.url)!, 'utf8')) as Manifest;
  return runCli(process.argv.slice(2), { console: createProcessConsole(), version: manifest.version });
}

interface Manifest {
  readonly version: string;
}
