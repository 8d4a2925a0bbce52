import { describe, expect, it } from '@jest/globals';
import { parse as parseYaml } from 'yaml';
import { generate } from './generate.js';
import { type Facts, type Generated, generateFrom } from './testing/generate-from.js';

/** `install: npm ci`, in the order of the definition. */
function commandsOf({ tree }: Generated): readonly string[] {
  return Object.values(tree.stages).flatMap(({ steps }) =>
    Object.entries(steps).flatMap(([id, step]) => {
      const run = step.with?.['run'];
      if (step.uses !== 'command/run') return [];
      const words = typeof run === 'string' ? tree.inputs[/inputs\.(\w+)/.exec(run)![1]!]!.default : run;
      return [`${id}: ${(words as string[]).join(' ')}`];
    }),
  );
}

const json = JSON.stringify;
const lock = { 'package-lock.json': '{}' };

describe('the commands of each ecosystem', () => {
  const cases: readonly (readonly [name: string, files: Facts['files'], commands: readonly string[]])[] = [
    [
      'npm with a lock file and scripts',
      {
        'package.json': json({
          scripts: { lint: 'eslint .', typecheck: 'tsc', build: 'tsc -b', test: 'vitest' },
        }),
        ...lock,
      },
      [
        'tools: node --version',
        'install: npm ci',
        'lint: npm run lint',
        'typecheck: npm run typecheck',
        'build: npm run build',
        'test: npm test -- --reporter=default --reporter=junit --outputFile.junit=reports/junit.xml',
      ],
    ],
    [
      'npm without a lock file, tests of nobody, types that no script checks',
      {
        'package.json': json({
          scripts: { test: 'echo "Error: no test specified" && exit 1' },
          devDependencies: { typescript: '5' },
        }),
        'tsconfig.json': '{}',
      },
      [
        'tools: node --version',
        'install: npm install --no-audit --no-fund',
        'typecheck: npx --no-install tsc --noEmit',
      ],
    ],
    [
      'pnpm',
      {
        'package.json': json({ scripts: { test: 'jest' }, devDependencies: { 'jest-junit': '1' } }),
        'pnpm-lock.yaml': '',
      },
      [
        'tools: node --version',
        'install: pnpm install --frozen-lockfile',
        'test: pnpm test --reporters=default --reporters=jest-junit',
      ],
    ],
    [
      'Yarn 1',
      { 'package.json': json({ scripts: { test: 'x' } }), 'yarn.lock': '' },
      ['tools: node --version', 'install: yarn install --frozen-lockfile', 'test: yarn run test'],
    ],
    [
      'Yarn 4, as the manifest says',
      {
        'package.json': json({ packageManager: 'yarn@4.1.0', scripts: { 'check:types': 'tsc' } }),
        'yarn.lock': '',
        ...lock,
      },
      ['tools: node --version', 'install: yarn install --immutable', 'typecheck: yarn run check:types'],
    ],
    [
      'pip with pytest, ruff and mypy',
      {
        'pyproject.toml': '[tool.ruff]\nline-length = 100\n[tool.mypy]\nstrict = true\n',
        'requirements.txt': 'requests\n',
        'requirements-dev.txt': 'pytest>=7\nruff\n',
      },
      [
        'tools: python3 --version',
        'environment: python3 -m venv .venv',
        'install: .venv/bin/python -m pip install -r requirements-dev.txt -r requirements.txt mypy',
        'lint: .venv/bin/python -m ruff check .',
        'typecheck: .venv/bin/python -m mypy .',
        'test: .venv/bin/python -m pytest --junitxml=reports/pytest.xml',
      ],
    ],
    [
      'poetry',
      {
        'pyproject.toml': '[tool.poetry]\nname = "a"\n[tool.poetry.group.dev.dependencies]\npytest = "^8"\n',
        'poetry.lock': '',
      },
      [
        'tools: python3 --version',
        'install: poetry install --no-interaction',
        'test: poetry run pytest --junitxml=reports/pytest.xml',
      ],
    ],
    [
      'uv',
      {
        'pyproject.toml':
          '[project]\nname = "a"\nrequires-python = ">=3.12"\ndependencies = [\n  "httpx",\n]\n[dependency-groups]\ndev = ["pytest"]\n',
        'uv.lock': '',
      },
      [
        'tools: python3 --version',
        'install: uv sync --locked --all-extras',
        'test: uv run pytest --junitxml=reports/pytest.xml',
      ],
    ],
    [
      'setup.py with tox',
      { 'setup.py': 'setup()', 'tox.ini': '[tox]\n' },
      [
        'tools: python3 --version',
        'environment: python3 -m venv .venv',
        'install: .venv/bin/python -m pip install -e . tox',
        'test: .venv/bin/python -m tox',
      ],
    ],
    [
      'nothing but tests of unittest',
      { 'setup.cfg': '[metadata]\n', 'tests/__init__.py': '', 'tests/test_a.py': '' },
      [
        'tools: python3 --version',
        'environment: python3 -m venv .venv',
        'install: .venv/bin/python -m pip install -e .',
        'test: .venv/bin/python -m unittest discover -s tests -t .',
      ],
    ],
    [
      'Go with golangci-lint',
      { 'go.mod': 'module a\n\ngo 1.22\n', 'go.sum': '', '.golangci.yml': '', 'a_test.go': '' },
      [
        'tools: go version',
        'install: go mod download',
        'lint: golangci-lint run',
        'check: go vet ./...',
        'build: go build ./...',
        'test: go test ./...',
      ],
    ],
    [
      'Maven',
      {
        'pom.xml': '<project><artifactId>a</artifactId><modules><module>b</module></modules></project>',
        'b/pom.xml': '<project/>',
      },
      ['tools: java -version', 'install: mvn -B -ntp dependency:go-offline', 'test: mvn -B -ntp verify'],
    ],
    [
      'Gradle with its wrapper',
      { 'settings.gradle.kts': 'rootProject.name = "a"\n', 'app/build.gradle.kts': '', gradlew: '' },
      [
        'tools: java -version',
        'install: sh ./gradlew --no-daemon --console=plain dependencies',
        'test: sh ./gradlew --no-daemon --console=plain build',
      ],
    ],
    [
      'a workspace of Cargo',
      {
        'Cargo.toml': '[workspace]\nmembers = ["crates/*"]\n[workspace.lints.clippy]\nall = "deny"\n',
        'Cargo.lock': '',
        'rustfmt.toml': '',
        'crates/a/Cargo.toml': '[package]\nname = "a"\n',
      },
      [
        'tools: cargo --version',
        'install: cargo fetch --locked',
        'format: cargo fmt --all --check',
        'lint: cargo clippy --all-targets --workspace --locked -- -D warnings',
        'build: cargo build --all-targets --workspace --locked',
        'test: cargo test --workspace --locked',
      ],
    ],
    [
      'a solution of .NET',
      {
        'A.sln': '',
        'a/A.csproj': '',
        't/T.csproj': '<PackageReference Include="Microsoft.NET.Test.Sdk" />',
      },
      [
        'tools: dotnet --version',
        'install: dotnet restore ./A.sln',
        'build: dotnet build ./A.sln --no-restore --configuration Release',
        'test: dotnet test ./A.sln --no-build --configuration Release',
      ],
    ],
    [
      'containers',
      { Dockerfile: 'FROM scratch\n', 'compose.yaml': 'services: {}\n' },
      [
        'validate: docker compose --file ./compose.yaml config --quiet',
        'package: docker build --file ./Dockerfile --tag shop:sluice .',
      ],
    ],
    [
      'Terraform, with a module that is part of it',
      { 'infra/main.tf': 'module "n" {\n  source = "../modules/n"\n}\n', 'modules/n/n.tf': '' },
      [
        'tools: terraform version',
        'install: terraform init -backend=false -input=false',
        'format: terraform fmt -check -diff -recursive',
        'validate: terraform validate',
      ],
    ],
    [
      'a kustomization with its base',
      { 'o/kustomization.yaml': 'resources:\n  - ../b\n', 'b/kustomization.yaml': '' },
      ['tools: kubectl version --client', 'validate: kubectl kustomize .'],
    ],
    [
      'plain manifests, and YAML that is none',
      {
        'k8s/a.yaml': 'apiVersion: v1\nkind: Pod\n',
        'k8s/b.yaml': 'a: 1\n',
        'x/c.yaml': 'apiVersion: v1\nkind: Pod\n',
      },
      ['validate: kubeconform -strict -summary -ignore-missing-schemas .'],
    ],
    [
      'a chart, with one inside',
      {
        'web/Chart.yaml': 'name: web\ndependencies:\n  - name: db\n',
        'web/charts/db/Chart.yaml': 'name: db\n',
      },
      [
        'tools: helm version --short',
        'install: helm dependency build .',
        'lint: helm lint .',
        'validate: helm template .',
      ],
    ],
    [
      'bun, whose own `test` is not the script',
      { 'package.json': json({ scripts: { test: 'x' } }), 'bun.lock': '' },
      ['tools: node --version', 'install: bun install --frozen-lockfile', 'test: bun run test'],
    ],
    [
      'Gradle with a wrapper in a folder above',
      { 'services/app/build.gradle': 'plugins { id "java" }', gradlew: '' },
      [
        'tools: java -version',
        'install: sh ../../gradlew --no-daemon --console=plain dependencies',
        'test: sh ../../gradlew --no-daemon --console=plain build',
      ],
    ],
    [
      'Python that configures pytest and does not ask for it',
      { 'pyproject.toml': '[project]\nname = "a"\n[tool.pytest.ini_options]\n', 'tests/test_a.py': '' },
      [
        'tools: python3 --version',
        'environment: python3 -m venv .venv',
        'install: .venv/bin/python -m pip install pytest',
        'test: .venv/bin/python -m pytest --junitxml=reports/pytest.xml',
      ],
    ],
    [
      'a Makefile alone',
      { Makefile: 'build: x\n\t@true\ntest:\n\t@true\nlint := no\n' },
      ['build: make build', 'test: make test'],
    ],
    [
      'what others wrote',
      { 'node_modules/a/package.json': '{}', 'vendor/b/go.mod': 'module b', 'testdata/c/Cargo.toml': '' },
      [],
    ],
  ];
  it.each(cases)('%s', (_, files, commands) => {
    expect([...commandsOf(generateFrom({ files }))].sort()).toEqual([...commands].sort());
  });
});

