import type { Evidence } from '../facts.js';
import { findEntry, quotedTexts, readSections, type Sections } from '../reading/sections.js';
import { evidenceOf, folderOf, join, nameOf, type Repository, resolveFrom } from '../repository.js';

/** What the files of one Python project say. */
export interface PythonFolder {
  readonly folder: string;
  readonly name: string;
  /** The file that makes it a project. */
  readonly manifest: string;
  readonly installer: 'pip' | 'uv' | 'poetry';
  readonly lock?: string;
  readonly requirements: readonly string[];
  /** Whether it is a package itself. */
  readonly installable: boolean;
  readonly extras: readonly string[];
  readonly needsInstall: boolean;
  /** Used, but not among what is installed. */
  readonly extraTools: readonly string[];
  readonly requires?: readonly [version: string, evidence: Evidence];
  readonly tools: Readonly<Partial<Record<ToolName, Evidence>>>;
  readonly localDependencies: readonly string[];
  /** Whether the sources lie in `src`, and are not installed from there. */
  readonly sourceFolder: boolean;
  /** The command for a tool of the project. */
  run(words: readonly string[]): readonly string[];
}

type ToolName = 'ruff' | 'ruffFormat' | 'black' | 'flake8' | 'mypy' | 'pytest' | 'tox' | 'nox';

/** The files that configure a tool, or the section of a shared file that does. */
const TOOLS: Readonly<Record<ToolName, { readonly files: readonly string[]; readonly section: RegExp }>> = {
  ruff: { files: ['ruff.toml', '.ruff.toml'], section: /^\[tool\.ruff[.\]]/m },
  ruffFormat: { files: [], section: /^\[tool\.ruff\.format\]/m },
  black: { files: [], section: /^\[tool\.black\]/m },
  flake8: { files: ['.flake8'], section: /^\[flake8\]/m },
  mypy: { files: ['mypy.ini', '.mypy.ini'], section: /^\[(tool\.)?mypy\]/m },
  pytest: {
    files: ['pytest.ini', 'conftest.py', 'tests/conftest.py'],
    section: /^\[(tool\.pytest\.|tool:pytest)/m,
  },
  tox: { files: ['tox.ini'], section: /^\[tool\.tox\]/m },
  nox: { files: ['noxfile.py'], section: /^\[tool\.nox\]/m },
};

const EXTRAS = ['test', 'tests', 'testing', 'dev'];

export function readPythonFolder(repository: Repository, folder: string): PythonFolder {
  const pyproject = repository.firstOf(folder, ['pyproject.toml']);
  const text = (pyproject && repository.text(pyproject)) ?? '';
  const sections = readSections(text);
  const setup = repository.firstOf(folder, ['setup.py', 'setup.cfg']);
  const requirements = repository
    .named(/^(requirements[\w.-]*|[\w.-]+)\.txt$/)
    .filter((file) => isRequirements(file, folder) && isWanted(nameOf(file)));
  const lock = repository.firstOf(folder, ['uv.lock', 'poetry.lock']);
  const installer = installerOf(lock, sections);
  const tools = findTools(repository, folder);
  const declared = [text, ...requirements.map((file) => repository.text(file) ?? '')].join('\n');
  const extraTools = [
    ...new Set(Object.keys(tools).map((name) => (name === 'ruffFormat' ? 'ruff' : name))),
  ].filter((name) => !isDeclared(name, declared) && (name !== 'pytest' || usesPytest(tools)));
  const installable = setup !== undefined || sections.lines.has('build-system');
  const dependencies = findEntry(sections, 'project', 'dependencies');
  const requiresPython = findEntry(sections, 'project', 'requires-python');
  const needsInstall =
    requirements.length > 0 ||
    installable ||
    extraTools.length > 0 ||
    quotedTexts(dependencies?.value ?? '').length > 0;
  const prefixes = {
    uv: ['uv', 'run'],
    poetry: ['poetry', 'run'],
    pip: [needsInstall ? '.venv/bin/python' : 'python3', '-m'],
  };
  return {
    folder,
    name:
      quotedTexts(
        findEntry(sections, 'project', 'name')?.value ??
          findEntry(sections, 'tool.poetry', 'name')?.value ??
          '',
      )[0]?.slice(0, 100) ||
      nameOf(folder) ||
      repository.facts.name,
    manifest:
      pyproject ??
      setup ??
      requirements[0] ??
      repository.firstOf(folder, ['tox.ini', 'noxfile.py']) ??
      join(folder, 'requirements.txt'),
    installer,
    ...(lock === undefined ? {} : { lock }),
    requirements,
    installable: installable || quotedTexts(dependencies?.value ?? '').length > 0,
    extras: EXTRAS.filter(
      (extra) => findEntry(sections, 'project.optional-dependencies', extra) !== undefined,
    ),
    needsInstall,
    extraTools,
    ...(requiresPython === undefined
      ? {}
      : {
          requires: [
            quotedTexts(requiresPython.value)[0] ?? '',
            { file: pyproject!, line: requiresPython.line },
          ] as const,
        }),
    tools,
    localDependencies: localDependencies(sections, folder),
    sourceFolder: repository.below(join(folder, 'src'), /\.py$/) !== undefined,
    run: (words) => [...prefixes[installer], ...words],
  };
}

function installerOf(lock: string | undefined, { lines }: Sections): PythonFolder['installer'] {
  if (lock !== undefined) return nameOf(lock) === 'uv.lock' ? 'uv' : 'poetry';
  return lines.has('tool.poetry') ? 'poetry' : 'pip';
}

function isRequirements(file: string, folder: string): boolean {
  const at = folderOf(file);
  return (at === folder && nameOf(file).startsWith('requirements')) || at === join(folder, 'requirements');
}

/** Lists for running and testing; not those for documents, or that only constrain others. */
function isWanted(name: string): boolean {
  return !/docs?|constraints?|lint-only|build/.test(name);
}

function findTools(repository: Repository, folder: string): PythonFolder['tools'] {
  const found: Partial<Record<ToolName, Evidence>> = {};
  for (const [name, { files, section }] of Object.entries(TOOLS) as [ToolName, (typeof TOOLS)[ToolName]][]) {
    const own = repository.firstOf(folder, files);
    const shared = ['pyproject.toml', 'setup.cfg', 'tox.ini']
      .map((file) => join(folder, file))
      .map((file) => evidenceOf(repository, file, section))
      .find(({ line }) => line !== undefined);
    const evidence = own === undefined ? shared : { file: own };
    if (evidence !== undefined) found[name] = evidence;
  }
  return found;
}

function usesPytest(tools: PythonFolder['tools']): boolean {
  return tools.pytest !== undefined && tools.tox === undefined && tools.nox === undefined;
}

function isDeclared(tool: string, text: string): boolean {
  return new RegExp(`(^|["'\\s])${tool}(\\[[\\w,-]*\\])?\\s*(["'=<>~!;,]|$)`, 'm').test(
    text.replaceAll(/^\s*\[.*\]\s*$/gm, ''),
  );
}

/** `{ path = "../lib" }`, in whatever section. */
function localDependencies({ entries }: Sections, folder: string): readonly string[] {
  return entries.flatMap(({ value }) => {
    const path = /\bpath\s*=\s*["']([^"'\n]{1,200})["']/.exec(value)?.[1];
    const target = path === undefined ? undefined : resolveFrom(folder, path);
    return target === undefined ? [] : [target];
  });
}
