import { execFile } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Files by path. */
export type Files = Readonly<Record<string, string>>;

/** Runs git in a folder as nobody in particular, with no configuration but its own. */
export async function git(folder: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run(
    'git',
    [
      '-C',
      folder,
      '-c',
      'user.name=t',
      '-c',
      'user.email=t@example.org',
      '-c',
      'commit.gpgsign=false',
      ...args,
    ],
    { env: { PATH: process.env['PATH'], HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1' } },
  );
  return stdout.trim();
}

async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
    if (text.startsWith('#!')) await chmod(join(folder, path), 0o755);
  }
}

/** A repository of one commit on `main`. */
export async function makeRepository(folder: string, files: Files): Promise<string> {
  await mkdir(folder, { recursive: true });
  await git(folder, 'init', '--quiet', '-b', 'main');
  return commitFiles(folder, files);
}

/** One more commit; answers with its id. */
export async function commitFiles(folder: string, files: Files): Promise<string> {
  await writeFiles(folder, files);
  await git(folder, 'add', '--all', '--force');
  await git(folder, 'commit', '--quiet', '--message', 'change');
  return git(folder, 'rev-parse', 'HEAD');
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** A package without dependencies: what is installed needs no registry. */
function nodePackage(name: string, scripts: Readonly<Record<string, string>>, more: object = {}): Files {
  return {
    'package.json': json({ name, version: '1.0.0', private: true, type: 'module', scripts, ...more }),
    'package-lock.json': json({
      name,
      version: '1.0.0',
      lockfileVersion: 3,
      requires: true,
      packages: { '': { name, version: '1.0.0' } },
    }),
  };
}

/** The files moved into a folder. */
function within(folder: string, files: Files): Files {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));
}

const NODE_TEST = `import { equal } from 'node:assert';
import { test } from 'node:test';
import { add } from './add.js';

test('adds', () => equal(add(1, 2), 3));
`;

export const NODE: Files = {
  ...nodePackage(
    'shop',
    { lint: 'node --check add.js', build: 'node build.js', test: 'node --test' },
    { engines: { node: '>=18' } },
  ),
  'add.js': 'export const add = (a, b) => a + b;\n',
  'add.test.js': NODE_TEST,
  'build.js':
    "import { mkdirSync, writeFileSync } from 'node:fs';\nmkdirSync('dist', { recursive: true });\nwriteFileSync('dist/add.js', 'built');\n",
  'README.md': '# Shop\n',
  '.github/workflows/ci.yml': `on: push
jobs:
  verify:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: npm ci
      - run: |
          npm run lint
          npm test
      - run: npm run build
      - run: npm publish
`,
};

export const PYTHON: Files = {
  'pyproject.toml':
    '[project]\nname = "prices"\nversion = "1.0"\nrequires-python = ">=3.9"\ndependencies = []\n',
  'src/prices/__init__.py': 'def total(prices):\n    return sum(prices)\n',
  'tests/test_prices.py':
    'import unittest\n\nfrom prices import total\n\n\nclass Prices(unittest.TestCase):\n    def test_total(self):\n        self.assertEqual(total([1, 2]), 3)\n',
};

export const GO: Files = {
  'go.mod': 'module example.com/rates\n\ngo 1.21\n',
  'rates.go': 'package rates\n\n// Double doubles.\nfunc Double(n int) int { return 2 * n }\n',
  'rates_test.go':
    'package rates\n\nimport "testing"\n\nfunc TestDouble(t *testing.T) {\n\tif Double(2) != 4 {\n\t\tt.Fatal("no")\n\t}\n}\n',
};

