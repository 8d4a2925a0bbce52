import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findFreePort } from '../../../libs/host/port.js';

const READY_MS = 90_000;
const POLL_MS = 100;
const USER = 'octo';

/** A Gitea with Actions of its own, in a temporary folder and on the loopback interface alone. */
export class Gitea {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    readonly url: string,
    /** Of an administrator, who owns what is made here. */
    readonly token: string,
    private readonly printed: () => string,
  ) {}

  static async start(program: string): Promise<Gitea> {
    const folder = await mkdtemp(join(tmpdir(), 'gitea-'));
    const port = await findFreePort();
    const url = `http://127.0.0.1:${port}`;
    const configuration = join(folder, 'app.ini');
    await mkdir(join(folder, 'home'));
    await writeFile(configuration, writeConfiguration({ folder, port, url, assets: dirname(program) }));
    const env = { PATH: process.env['PATH'] ?? '', HOME: join(folder, 'home') };
    const run = async (...args: readonly string[]) => {
      const { stdout } = await promisify(execFile)(program, ['--config', configuration, ...args], { env });
      // Its warnings stand before what is asked for.
      return stdout.trim().split('\n').at(-1) ?? '';
    };
    await run('migrate');
    const password = randomBytes(12).toString('hex');
    await run(
      ...['admin', 'user', 'create', '--admin', '--must-change-password=false', '--username', USER],
      ...['--email', `${USER}@example.com`, '--password', password],
    );
    const token = await run(
      ...['admin', 'user', 'generate-access-token', '--raw', '--scopes', 'all', '--username', USER],
    );
    let printed = '';
    const child = spawn(program, ['--config', configuration, 'web'], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed = (printed + text).slice(-20_000);
      });
    }
    const gitea = new Gitea(child, folder, url, token, () => printed);
    await gitea.untilReady();
    return gitea;
  }

  /** Base URL of what is in the shape of GitHub's API. */
  get api(): string {
    return `${this.url}/api/v1`;
  }

  /** With one commit, which holds these files; answers with its full name. */
  async createRepository(name: string, files: Readonly<Record<string, string>>): Promise<string> {
    const [first, ...rest] = Object.entries(files).map(([path, content]) => ({
      operation: 'create',
      path,
      content: Buffer.from(content).toString('base64'),
    }));
    await this.ask('POST', '/user/repos', { name, auto_init: true, default_branch: 'main' });
    await this.ask('POST', `/repos/${USER}/${name}/contents`, {
      branch: 'main',
      message: 'Add what is built',
      files: [first, ...rest],
    });
    return `${USER}/${name}`;
  }

  async createBranch(repository: string, name: string): Promise<void> {
    await this.ask('POST', `/repos/${repository}/branches`, { new_branch_name: name, old_ref_name: 'main' });
  }

  /** Deliveries of runs and jobs, signed with the secret. */
  async createWebhook(repository: string, url: string, secret: string): Promise<void> {
    await this.ask('POST', `/repos/${repository}/hooks`, {
      type: 'gitea',
      active: true,
      events: ['workflow_run', 'workflow_job', 'push'],
      config: { url, secret, content_type: 'json' },
    });
  }

  /** By which a runner of all repositories makes itself known. */
  async createRegistrationToken(): Promise<string> {
    return (await this.ask('POST', '/admin/actions/runners/registration-token')).token;
  }

  /** Throws where Gitea does not do it. */
  async ask(method: string, path: string, body?: object) {
    const response = await fetch(this.api + path, {
      method,
      headers: { authorization: `token ${this.token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok)
      throw new Error(`${method} ${path} answered ${response.status}: ${text}\n${this.printed()}`);
    return text === '' ? {} : JSON.parse(text);
  }

  async close(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const end = once(this.child, 'exit');
      this.child.kill('SIGKILL');
      await end;
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  private async untilReady(): Promise<void> {
    for (const since = Date.now(); Date.now() - since < READY_MS; await sleep(POLL_MS)) {
      if (this.child.exitCode !== null) break;
      const answer = await fetch(`${this.url}/api/healthz`).catch(() => undefined);
      if (answer?.ok) return;
    }
    await this.close();
    throw new Error(`Gitea does not get ready:\n${this.printed()}`);
  }
}

interface Wishes {
  readonly folder: string;
  readonly port: number;
  readonly url: string;
  readonly assets: string;
}

/** It refuses to be root unless it is told that it may; nothing but this machine can reach it. */
function writeConfiguration({ folder, port, url, assets }: Wishes): string {
  const secret = () => randomBytes(32).toString('hex');
  const { username, uid } = userInfo();
  return `
APP_NAME = Gitea for tests
RUN_MODE = prod
RUN_USER = ${username}
WORK_PATH = ${folder}
I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = ${uid === 0}
[server]
PROTOCOL = http
HTTP_ADDR = 127.0.0.1
HTTP_PORT = ${port}
ROOT_URL = ${url}/
STATIC_ROOT_PATH = ${assets}
OFFLINE_MODE = true
DISABLE_SSH = true
[database]
DB_TYPE = sqlite3
PATH = ${join(folder, 'gitea.db')}
SQLITE_JOURNAL_MODE = WAL
[security]
INSTALL_LOCK = true
SECRET_KEY = ${secret()}
PASSWORD_HASH_ALGO = pbkdf2_v1
[service]
DISABLE_REGISTRATION = true
[actions]
ENABLED = true
[webhook]
ALLOWED_HOST_LIST = loopback
[indexer]
ISSUE_INDEXER_TYPE = db
[log]
MODE = console
LEVEL = warn
`;
}
