import type { Evidence } from '../facts.js';
import { because, type Ecosystem, type Part, type Project } from '../project.js';
import { folderOf, type Repository } from '../repository.js';
import { adaptPython, classifyPython } from './python-commands.js';
import { type PythonFolder, readPythonFolder } from './python-folder.js';
import { chooseTests } from './python-tests.js';

export const python: Ecosystem = {
  title: 'Python',
  recognises: [
    {
      files: '`pyproject.toml`, `setup.py`, `setup.cfg`',
      pattern: /(^|\/)(pyproject\.toml|setup\.(py|cfg))$/,
      leadsTo: 'A project, installed into a virtual environment of its own; its tools.',
      read: true,
    },
    {
      files: '`requirements*.txt`, `requirements/*.txt`',
      pattern: /(^|\/)(requirements[\w.-]*\.txt|requirements\/[\w.-]+\.txt)$/,
      leadsTo: '`pip install -r`, those for tests and development too.',
      read: true,
    },
    { files: '`uv.lock`', pattern: /(^|\/)uv\.lock$/, leadsTo: '`uv sync --locked`, `uv run`.', read: false },
    {
      files: '`poetry.lock`',
      pattern: /(^|\/)poetry\.lock$/,
      leadsTo: '`poetry install`, `poetry run`.',
      read: false,
    },
    {
      files: '`tox.ini`, `noxfile.py`',
      pattern: /(^|\/)(tox\.ini|noxfile\.py)$/,
      leadsTo: '`tox` or `nox` in place of the tests alone.',
      read: true,
    },
    {
      files: '`pytest.ini`, `conftest.py`, `test_*.py`',
      pattern: /(^|\/)(pytest\.ini|conftest\.py|test_[^/]*\.py)$/,
      leadsTo: 'pytest with a JUnit report where it is configured or a dependency, else unittest.',
      read: false,
    },
    {
      files: '`ruff.toml`, `.ruff.toml`, `mypy.ini`, `.flake8`',
      pattern: /(^|\/)(\.?ruff\.toml|mypy\.ini|\.flake8)$/,
      leadsTo:
        '`ruff check`, `mypy`, `flake8`; sections of `pyproject.toml` and `setup.cfg` lead to the same.',
      read: false,
    },
    {
      files: '`.python-version`',
      pattern: /(^|\/)\.python-version$/,
      leadsTo: 'The version of Python that is expected.',
      read: true,
    },
  ],
  detect: detectPython,
  classify: classifyPython,
  adapt: adaptPython,
};

const ROOTS = /^(pyproject\.toml|setup\.(py|cfg)|requirements[\w.-]*\.txt|tox\.ini|noxfile\.py)$/;

function detectPython(repository: Repository): readonly Project[] {
  const folders = new Set(repository.named(ROOTS).map(folderOf));
  // A folder of nothing but lists of requirements belongs to the one above it.
  const own = [...folders].filter((folder) => !/(^|\/)requirements$/.test(folder));
  return own.map((folder) => toProject(readPythonFolder(repository, folder), repository, own));
}

function toProject(python: PythonFolder, repository: Repository, all: readonly string[]): Project {
  const { folder, manifest } = python;
  return {
    ecosystem: 'python',
    directory: folder,
    title: `Python project ${python.name}`,
    why: because('certain', 'A project of Python.', { file: manifest }),
    parts: [
      toolsPart(python, repository),
      ...installParts(python),
      ...toolParts(python),
      ...chooseTests(python, repository),
    ],
    dependsOn: python.localDependencies.filter((each) => each !== folder && all.includes(each)),
  };
}

function toolsPart({ folder, manifest, requires }: PythonFolder, repository: Repository): Part {
  const pinned = repository.firstOf(folder, ['.python-version']);
  const version = pinned === undefined ? undefined : repository.text(pinned)?.trim().slice(0, 40);
  const found: readonly [string, Evidence] | undefined =
    pinned !== undefined && version !== undefined ? [version, { file: pinned, line: 1 }] : requires;
  return {
    task: 'tools',
    run: ['python3', '--version'],
    why:
      found === undefined
        ? because('likely', 'Says in the log which Python the worker has; the project names none.', {
            file: manifest,
          })
        : because(
            'certain',
            `Says in the log which Python the worker has; the project asks for ${found[0]}.`,
            found[1],
          ),
  };
}

function installParts(python: PythonFolder): Part[] {
  const { installer, requirements, needsInstall, extraTools } = python;
  if (installer === 'uv') {
    const why = because('certain', 'Installs exactly what uv.lock names, with uv.', { file: python.lock! });
    return [{ task: 'install', run: ['uv', 'sync', '--locked', '--all-extras'], network: true, why }];
  }
  if (installer === 'poetry') {
    const why = because('certain', 'Installs what poetry.lock names, with Poetry.', {
      file: python.lock ?? python.manifest,
    });
    return [{ task: 'install', run: ['poetry', 'install', '--no-interaction'], network: true, why }];
  }
  if (!needsInstall) return [];
  const venv: Part = {
    task: 'environment',
    run: ['python3', '-m', 'venv', '.venv'],
    why: because(
      'likely',
      'A virtual environment of the project, so that nothing of the worker is changed.',
      { file: python.manifest },
    ),
  };
  const listed = requirements.flatMap((file) => ['-r', file.slice(folderOffset(python.folder))]);
  const self = python.installable
    ? ['-e', python.extras.length > 0 ? `.[${python.extras.join(',')}]` : '.']
    : [];
  const evidence: Evidence[] = [
    ...requirements.map((file) => ({ file })),
    ...(python.installable ? [{ file: python.manifest }] : []),
  ];
  const tools =
    extraTools.length === 0
      ? ''
      : ` ${extraTools.join(' and ')} ${extraTools.length === 1 ? 'is' : 'are'} used but not listed, so added.`;
  return [
    venv,
    {
      task: 'install',
      run: ['.venv/bin/python', '-m', 'pip', 'install', ...listed, ...self, ...extraTools],
      network: true,
      why: because(
        'likely',
        `Installs what the project needs, with pip.${tools}`,
        ...(evidence.length > 0 ? evidence : [{ file: python.manifest }]),
      ),
    },
  ];
}

function folderOffset(folder: string): number {
  return folder === '' ? 0 : folder.length + 1;
}

/** Linters and type checkers that are configured. */
function toolParts(python: PythonFolder): Part[] {
  const { tools } = python;
  const part = (task: Part['task'], words: readonly string[], evidence: Evidence): Part => ({
    task,
    run: python.run(words),
    why: because('certain', `${words[0]} is configured.`, evidence),
  });
  return [
    ...(tools.ruff === undefined ? [] : [part('lint', ['ruff', 'check', '.'], tools.ruff)]),
    ...(tools.ruffFormat === undefined
      ? []
      : [part('format', ['ruff', 'format', '--check', '.'], tools.ruffFormat)]),
    ...(tools.black === undefined ? [] : [part('format', ['black', '--check', '.'], tools.black)]),
    ...(tools.flake8 === undefined || tools.ruff !== undefined
      ? []
      : [part('lint', ['flake8'], tools.flake8)]),
    ...(tools.mypy === undefined ? [] : [part('typecheck', ['mypy', '.'], tools.mypy)]),
  ];
}
