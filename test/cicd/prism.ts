import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { findProjectRoot } from '../../libs/host/project-root.js';
import type { Exchange } from './fault-proxy.js';

const READY_MS = 120_000;
const FOLDER = 'test/cicd/openapi';

/** Descriptions by the platform that they describe. */
const DESCRIPTIONS: Readonly<Record<string, readonly string[]>> = {
  github: ['github.json'],
  gitlab: ['gitlab.yaml'],
  'azure-devops': ['azure.json', 'azure-connection.yaml'],
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
  readonly responses?: Readonly<Record<string, { readonly content?: Readonly<Record<string, Content>> }>>;
}

interface Content {
  example?: unknown;
  examples?: object;
}

/**
 * Prism on a free port, which answers as the descriptions of platforms say. One process for all of them: each platform lies
 * below its name.
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
    const child = spawn(process.execPath, [program, 'mock', file, '--port', '0'], {
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

/** What a request has of itself that is not as described, in Prism's words; nothing where it is. */
export function findMisfits({ status, answered, answer }: Exchange): readonly string[] {
  if (answer.includes('stoplight.io/prism')) return [`${status} ${answer}`];
  const found = JSON.parse(String(answered['sl-violations'] ?? '[]')) as readonly Violation[];
  // Some examples of a description are not as it says itself.
  return found.filter(({ location }) => location[0] === 'request').map((each) => JSON.stringify(each));
}

interface Violation {
  readonly location: readonly string[];
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
  const examples = parse(
    await readFile(join(findProjectRoot(), FOLDER, 'examples.yaml'), 'utf8'),
  ) as Examples;
  for (const [platform, files] of Object.entries(DESCRIPTIONS)) {
    for (const file of files) {
      const description = await readDescription(file, platform);
      for (const [place, example] of Object.entries(examples[platform] ?? {}))
        lay(example, description, place);
      for (const [path, operations] of Object.entries(description.paths))
        paths[`/${platform}${path}`] = secure(operations, platform, description.security ?? []);
      for (const [kind, named] of Object.entries(description.components))
        for (const [name, component] of Object.entries(named))
          components[kind] = { ...components[kind], [`${platform}.${name}`]: component };
    }
  }
  return { openapi: '3.0.3', info: { title: 'Platforms', version: '1' }, paths, components };
}

/** Answers by `method path`, by platform. */
type Examples = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

function lay(example: unknown, { paths }: Description, place: string): void {
  const [method = '', path = ''] = place.split(' ');
  const answer = paths[path]?.[method]?.responses?.['200']?.content;
  for (const content of Object.values(answer ?? {})) {
    delete content.examples;
    content.example = example;
  }
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
