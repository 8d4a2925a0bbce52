import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { findProjectRoot } from '../../libs/host/project-root.js';

const READY_MS = 120_000;
const FOLDER = 'test/cicd/openapi';

/** Descriptions by the platform that they describe. */
const DESCRIPTIONS: Readonly<Record<string, readonly string[]>> = {
  github: ['github.json'],
  gitlab: ['gitlab.yaml'],
  azure: ['azure.json'],
  circleci: ['circleci.json', 'circleci-1.1.yaml'],
};

/** What we read of a description of OpenAPI 3. */
interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
}

interface Operation {
  readonly security?: Description['security'];
}

/**
 * Prism on a free port, which answers as the descriptions of platforms say, and with status 422 or 401 where a request is
 * not as they say. One process for all of them: each platform lies below its name.
 */
export class Prism {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    private readonly url: string,
  ) {}

  static async start(): Promise<Prism> {
    const folder = await mkdtemp(join(tmpdir(), 'prism-'));
    const file = join(folder, 'platforms.json');
    await writeFile(file, JSON.stringify(await joinDescriptions()));
    const program = join(findProjectRoot(), 'node_modules/@stoplight/prism-cli/dist/index.js');
    const child = spawn(process.execPath, [program, 'mock', file, '--port', '0', '--errors'], {
      env: { PATH: process.env['PATH'] ?? '', NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new Prism(child, folder, await untilReady(child));
  }

  /** Base URL of a platform. */
  urlOf(platform: string): string {
    return `${this.url}/${platform}`;
  }

  async close(): Promise<void> {
    const end = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await end;
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function untilReady(child: ChildProcess): Promise<string> {
  let printed = '';
  return new Promise((resolve, reject) => {
    const fail = () => {
      child.kill('SIGKILL');
      reject(new Error(`Prism does not get ready:\n${printed.slice(-5_000)}`));
    };
    const timer = setTimeout(fail, READY_MS);
    child.once('exit', fail);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        printed = (printed + text).slice(-20_000);
        const url = /Prism is listening on (http:\/\/[\d.:]+)/.exec(printed)?.[1];
        if (url === undefined) return;
        clearTimeout(timer);
        child.off('exit', fail);
        resolve(url);
      });
    }
  });
}

/** One description of all: names of components and paths begin with that of their platform. */
async function joinDescriptions() {
  const paths: Record<string, unknown> = {};
  const components: Record<string, Record<string, unknown>> = {};
  for (const [platform, files] of Object.entries(DESCRIPTIONS)) {
    for (const file of files) {
      const description = await readDescription(file, platform);
      for (const [path, operations] of Object.entries(description.paths))
        paths[`/${platform}${path}`] = secure(operations, platform, description.security ?? []);
      for (const [kind, named] of Object.entries(description.components))
        for (const [name, component] of Object.entries(named))
          (components[kind] ??= {})[`${platform}.${name}`] = component;
    }
  }
  return { openapi: '3.0.3', info: { title: 'Platforms', version: '1' }, paths, components };
}

async function readDescription(file: string, platform: string): Promise<Description> {
  const text = await readFile(join(findProjectRoot(), FOLDER, file), 'utf8');
  return JSON.parse(JSON.stringify(parse(text)), (key, value) =>
    key === '$ref' && typeof value === 'string'
      ? value.replace(/^(#\/components\/\w+\/)/, `$1${platform}.`)
      : value,
  ) as Description;
}

/** What holds for the whole of a description is written to each of its operations. */
function secure(
  operations: Readonly<Record<string, Operation>>,
  platform: string,
  security: NonNullable<Description['security']>,
) {
  const ours = security.map((way) =>
    Object.fromEntries(Object.entries(way).map(([name, scopes]) => [`${platform}.${name}`, scopes])),
  );
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [
      name,
      name === 'parameters' ? operation : { ...operation, security: ours },
    ]),
  );
}
