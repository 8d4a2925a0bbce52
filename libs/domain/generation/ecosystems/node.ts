import type { JsonObject } from '../../json.js';
import type { Evidence, Note } from '../facts.js';
import { because, type Ecosystem, type Part, type Project, type Task } from '../project.js';
import { matchesGlobs } from '../reading/glob.js';
import { placeOfKey, readJsonFile, textList, textsOf } from '../reading/json-file.js';
import { evidenceOf, folderOf, isIn, join, type Repository, resolveFrom } from '../repository.js';
import { classifyNode } from './node-commands.js';
import { chooseManager, type Manager } from './node-manager.js';
import { reportOf } from './node-report.js';

export const node: Ecosystem = {
  title: 'Node',
  recognises: [
    {
      files: '`package.json`',
      pattern: /(^|\/)package\.json$/,
      leadsTo: 'A project; its scripts for lint, format, types, checks, build and test; its workspaces.',
      read: true,
    },
    {
      files: '`package-lock.json`, `npm-shrinkwrap.json`',
      pattern: /(^|\/)(package-lock|npm-shrinkwrap)\.json$/,
      leadsTo: '`npm ci`; a look at known holes where it changed.',
      read: false,
    },
    {
      files: '`pnpm-lock.yaml`',
      pattern: /(^|\/)pnpm-lock\.yaml$/,
      leadsTo: '`pnpm install --frozen-lockfile`; a look at known holes where it changed.',
      read: false,
    },
    {
      files: '`pnpm-workspace.yaml`',
      pattern: /(^|\/)pnpm-workspace\.yaml$/,
      leadsTo: 'The workspaces of pnpm.',
      read: true,
    },
    {
      files: '`yarn.lock`, `.yarnrc.yml`',
      pattern: /(^|\/)(yarn\.lock|\.yarnrc\.yml)$/,
      leadsTo: '`yarn install`, with `--immutable` for Yarn 2 and later, `--frozen-lockfile` before.',
      read: false,
    },
    {
      files: '`.nvmrc`, `.node-version`',
      pattern: /(^|\/)\.(nvmrc|node-version)$/,
      leadsTo: 'The version of Node that is expected, as `engines` in `package.json` does.',
      read: true,
    },
    {
      files: '`tsconfig.json`',
      pattern: /(^|\/)tsconfig\.json$/,
      leadsTo:
        '`npx --no-install tsc --noEmit`, where TypeScript is a dependency and no script checks types.',
      read: false,
    },
  ],
  detect: detectNode,
  classify: classifyNode,
};

/** One package.json. */
interface Manifest {
  readonly file: string;
  readonly folder: string;
  readonly json: JsonObject;
  readonly scripts: Readonly<Record<string, string>>;
  readonly name: string;
}

function detectNode(repository: Repository, notes: Note[]): readonly Project[] {
  const manifests = repository.named('package.json').flatMap((file): Manifest[] => {
    const json = readJsonFile(repository, file);
    if (json === undefined) {
      notes.push({
        text: 'It is no JSON that can be read, so its package is left out.',
        evidence: [{ file }],
      });
      return [];
    }
    const folder = folderOf(file);
    const name =
      typeof json['name'] === 'string' ? json['name'].slice(0, 100) : folder || repository.facts.name;
    return [{ file, folder, json, scripts: textsOf(json['scripts']), name }];
  });
  const roots = new Map(manifests.map((each) => [each.folder, globsOf(each, repository)] as const));
  const folders = new Map(manifests.map((each) => [each.name, each.folder] as const));
  return manifests.map((manifest) => {
    const root = manifests.find(
      ({ folder }) =>
        folder !== manifest.folder &&
        isIn(manifest.folder, folder) &&
        matchesGlobs(relativeTo(folder, manifest.folder), roots.get(folder)!),
    );
    return toProject(manifest, root, folders, repository);
  });
}

function relativeTo(root: string, folder: string): string {
  return root === '' ? folder : folder.slice(root.length + 1);
}