describe('reasons', () => {
  const files = {
    'package.json': '{\n  "scripts": {\n    "test": "node --test"\n  }\n}\n',
    ...lock,
    Dockerfile: 'FROM scratch\n',
    'go.mod': 'module a\n',
  };

  it('stand with every line, or with the one above it', () => {
    const { definition, explanations, paths } = generateFrom({ files });
    const explained = new Set(explanations.map(({ path }) => path));
    const bare = paths.filter((path) => !coveredBy(explained, path));
    expect(bare).toEqual(['sluice', 'description']);
    expect(definition.split('\n').filter((line) => line.includes('#')).length).toBeGreaterThan(
      explanations.length,
    );
  });

  it('name the line of a key, not of a text that reads the same', () => {
    const text = json({ description: 'scripts', scripts: { test: 'x' } }).replaceAll(',', ',\n');
    const { explanations } = generateFrom({ files: { 'package.json': text } });
    const test = explanations.find(({ path }) => path.endsWith('.steps.test'));
    expect(test?.evidence).toContainEqual({ file: 'package.json', line: 2 });
  });

  it('name file and line, and how sure they are', () => {
    const { explanations } = generateFrom({ files });
    const why = explanations.find(({ path }) => path === 'stages.node.steps.node-test');
    expect(why).toEqual({
      path: 'stages.node.steps.node-test',
      reason: 'Runs the tests: the script `test` is `node --test`.',
      evidence: [{ file: 'package.json', line: 3 }],
      confidence: 'certain',
    });
  });

  function coveredBy(explained: ReadonlySet<string>, path: string): boolean {
    for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.'))))
      if (explained.has(at)) return true;
    return false;
  }
});