/** Its wrapper compiles and tests with what the JDK brings, and reports as Surefire does: Maven itself has to be fetched. */
export const JAVA: Files = {
  'pom.xml':
    '<project>\n  <groupId>org.example</groupId>\n  <artifactId>stock</artifactId>\n  <version>1</version>\n  <properties><java.version>17</java.version></properties>\n</project>\n',
  mvnw: `#!/bin/sh
set -eu
mkdir -p target/classes target/surefire-reports
case " $* " in *" verify "*) ;; *) exit 0 ;; esac
javac -d target/classes src/main/java/Stock.java src/test/java/StockTest.java
java -ea -cp target/classes StockTest
printf '<testsuite name="StockTest" tests="1"><testcase classname="StockTest" name="counts"/></testsuite>' > target/surefire-reports/TEST-StockTest.xml
`,
  'src/main/java/Stock.java': 'public class Stock { static int count(int... n) { return n.length; } }\n',
  'src/test/java/StockTest.java':
    'public class StockTest { public static void main(String[] a) { assert Stock.count(1, 2) == 2; System.out.println("ok"); } }\n',
};

export const RUST: Files = {
  'Cargo.toml': '[workspace]\nmembers = ["crates/*"]\n',
  'Cargo.lock': 'version = 3\n',
  'rustfmt.toml': 'max_width = 100\n',
  'crates/core/Cargo.toml': '[package]\nname = "core-rates"\nversion = "0.1.0"\n',
  'crates/core/src/lib.rs': 'pub fn one() -> u8 { 1 }\n',
};

export const DOTNET: Files = {
  'Shop.sln': 'Microsoft Visual Studio Solution File\n',
  'global.json': json({ sdk: { version: '9.0.100' } }),
  'src/Shop/Shop.csproj': '<Project Sdk="Microsoft.NET.Sdk"></Project>\n',
  'test/Shop.Tests/Shop.Tests.csproj':
    '<Project Sdk="Microsoft.NET.Sdk">\n  <ItemGroup>\n    <PackageReference Include="Microsoft.NET.Test.Sdk" Version="17" />\n    <PackageReference Include="JunitXml.TestLogger" Version="4" />\n    <ProjectReference Include="..\\..\\src\\Shop\\Shop.csproj" />\n  </ItemGroup>\n</Project>\n',
};

export const INFRASTRUCTURE: Files = {
  'infra/main.tf': 'terraform {\n  backend "s3" {}\n}\n\nmodule "net" {\n  source = "../modules/net"\n}\n',
  'modules/net/net.tf': 'output "name" {\n  value = "net"\n}\n',
  'k8s/web.yaml': 'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n',
  'overlays/prod/kustomization.yaml': 'resources:\n  - ../../base\n',
  'base/kustomization.yaml': 'resources:\n  - web.yaml\n',
  'base/web.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n',
  'charts/web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n  - name: redis\n',
  'charts/web/templates/web.yaml': 'apiVersion: v1\nkind: Service\n',
};

/** Two workspaces of npm, one of which needs the other, beside a service in Python. */
export const MONOREPO: Files = {
  ...nodePackage('all', {}, { workspaces: ['packages/*'] }),
  'package-lock.json': json({
    name: 'all',
    version: '1.0.0',
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': { name: 'all', version: '1.0.0', workspaces: ['packages/*'] },
      'node_modules/@all/lib': { resolved: 'packages/lib', link: true },
      'node_modules/@all/web': { resolved: 'packages/web', link: true },
      'packages/lib': { name: '@all/lib', version: '1.0.0' },
      'packages/web': { name: '@all/web', version: '1.0.0', dependencies: { '@all/lib': '1.0.0' } },
    },
  }),
  'packages/lib/package.json': json({
    name: '@all/lib',
    version: '1.0.0',
    type: 'module',
    exports: './add.js',
    scripts: { test: 'node --test' },
  }),
  'packages/lib/add.js': 'export const add = (a, b) => a + b;\n',
  'packages/lib/add.test.js': NODE_TEST,
  'packages/web/package.json': json({
    name: '@all/web',
    version: '1.0.0',
    type: 'module',
    dependencies: { '@all/lib': '1.0.0' },
    scripts: { test: 'node --test' },
  }),
  'packages/web/add.js': "export { add } from '@all/lib';\n",
  'packages/web/add.test.js': NODE_TEST,
  ...within('services/prices', PYTHON),
  'docs/readme.md': '# All\n',
};