/** Folders of its workspaces, as globs; none where it is no root. */
function globsOf({ json, folder }: Manifest, repository: Repository): readonly string[] {
  const workspaces = json['workspaces'];
  const packages =
    typeof workspaces === 'object' && workspaces !== null && 'packages' in workspaces
      ? workspaces['packages']
      : workspaces;
  const pnpm = repository.text(join(folder, 'pnpm-workspace.yaml')) ?? '';
  const listed = [...pnpm.matchAll(/^\s+-\s+['"]?([^'"#\n]+?)['"]?\s*(?:#.*)?$/gm)].map(([, glob]) => glob!);
  return [...textList(packages), ...listed];
}

function toProject(
  manifest: Manifest,
  root: Manifest | undefined,
  folders: ReadonlyMap<string, string>,
  repository: Repository,
): Project {
  const { file, folder, json, name } = manifest;
  const manager = chooseManager((root ?? manifest).json, (root ?? manifest).file, repository);
  const dependencies = dependenciesOf(json);
  const dependsOn = Object.entries(dependencies).flatMap(([dependency, version]) => {
    const local = /^(?:file|link|portal):(.*)$/.exec(version)?.[1];
    const target = local === undefined ? folders.get(dependency) : resolveFrom(folder, local);
    return target === undefined || target === folder ? [] : [target];
  });
  return {
    ecosystem: 'node',
    directory: folder,
    title: `${manager.name} package ${name}`,
    why: because(
      'certain',
      root === undefined
        ? `A package of ${manager.name}.`
        : `A package of ${manager.name}, a workspace of ${root.file}.`,
      { file },
      ...(root === undefined ? [] : [manager.evidence]),
    ),
    parts: [
      ...(root === undefined ? [toolsPart(manifest, repository), installPart(manifest, manager)] : []),
      ...scriptParts(manifest, manager, repository),
    ],
    dependsOn: root === undefined ? dependsOn : [root.folder, ...dependsOn],
    ...(root === undefined ? {} : { workspace: root.folder }),
    ...(root === undefined && manager.audit !== undefined
      ? { onLockChange: [auditPart(manager, manager.audit)] }
      : {}),
  };
}

function dependenciesOf(json: JsonObject): Readonly<Record<string, string>> {
  return {
    ...textsOf(json['peerDependencies']),
    ...textsOf(json['devDependencies']),
    ...textsOf(json['dependencies']),
  };
}

function toolsPart({ folder, file, json }: Manifest, repository: Repository): Part {
  const pinned = repository.firstOf(folder, ['.nvmrc', '.node-version']);
  const engine = textsOf(json['engines'])['node'];
  const found: readonly [version: string, evidence: Evidence] | undefined =
    pinned !== undefined
      ? [repository.text(pinned)?.trim().slice(0, 40) ?? 'pinned', { file: pinned, line: 1 }]
      : engine !== undefined
        ? [engine.slice(0, 40), placeOfKey(repository, file, 'engines', 'node')]
        : undefined;
  return {
    task: 'tools',
    run: ['node', '--version'],
    why:
      found === undefined
        ? because('likely', 'Says in the log which Node the worker has; the repository names none.', { file })
        : because(
            'certain',
            `Says in the log which Node the worker has; the repository asks for ${found[0]}.`,
            found[1],
          ),
  };
}

function installPart({ file }: Manifest, manager: Manager): Part {
  return {
    task: 'install',
    run: manager.install,
    network: true,
    why: manager.locked
      ? because(
          'certain',
          `Installs exactly what the lock file names, with ${manager.name}.`,
          manager.evidence,
        )
      : because(
          'guess',
          `Installs what package.json asks for; there is no lock file, so versions may differ from run to run.`,
          { file },
          manager.evidence,
        ),
  };
}

function auditPart(manager: Manager, run: readonly string[]): Part {
  return {
    task: 'audit',
    run,
    network: true,
    advisory: true,
    why: because(
      'likely',
      'The lock file changed: known holes in what it names are shown; they fail nothing.',
      manager.evidence,
    ),
  };
}

/** Scripts by the names that people give them, the first that is there. */
const SCRIPTS: readonly (readonly [task: Task, names: readonly string[], what: string])[] = [
  ['format', ['format:check', 'check:format', 'fmt:check', 'prettier:check'], 'Checks the format'],
  ['lint', ['lint', 'lint:ci', 'eslint'], 'Lints'],
  ['typecheck', ['typecheck', 'type-check', 'check-types', 'check:types', 'types', 'tsc'], 'Checks types'],
  ['check', ['check', 'validate', 'verify'], 'Runs the checks of the project'],
  ['test', ['test', 'test:ci', 'test:unit'], 'Runs the tests'],
  ['build', ['build', 'compile'], 'Builds'],
];

/** What npm writes into a new package. */
const PLACEHOLDER = /no test specified/;

function scriptParts(manifest: Manifest, manager: Manager, repository: Repository): Part[] {
  const { file, json, scripts, folder } = manifest;
  const parts = SCRIPTS.flatMap(([task, names, what]): Part[] => {
    const name = names.find((each) => {
      const script = scripts[each];
      return script !== undefined && !PLACEHOLDER.test(script) && !/(^|\s)--watch(All)?(\s|$)/.test(script);
    });
    if (name === undefined) return [];
    const script = scripts[name]!;
    const report = task === 'test' ? reportOf(script, manager.name, manifest, repository) : undefined;
    return [
      {
        task,
        run: [...manager.run(name), ...(report?.arguments ?? [])],
        ...(report?.environment === undefined ? {} : { environment: report.environment }),
        ...(report === undefined ? {} : { report: report.report }),
        why: because(
          'certain',
          `${what}: the script \`${name}\` is \`${script.slice(0, 120)}\`.`,
          placeOfKey(repository, file, 'scripts', name),
        ),
      },
    ];
  });
  const typed = parts.some(({ task }) => task === 'typecheck' || task === 'check');
  const compiled = /\btsc\b/.test(`${scripts['build'] ?? ''} ${scripts['compile'] ?? ''}`);
  const config = join(folder, 'tsconfig.json');
  if (!typed && !compiled && repository.has(config) && 'typescript' in dependenciesOf(json)) {
    parts.unshift({
      task: 'typecheck',
      run: ['npx', '--no-install', 'tsc', '--noEmit'],
      why: because(
        'likely',
        'TypeScript is a dependency, and no script checks types.',
        { file: config },
        evidenceOf(repository, file, '"typescript"'),
      ),
    });
  }
  return parts;
}
