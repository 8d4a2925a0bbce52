import { because, type Ecosystem, type Part, type Project, type Task } from '../project.js';
import { evidenceOf, folderOf, join, type Repository, resolveFrom } from '../repository.js';

export const go: Ecosystem = {
  title: 'Go',
  recognises: [
    {
      files: '`go.mod`',
      pattern: /(^|\/)go\.mod$/,
      leadsTo:
        'A module: `go vet`, `go build`, `go test`; the version of Go; `replace` with a folder as a dependency.',
      read: true,
    },
    {
      files: '`go.sum`',
      pattern: /(^|\/)go\.sum$/,
      leadsTo: '`go mod download`; `go mod verify` where it changed.',
      read: false,
    },
    {
      files: '`.golangci.yml`, `.golangci.yaml`, `.golangci.toml`',
      pattern: /(^|\/)\.golangci\.(ya?ml|toml)$/,
      leadsTo: '`golangci-lint run`.',
      read: false,
    },
    {
      files: '`*_test.go`',
      pattern: /_test\.go$/,
      leadsTo: 'A module with tests; `go test` is left out where there are none.',
      read: false,
    },
  ],
  detect: (repository) => repository.named('go.mod').map((file) => toProject(file, repository)),
  classify,
};

function toProject(file: string, repository: Repository): Project {
  const folder = folderOf(file);
  const text = repository.text(file) ?? '';
  const module = /^module\s+(\S{1,200})/m.exec(text)?.[1] ?? folder;
  const replaced = [...text.matchAll(/=>\s+(\.{1,2}\/\S{0,200})/g)].map(([, path]) =>
    resolveFrom(folder, path!),
  );
  const sums = join(folder, 'go.sum');
  return {
    ecosystem: 'go',
    directory: folder,
    title: `Go module ${module}`,
    why: because('certain', `The Go module ${module}.`, evidenceOf(repository, file, /^module\s/m)),
    parts: partsOf(file, folder, text, repository),
    dependsOn: replaced.filter((each) => each !== undefined),
    ...(repository.has(sums)
      ? {
          onLockChange: [
            {
              task: 'audit' as const,
              run: ['go', 'mod', 'verify'],
              network: true,
              why: because('likely', 'go.sum changed: what was downloaded is compared with it.', {
                file: sums,
              }),
            },
          ],
        }
      : {}),
  };
}

function partsOf(file: string, folder: string, text: string, repository: Repository): Part[] {
  const version = /^go\s+(\S{1,20})/m.exec(text)?.[1];
  const sums = join(folder, 'go.sum');
  const linter =
    repository.firstOf(folder, ['.golangci.yml', '.golangci.yaml', '.golangci.toml']) ??
    repository.firstOf('', ['.golangci.yml', '.golangci.yaml', '.golangci.toml']);
  const test = repository.below(folder, /_test\.go$/);
  return [
    {
      task: 'tools',
      run: ['go', 'version'],
      why:
        version === undefined
          ? because('likely', 'Says in the log which Go the worker has.', { file })
          : because(
              'certain',
              `Says in the log which Go the worker has; the module asks for ${version}.`,
              evidenceOf(repository, file, /^go\s/m),
            ),
    },
    ...(repository.has(sums)
      ? [
          {
            task: 'install' as const,
            run: ['go', 'mod', 'download'],
            network: true,
            why: because('certain', 'Downloads the modules that go.sum names.', { file: sums }),
          },
        ]
      : []),
    ...(linter === undefined
      ? []
      : [
          {
            task: 'lint' as const,
            run: ['golangci-lint', 'run'],
            why: because('certain', 'golangci-lint is configured.', { file: linter }),
          },
        ]),
    {
      task: 'check',
      run: ['go', 'vet', './...'],
      why: because('likely', 'go vet comes with Go and finds what compiles but is wrong.', { file }),
    },
    {
      task: 'build',
      run: ['go', 'build', './...'],
      why: because('likely', 'Compiles all packages.', { file }),
    },
    ...(test === undefined
      ? []
      : [
          {
            task: 'test' as const,
            run: ['go', 'test', './...'],
            why: because('certain', 'Runs the tests of all packages.', { file: test }),
          },
        ]),
  ];
}

const VERBS: ReadonlyMap<string, Task> = new Map([
  ['build', 'build'],
  ['vet', 'check'],
  ['mod', 'install'],
]);

function classify(words: readonly string[]): Task | undefined {
  const text = words.join(' ');
  if (/^golangci-lint\b/.test(text)) return 'lint';
  if (/^gofmt\b/.test(text)) return 'format';
  const [program, verb] = words;
  if (program !== 'go' && program !== 'gotestsum') return undefined;
  if (program === 'gotestsum' || verb === 'test') return 'test';
  return VERBS.get(verb ?? '');
}
