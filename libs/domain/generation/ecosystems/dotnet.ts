import { because, type Ecosystem, type Part, type Project, type Task } from '../project.js';
import { placeOfKey, readJsonFile, textsOf } from '../reading/json-file.js';
import { evidenceOf, folderOf, isIn, nameOf, type Repository, resolveFrom } from '../repository.js';

export const dotnet: Ecosystem = {
  title: '.NET',
  recognises: [
    {
      files: '`*.sln`, `*.slnx`',
      pattern: /\.slnx?$/,
      leadsTo: 'One build of all that the solution holds.',
      read: false,
    },
    {
      files: '`*.csproj`, `*.fsproj`, `*.vbproj`',
      pattern: /\.(cs|fs|vb)proj$/,
      leadsTo:
        '`dotnet restore`, `build` and, with a test SDK, `test`; `ProjectReference` as a dependency; JUnit with `JunitXml.TestLogger`.',
      read: true,
    },
    {
      files: '`packages.lock.json`',
      pattern: /(^|\/)packages\.lock\.json$/,
      leadsTo: '`dotnet restore --locked-mode`.',
      read: false,
    },
    {
      files: '`global.json`',
      pattern: /(^|\/)global\.json$/,
      leadsTo: 'The version of the SDK that is expected.',
      read: true,
    },
  ],
  detect: detectDotnet,
  classify,
};

const PROJECT = /\.(cs|fs|vb)proj$/;

function detectDotnet(repository: Repository): readonly Project[] {
  const solutions = repository.named(/\.slnx?$/);
  const covered = (file: string) => solutions.some((solution) => isIn(file, folderOf(solution)));
  const alone = repository.named(PROJECT).filter((file) => !covered(file));
  const roots = solutions.filter(
    (file) =>
      !solutions.some((other) => other !== file && folderOf(other) === folderOf(file) && other < file),
  );
  return [...roots, ...alone].map((file) => toProject(file, repository));
}

function toProject(file: string, repository: Repository): Project {
  const folder = folderOf(file);
  const solution = !PROJECT.test(file);
  const projects = solution ? repository.named(PROJECT).filter((each) => isIn(each, folder)) : [file];
  const references = [
    ...(repository.text(file) ?? '').matchAll(/<ProjectReference\s+Include="([^"\n]{1,200})"/g),
  ].map(([, path]) => resolveFrom(folder, path!));
  return {
    ecosystem: 'dotnet',
    directory: folder,
    title: `.NET ${solution ? 'solution' : 'project'} ${nameOf(file)}`,
    why: because(
      'certain',
      solution ? `A solution of ${projects.length} projects.` : 'A project that no solution above it holds.',
      { file },
    ),
    parts: partsOf(file, projects, repository),
    dependsOn: references.flatMap((path) => (path === undefined || solution ? [] : [folderOf(path)])),
  };
}

function partsOf(file: string, projects: readonly string[], repository: Repository): Part[] {
  const folder = folderOf(file);
  const name = `./${nameOf(file)}`;
  const global = repository.firstOf(folder, ['global.json']) ?? repository.firstOf('', ['global.json']);
  const sdk =
    global === undefined ? undefined : textsOf(readJsonFile(repository, global)?.['sdk'])['version'];
  const locked = repository.below(folder, /^packages\.lock\.json$/);
  const test = projects
    .map((each) =>
      evidenceOf(repository, each, /Microsoft\.NET\.Test\.Sdk|<IsTestProject>\s*true|MSTest\.Sdk/),
    )
    .find(({ line }) => line !== undefined);
  const logger = projects
    .map((each) => evidenceOf(repository, each, 'JunitXml.TestLogger'))
    .find(({ line }) => line !== undefined);
  const added = ['--logger', 'junit', '--results-directory', 'reports'];
  return [
    {
      task: 'tools',
      run: ['dotnet', '--version'],
      why:
        sdk === undefined
          ? because('likely', 'Says in the log which .NET SDK the worker has.', { file })
          : because(
              'certain',
              `Says in the log which .NET SDK the worker has; the repository asks for ${sdk.slice(0, 40)}.`,
              placeOfKey(repository, global!, 'sdk', 'version'),
            ),
    },
    {
      task: 'install',
      run: ['dotnet', 'restore', name, ...(locked === undefined ? [] : ['--locked-mode'])],
      network: true,
      why: because(
        'certain',
        locked === undefined ? 'Restores the packages.' : 'Restores exactly what the lock file names.',
        { file: locked ?? file },
      ),
    },
    {
      task: 'build',
      run: ['dotnet', 'build', name, '--no-restore', '--configuration', 'Release'],
      why: because('certain', 'Compiles.', { file }),
    },
    ...(test === undefined
      ? []
      : [
          {
            task: 'test' as const,
            run: [
              'dotnet',
              'test',
              name,
              '--no-build',
              '--configuration',
              'Release',
              ...(logger === undefined ? [] : added),
            ],
            why: because('certain', 'Runs the tests of what was just built.', test),
            ...(logger === undefined
              ? {}
              : {
                  report: {
                    files: ['**/reports/*.xml'],
                    added,
                    why: because('certain', 'JunitXml.TestLogger is a dependency.', logger),
                  },
                }),
          },
        ]),
  ];
}

const VERBS: ReadonlyMap<string, Task> = new Map([
  ['restore', 'install'],
  ['format', 'format'],
  ['build', 'build'],
  ['test', 'test'],
]);

function classify(words: readonly string[]): Task | undefined {
  if (words[0] !== 'dotnet') return undefined;
  return VERBS.get(words[1] ?? '');
}
