import type { ChangedFile, ChangeFactors } from '#contracts/judgement/risk.js';

/** What the change would be with these of its files alone. What is known only of the whole stays as it is. */
export function takePart(change: ChangeFactors, files: readonly ChangedFile[]): ChangeFactors {
  const old = files.filter((file) => file.linesBefore > 0);
  const total = (of: (file: ChangedFile) => number) => old.reduce((sum, file) => sum + of(file), 0);
  const count = (of: (path: string) => string) => new Set(old.map(({ path }) => of(path))).size;
  return {
    ...change,
    ns: count(nameSubsystem),
    nd: count(nameFolder),
    nf: old.length,
    entropy: computeEntropy(old),
    la: total(({ added }) => added),
    ld: total(({ deleted }) => deleted),
    lt: total(({ linesBefore }) => linesBefore),
    // Of the whole, the developers of all files together are known; of a part, at least those of its best known file.
    ndev: Math.min(change.ndev, Math.max(0, ...old.map(({ developers }) => developers)) + 1),
    age: old.length === 0 ? 0 : total(({ ageDays }) => ageDays) / old.length,
    nuc: total(({ changes }) => changes),
    more: {
      ...change.more,
      ...countKind('tests-touched', 'test', files, change),
      ...countKind('dependency-files', 'dependencies', files, change),
      ...countKind('migrations', 'migration', files, change),
      ...countKind('configuration-files', 'configuration', files, change),
      ...countKind('infrastructure-files', 'infrastructure', files, change),
    },
  };
}

export function nameFolder(path: string): string {
  const end = path.lastIndexOf('/');
  return end === -1 ? '' : path.slice(0, end);
}

function nameSubsystem(path: string): string {
  const end = path.indexOf('/');
  return end === -1 ? '' : path.slice(0, end);
}

function computeEntropy(files: readonly ChangedFile[]): number {
  const lines = files.map(({ added, deleted }) => added + deleted).filter((each) => each > 0);
  const all = lines.reduce((sum, each) => sum + each, 0);
  return lines.reduce((sum, each) => sum - (each / all) * Math.log2(each / all), 0) + 0;
}

function countKind(
  factor: string,
  kind: ChangedFile['kind'],
  files: readonly ChangedFile[],
  { more }: ChangeFactors,
): Readonly<Record<string, number>> {
  if (more[factor] === undefined) return {};
  return { [factor]: files.filter((file) => file.kind === kind).length };
}