describe('projects of one repository', () => {
  const needsOf = (files: Facts['files']) =>
    Object.fromEntries(
      Object.entries(generateFrom({ files }).tree.stages).map(([id, { needs }]) => [id, needs ?? []]),
    );

  it('of .NET come after those that they refer to', () => {
    const reference = (path: string) => `<Project><ProjectReference Include="${path}" /></Project>`;
    const files = {
      'app/App.csproj': reference('..\\lib\\Lib.csproj'),
      'lib/Lib.csproj': reference('../../outside/Out.csproj'),
    };
    expect(needsOf(files)).toMatchObject({ lib: ['prepare'], app: ['lib'] });
  });

  it('of Python come after those that they take by their path', () => {
    const files = {
      'a/pyproject.toml':
        '[project]\nname = "a"\n[tool.poetry.dependencies]\nb = { path = "../b" }\na = { path = "." }\n',
      'b/pyproject.toml': '[project]\nname = "b"\n',
    };
    expect(needsOf(files)).toMatchObject({ b: ['prepare'], a: ['b'] });
  });

  it('are of a workspace where its globs say so', () => {
    const member = json({ scripts: { test: 'x' } });
    const names = ['a1b2c', 'abc', 'aXbXc', 'acb', 'a1b', 'ab'];
    const files = {
      'package.json': json({ workspaces: ['packages/a*b*c', '!packages/aXbXc', 'packages/ab'] }),
      ...Object.fromEntries(names.map((name) => [`packages/${name}/package.json`, member])),
    };
    const members = Object.entries(needsOf(files)).filter(([, needs]) => needs.includes('node'));
    expect(members.map(([id]) => id).sort()).toEqual(['packages-a1b2c', 'packages-ab', 'packages-abc']);
  });
});

