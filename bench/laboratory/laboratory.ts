import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import type { DataSource } from 'typeorm';
import { createDataSource } from '#persistence/data-source.js';
import { migrate } from '#persistence/migrate.js';
import { providePostgres } from '#persistence/server/embedded-postgres.js';
import { compressingCodec } from '#temporal/payload-codec.js';
import { provideTemporal } from '#temporal/server/provide-temporal.js';
import { PRELOADED } from '#temporal/worker/bundle.js';
import { findFreePort } from '../../libs/host/port.js';

export interface Laboratory {
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  /** A folder for whatever a bench leaves; gone in the end. */
  readonly home: string;
  readonly client: Client;
  readonly dataSource: DataSource;
  /** A new process that knows the interpreter and every job written by hand. Have one at a time. */
  startWorker(): Promise<LaboratoryWorker>;
}

interface LaboratoryWorker {
  /** The most memory that the process ever held, in MiB (VmHWM; Linux only). */
  readPeakMemory(): Promise<number>;
  /** Resolves when all that was recorded so far is written. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

interface Opened {
  readonly laboratory: Laboratory;
  close(): Promise<void>;
}

let opened: Promise<Opened> | undefined;

/** Servers and a client in a folder of their own, for all benches of the process; `closeLaboratory` ends them. */
export async function requireLaboratory(): Promise<Laboratory> {
  opened ??= open();
  return (await opened).laboratory;
}

/** Does nothing where none was opened. */
export async function closeLaboratory(): Promise<void> {
  await (await opened)?.close();
  opened = undefined;
}

export function tell(message: string): void {
  process.stderr.write(`${message}\n`);
}

async function open(): Promise<Opened> {
  const home = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  const postgres = await providePostgres({ home, onProgress: tell });
  const temporal = await provideTemporal({
    home,
    port: await findFreePort(),
    uiPort: await findFreePort(),
    dbFile: join(home, 'temporal.db'),
    onProgress: tell,
  });
  const connected = await connectLaboratory({
    home,
    databaseUrl: postgres.url,
    temporalAddress: temporal.address,
  });
  return {
    laboratory: connected.laboratory,
    async close() {
      await connected.close();
      await temporal.stop();
      await postgres.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** A laboratory with servers that run already, whose database it brings to the newest migration. */
export async function connectLaboratory(
  place: Pick<Laboratory, 'home' | 'databaseUrl' | 'temporalAddress'>,
): Promise<Opened> {
  const { home, databaseUrl, temporalAddress } = place;
  const dataSource = createDataSource(databaseUrl, { poolSize: 5 });
  await dataSource.initialize();
  await migrate(dataSource);
  const bundleFile = join(home, 'workflow-bundle.js');
  await writeFile(bundleFile, await bundle());
  const connection = await Connection.connect({ address: temporalAddress });
  const workers = new Set<LaboratoryWorker>();
  return {
    laboratory: {
      ...place,
      client: new Client({ connection, dataConverter: { payloadCodecs: [compressingCodec] } }),
      dataSource,
      async startWorker() {
        const worker = await startWorker([home, databaseUrl, temporalAddress, bundleFile], () =>
          workers.delete(worker),
        );
        workers.add(worker);
        return worker;
      },
    },
    async close() {
      await Promise.all([...workers].map((worker) => worker.stop()));
      await connection.close();
      await dataSource.destroy();
    },
  };
}

async function bundle(): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./workflows.js', import.meta.url)),
    preloadModules: PRELOADED,
    logger: new DefaultLogger('WARN'),
  });
  return code;
}

/** With BENCH_PROFILE, the folder to put them in, every worker leaves profiles of its processor time. */
async function startWorker(args: readonly string[], stopped: () => void): Promise<LaboratoryWorker> {
  const folder = process.env['BENCH_PROFILE'];
  const child = fork(fileURLToPath(new URL('./worker.js', import.meta.url)), args, {
    execArgv: folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`],
  });
  await hear(child, 'ready');
  return {
    async readPeakMemory() {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
      return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
    },
    async settle() {
      child.send('settle');
      await hear(child, 'settled');
    },
    async stop() {
      stopped();
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}

function hear(child: ChildProcess, expected: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const take = (message: unknown): void => {
      if (message !== expected) return;
      child.off('message', take).off('exit', fail);
      resolve();
    };
    const fail = (code: number | null): void => reject(new Error(`the worker ended with ${code}`));
    child.on('message', take).once('exit', fail);
  });
}
