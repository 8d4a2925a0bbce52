import { copyFileSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Client } from 'pg';
import { providePostgres } from '#persistence/server/embedded-postgres.js';
import { provideTemporal } from '#temporal/server/provide-temporal.js';
import { readLinesFrom } from '../../libs/host/log-file.js';
import { findFreePort } from '../../libs/host/port.js';
import { findProjectRoot } from '../../libs/host/project-root.js';
import { startServerProcess } from '../../libs/host/server-process.js';
import type { Surroundings } from '../../test/run/surroundings.js';
import { type PeerProgram, startPeerProgram } from './peer-program.js';

export interface PeerServer {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** As its log is called. */
  readonly name: string;
  /** Whether it is ready; asked again and again. */
  readonly isReady: () => Promise<boolean>;
}

export interface PeerPostgres {
  readonly url: string;
  readonly version: string;
  readStored(): Promise<number>;
}

interface Stoppable {
  stop(): Promise<void>;
}

const READY_MS = 180_000;
const POLL_MS = 200;
const STOP = { signal: 'SIGTERM', graceMs: 20_000 } as const;
const SOURCES = join(findProjectRoot(), 'bench/peers');

/** Servers and the program of one peer, in a folder of their own on the loopback interface; `close` ends them all. */
export class PeerWorld {
  /** Processes that belong to the peer, with all that they start. */
  readonly roots: number[] = [];
  private readonly opened: Stoppable[] = [];

  constructor(
    readonly home: string,
    private readonly surroundings: Surroundings,
    readonly tell: (message: string) => void,
  ) {
    mkdirSync(join(home, 'logs'), { recursive: true, mode: 0o711 });
  }

  /** What every process gets; products send nobody what they measure. */
  get env(): NodeJS.ProcessEnv {
    return { ...this.surroundings.env, DO_NOT_TRACK: '1' };
  }

  async startPostgres(): Promise<PeerPostgres> {
    const { url, stop } = await providePostgres({
      home: this.home,
      env: this.env,
      onProgress: this.tell,
      onSpawn: this.own('SIGINT', 2),
    });
    this.opened.push({ stop });
    const ask = async (statement: string): Promise<string> => {
      const client = new Client({ connectionString: url });
      await client.connect();
      try {
        return String(Object.values((await client.query(statement)).rows[0])[0]);
      } finally {
        await client.end();
      }
    };
    return {
      url,
      version: (await ask('SHOW server_version')).split(' ')[0] as string,
      readStored: async () => Number(await ask('SELECT pg_database_size(current_database())')),
    };
  }

  /** @returns its address, and the file that holds its histories */
  async startTemporal(): Promise<{ readonly address: string; readonly file: string }> {
    const file = join(this.home, 'temporal.db');
    const { address, stop } = await provideTemporal({
      home: this.home,
      port: await findFreePort(),
      uiPort: await findFreePort(),
      dbFile: file,
      env: this.env,
      onProgress: this.tell,
      onSpawn: this.own('SIGTERM', 1),
    });
    this.opened.push({ stop });
    return { address, file };
  }

  /** Throws with the last lines of its log when it does not become ready. */
  async startServer({ command, args, env, name, isReady }: PeerServer): Promise<void> {
    const logFile = join(this.home, 'logs', `${name}.log`);
    const server = await startServerProcess({
      command,
      args,
      logFile,
      cwd: this.home,
      env: { ...this.env, ...env },
      onSpawn: this.own('SIGTERM', 1),
    });
    this.opened.push({ stop: () => server.stop(STOP) });
    for (const end = Date.now() + READY_MS; !(await isReady().catch(() => false)); await sleep(POLL_MS)) {
      if (!server.hasExited() && Date.now() < end) continue;
      throw new Error(`${name} does not start: ${readLinesFrom(logFile, 0).slice(-5).join(' | ')}`);
    }
  }

  /** A program of ours, which needs nothing but the project. */
  startOwnProgram(program: URL, env: Readonly<Record<string, string>>): Promise<PeerProgram> {
    return this.startProgram(process.execPath, [fileURLToPath(program)], env);
  }

  /** A program in JavaScript, by its path below bench/peers, beside the packages that it needs, which lie in `folder`. */
  startNodeProgram(
    path: string,
    folder: string,
    env: Readonly<Record<string, string>>,
  ): Promise<PeerProgram> {
    const program = join(folder, basename(path));
    copyFileSync(join(SOURCES, path), program);
    return this.startProgram(process.execPath, [program], env);
  }

  /** The program finds there what serve.ts offers. */
  async startProgram(
    command: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<PeerProgram> {
    const serve = pathToFileURL(join(findProjectRoot(), 'dist/bench/peers/serve.js')).href;
    const program = await startPeerProgram(
      {
        command,
        args,
        cwd: this.home,
        env: { ...this.env, PEER_SERVE: serve, PEER_HOME: this.home, ...env },
        logFile: join(this.home, 'logs/program.log'),
      },
      this.own('SIGTERM', 0),
    );
    this.opened.push(program);
    return program;
  }

  async close(): Promise<void> {
    for (const one of this.opened.splice(0).reverse()) {
      await one.stop().catch((error: unknown) => this.tell(`it did not stop: ${String(error)}`));
    }
  }

  private own(signal: NodeJS.Signals, order: number): (pid: number) => void {
    return (pid) => {
      this.roots.push(pid);
      this.surroundings.reaper.watch(pid, { signal, graceMs: 5_000, order });
    };
  }
}