it('a catalogue without the actions that it needs is a bug of ours, and says so', () => {
  const facts = { name: 'shop', folder: '', files: ['go.mod'], texts: new Map(), notes: [] };
  expect(() => generate({ ...facts, address: '/srv/shop' }, new Map())).toThrow(
    expect.objectContaining({
      code: 'generation-invalid',
      fault: 'bug',
      message: expect.stringMatching(/is not valid: .+ \(line [1-9]\d*\)$/),
    }),
  );
});

describe('what is hostile', () => {
  const names = [
    'a\nb',
    '\'q\' "d"',
    '-rf',
    '$(reboot)',
    '${{ inputs.ref }}',
    '# no comment',
    'ж\u202e\u0007\ufeff',
    '\ud800',
    'a: b',
    'x'.repeat(4096),
    '..',
    '*',
  ];
  it.each(names)('a folder called %j', (name) => {
    const { tree } = generateFrom({
      files: { [`${name}/package.json`]: '{"scripts":{"test":"x"}}', [`${name}/go.mod`]: 'module x' },
      name,
    });
    for (const { steps } of Object.values(tree.stages)) {
      for (const { with: input } of Object.values(steps)) {
        const directory = input?.['directory'];
        if (directory !== undefined) expect(directory).toBe(name.toWellFormed().replaceAll('${{', '$${{'));
      }
    }
  });

  const scripts = ['a\nb: c', '${{ secrets }}', '*/ --> # x', '\u2028\u0085', '"'.repeat(500)];
  it.each(scripts)('a script that says %j', (script) => {
    const { definition } = generateFrom({ files: { 'package.json': json({ scripts: { test: script } }) } });
    expect(parseYaml(definition)).toHaveProperty('stages.verify.steps.test');
  });

  const broken: readonly (readonly [file: string, text: string])[] = [
    ['package.json', '{'],
    ['package.json', '[]'],
    ['package.json', 'null'],
    ['package.json', '{"scripts": 7, "workspaces": {"packages": 1}, "engines": [], "packageManager": {}}'],
    ['package.json', '{"name": 3, "scripts": {"test": null}, "dependencies": {"a": {}}}'],
    ['pyproject.toml', '[project\n= = =\ndependencies = ["a'],
    ['pyproject.toml', `x = ${'['.repeat(20_000)}`],
    ['go.mod', '\u0000\u0001'],
    ['pom.xml', '<module>'.repeat(5_000)],
    ['Cargo.toml', '[workspace]\nmembers = ["**/**/**/**/**/**/**/*"]'],
    ['.github/workflows/a.yml', 'jobs: ['],
    ['.github/workflows/a.yml', 'jobs: &a\n  b: *a\n'],
    ['.github/workflows/a.yml', '['.repeat(50_000)],
    ['.github/workflows/a.yml', '- '.repeat(50_000)],
    ['.github/workflows/a.yml', '{a: '.repeat(20_000)],
    ['.gitlab-ci.yml', '- 1\n- 2\n'],
    ['.circleci/config.yml', 'jobs:\n  a: 1\n  b:\n    steps: [1, null, {run: {command: 3}}]\n'],
    ['azure-pipelines.yml', 'steps: {}\njobs:\n  - 1\n'],
    ['Jenkinsfile', "dir('a') { ".repeat(2_000)],
    ['Jenkinsfile', `sh '''${"'".repeat(2)}`.repeat(3_000)],
    ['Chart.yaml', 'name: -rf\n'],
    ['main.tf', 'module "a" { source = "./" }\n'],
    ['Dockerfile.', 'FROM'],
    ['Makefile', 'test'.repeat(50_000)],
  ];
  it.each(broken)('%s with %.40j', (file, text) => {
    expect(generateFrom({ files: { [file]: text } }).tree.sluice).toBe(1);
  });

  it('a circle of projects that need each other', () => {
    const one = (name: string, other: string) =>
      json({ name, dependencies: { [other]: `file:../${other}` }, scripts: { test: 'x' } });
    const { tree } = generateFrom({
      files: { 'a/package.json': one('a', 'b'), 'b/package.json': one('b', 'a') },
    });
    expect(Object.keys(tree.stages)).toEqual(['prepare', 'b', 'a']);
  });

  it('more projects than anybody reads', () => {
    const files = Object.fromEntries(
      Array.from({ length: 150 }, (_, n) => [`p${n}/go.mod`, `module p${n}\n`]),
    );
    const { tree, notes } = generateFrom({ files });
    expect(Object.keys(tree.stages)).toHaveLength(101);
    expect(notes.map(({ text }) => text).join()).toContain('50 of 150 projects were left out');
  });
});
