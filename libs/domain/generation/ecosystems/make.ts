import { because, type Ecosystem, type Part, type Project, type Task } from '../project.js';
import { evidenceOf, folderOf, type Repository } from '../repository.js';

export const make: Ecosystem = {
  title: 'Make',
  recognises: [
    {
      files: '`Makefile`',
      pattern: /(^|\/)Makefile$/,
      leadsTo:
        'Its targets `lint`, `check`, `build` and `test`, where nothing else is recognised in its folder.',
      read: true,
    },
  ],
  detect: (repository) => repository.named('Makefile').flatMap((file) => toProject(file, repository)),
  classify,
};

const TARGETS: readonly Task[] = ['lint', 'check', 'build', 'test'];

function toProject(file: string, repository: Repository): readonly Project[] {
  const parts = TARGETS.flatMap((target): Part[] => {
    const evidence = evidenceOf(repository, file, new RegExp(`^${target}\\s*:(?!=)`, 'm'));
    if (evidence.line === undefined) return [];
    return [
      {
        task: target,
        run: ['make', target],
        why: because('likely', `The Makefile has a target \`${target}\`.`, evidence),
      },
    ];
  });
  if (parts.length === 0) return [];
  const directory = folderOf(file);
  const why = because('likely', 'A Makefile with targets that are known by name.', { file });
  return [
    {
      ecosystem: 'make',
      directory,
      title: `Makefile of ${directory || 'the root'}`,
      why,
      parts,
      dependsOn: [],
    },
  ];
}

function classify(words: readonly string[]): Task | undefined {
  const [program, target] = words;
  if (program !== 'make' || words.length > 3) return undefined;
  const known: readonly (readonly [RegExp, Task])[] = [
    [/^(deps|install-deps|setup|bootstrap)$/, 'install'],
    [/^(fmt|format)-?check$/, 'format'],
    [/^lint/, 'lint'],
    [/^(check|verify|validate|ci)$/, 'check'],
    [/^(build|all|compile)$/, 'build'],
    [/^test/, 'test'],
  ];
  return target === undefined ? 'build' : known.find(([pattern]) => pattern.test(target))?.[1];
}
