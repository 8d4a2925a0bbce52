import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findFreePort } from '../../../libs/host/port.js';

const READY_MS = 90_000;
const POLL_MS = 100;

/** JSON for its basic authentication, as a secret holds it. */
export const CREDENTIALS = '{"username":"gate","password":"password-of-the-test"}';
const { username, password } = JSON.parse(CREDENTIALS) as { username: string; password: string };
const AUTHORIZED = { authorization: `Basic ${btoa(`${username}:${password}`)}` };
/** Of the password, by bcrypt. */
const HASH = '$2a$04$T87HYsrraZ4Wa8jOk8Y1v.I7VWEqcpy8OU/gh1mqt46IEcFX4xij6';

export interface PrometheusOptions {
  /** host:port of what it scrapes every second. */
  readonly target: string;
  /** Samples of the past, in OpenMetrics. */
  readonly past?: string;
  /** Whether anybody may ask; else it is those who have `CREDENTIALS`. */
  readonly open?: boolean;
}

/** A Prometheus of its own, in a temporary folder and on the loopback interface alone. */
export class Prometheus {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    readonly url: string,
    private readonly printed: () => string,
  ) {}

  static async start(
    program: string,
    { target, past, open = false }: PrometheusOptions,
  ): Promise<Prometheus> {
    const folder = await mkdtemp(join(tmpdir(), 'prometheus-'));
    const place = (name: string) => join(folder, name);
    await writeFile(place('web.yml'), open ? '' : `basic_auth_users: { gate: '${HASH}' }\n`);
    await writeFile(
      place('prometheus.yml'),
      `scrape_configs: [{ job_name: shop, scrape_interval: 1s, static_configs: [{ targets: ['${target}'] }] }]\n`,
    );
    if (past !== undefined) {
      await writeFile(place('past.txt'), past);
      const promtool = join(dirname(program), 'promtool');
      const blocks = ['tsdb', 'create-blocks-from', 'openmetrics', place('past.txt'), place('data')];
      await promisify(execFile)(promtool, blocks);
    }
    const address = `127.0.0.1:${await findFreePort()}`;
    const child = spawn(
      program,
      [
        ...[`--config.file=${place('prometheus.yml')}`, `--web.config.file=${place('web.yml')}`],
        ...[`--storage.tsdb.path=${place('data')}`, `--web.listen-address=${address}`, '--log.level=warn'],
      ],
      { env: { PATH: process.env['PATH'] ?? '' }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed = (printed + text).slice(-20_000);
      });
    }
    const prometheus = new Prometheus(child, folder, `http://${address}`, () => printed);
    await prometheus.untilReady();
    return prometheus;
  }

  async close(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const end = once(this.child, 'exit');
      this.child.kill('SIGKILL');
      await end;
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  /** `3.13.5` */
  async readVersion(): Promise<string> {
    const answer = await fetch(`${this.url}/api/v1/status/buildinfo`, { headers: AUTHORIZED });
    return ((await answer.json()) as { data: { version: string } }).data.version;
  }

  private async untilReady(): Promise<void> {
    for (const since = Date.now(); Date.now() - since < READY_MS; await sleep(POLL_MS)) {
      if (this.child.exitCode !== null) break;
      const answer = await fetch(`${this.url}/-/ready`, { headers: AUTHORIZED }).catch(() => undefined);
      if (answer?.ok) return;
    }
    await this.close();
    throw new Error(`Prometheus does not get ready:\n${this.printed()}`);
  }
}
