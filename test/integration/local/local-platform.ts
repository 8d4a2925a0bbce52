import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { belongingOf } from '../../../apps/local/instance.js';
import { findFreePort } from '../../../libs/host/port.js';
import { findBelonging, type ProcessIdentity } from '../../../libs/host/process.js';
import { coverageEnvironment } from '../../coverage.js';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const LAUNCH = `import(process.argv[1]).then(async ({ run }) => {
  process.exitCode = await run(process.argv[2], process.argv[3], []);
})`;
/** Only keeps a broken test from hanging. */
const LIMIT_MS = 90_000;

/** Where one local platform lives, for as many starts as a test wants. */
export interface Site {
  readonly home: string;
  /** SLUICE_* of this site, with ports that were free. */
  readonly env: Readonly<Record<string, string>>;
}

export async function createSite(): Promise<Site> {
  const home = mkdtempSync(join(tmpdir(), 'sluice-local-'));
  // One that is free again may be handed out once more.
  const ports = new Set<number>();
  while (ports.size < 3) ports.add(await findFreePort());
  const [api, temporal, ui] = ports;
  return {
    home,
    env: {
      SLUICE_HOME: home,
      SLUICE_PORT: String(api),
      SLUICE_TEMPORAL_PORT: String(temporal),
      SLUICE_UI_PORT: String(ui),
    },
  };
}

/** Processes that belong to the platform on this data. */
export function processesOf({ home }: Site): ProcessIdentity[] {
  return findBelonging(belongingOf(home));
}

export function removeSite({ home }: Site): void {
  const database = join(home, 'postgres');
  if (existsSync(database)) rmSync(realpathSync(database), { recursive: true, force: true });
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}

/** `npm start` after its installation: the launcher's parent, the launcher, and all that it starts. */
export class LocalPlatform {
  printed = '';
  readonly ended: Promise<number>;
  private readonly child: ChildProcess;

  constructor(site: Site, env: Readonly<Record<string, string>> = {}) {
    const launch = ['-e', LAUNCH, join(ROOT, 'scripts/bootstrap/run.mjs'), ROOT, main('apps/local/main')];
    this.child = spawn(process.execPath, launch, {
      cwd: ROOT,
      detached: true,
      env: { ...surroundings(), ...coverageEnvironment(), ...site.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.printed += text;
      });
    }
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code) => resolve(code ?? -1));
    });
  }

  /** Of the launcher's parent. */
  get pid(): number {
    return this.child.pid as number;
  }

  async waitForText(text: string): Promise<void> {
    await waitUntil(
      () => this.printed.includes(text) || this.child.exitCode !== null || this.child.signalCode !== null,
    ).catch((error) => {
      throw new Error(`${error.message}\n${this.printed}`);
    });
    if (!this.printed.includes(text))
      throw new Error(`It ended without saying ${JSON.stringify(text)}:\n${this.printed}`);
  }

  ready(): Promise<void> {
    return this.waitForText('Ctrl-C stops everything.');
  }

  /** As a terminal does at Ctrl-C: to the whole foreground group. Resolves with the exit code. */
  async interrupt(): Promise<number> {
    if (this.child.exitCode === null && this.child.signalCode === null) process.kill(-this.pid, 'SIGINT');
    return await this.ended;
  }
}

/** Compiled program of this project. */
export function main(program: string): string {
  return join(ROOT, 'dist', `${program}.js`);
}

/** What a person's shell would hold; none of the settings under which the tests run. */
export function surroundings(): Record<string, string> {
  const kept = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'XDG_CACHE_HOME', 'TEMPORAL_CLI', 'GOPROXY'];
  return Object.fromEntries(kept.flatMap((name) => [[name, process.env[name]]]).filter(hasValue));
}

function hasValue(entry: (string | undefined)[]): entry is [string, string] {
  return entry[1] !== undefined;
}

export async function waitUntil(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + LIMIT_MS; !(await condition()); await sleep(50)) {
    if (Date.now() > end) throw new Error(`it did not come to pass in ${LIMIT_MS / 1000} s: ${condition}`);
  }
}
