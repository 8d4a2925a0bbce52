import type { ChangeFactors } from '#contracts/judgement/risk.js';
import { readAmount, readCell, readEpoch, readFlag, readMoment, readNumber } from './cells.js';
import { createDataError } from './data-error.js';
import type { LabelledChange, Project } from './labelled-change.js';
import { readTable, type TableRow } from './read-table.js';

/** Fewer changes than this teach nothing that could be tested. */
const FEWEST = 50;

/** Columns of tables as Zeng et al. (ISSTA 2021) published them: raw numbers, moments in seconds. */
export const RAW_COLUMNS = '_id date bug ns nd nf entrophy la ld lt fix ndev age nuc exp rexp sexp'.split(
  ' ',
);
/** Columns of tables as Kamei et al. (TSE 2013) published them: sizes relative to the files. */
const RELATIVE_COLUMNS =
  'transactionid commitdate ns nm nf entropy la ld lt fix ndev pd npt exp rexp sexp bug'.split(' ');

/** Reads one project; the layout is known by its header. Refuses with line and column what it cannot read. */
export function readProject(name: string, text: string): Project {
  const changes: LabelledChange[] = [];
  let negativeAges = 0;
  let readRow: ((row: TableRow) => LabelledChange) | undefined;
  for (const row of readTable(text)) {
    readRow ??= chooseLayout([...row.cells.keys()]);
    const change = readRow(row);
    if (change.factors.age < 0) negativeAges += 1;
    changes.push(change.factors.age < 0 ? { ...change, factors: { ...change.factors, age: 0 } } : change);
  }
  checkEnough(name, changes);
  return {
    name,
    // Sorting is stable: changes of one second stay in the order of the file.
    changes: changes.sort((one, other) => one.factors.at - other.factors.at),
    notes: negativeAges === 0 ? [] : [`${negativeAges} ages below zero are read as 0`],
  };
}

function chooseLayout(columns: readonly string[]): (row: TableRow) => LabelledChange {
  const missing = [RAW_COLUMNS, RELATIVE_COLUMNS].map((wanted) =>
    wanted.filter((name) => !columns.includes(name)),
  );
  if (missing[0]!.length === 0) return readRaw;
  if (missing[1]!.length === 0) return readRelative;
  const [nearer, names] =
    missing[0]!.length <= missing[1]!.length ? ['raw', missing[0]!] : ['relative', missing[1]!];
  throw createDataError(
    `The header is of neither layout; the ${nearer} one wants ${names.join(', ')} too.`,
    `Name the columns ${RAW_COLUMNS.join(', ')}, or ${RELATIVE_COLUMNS.join(', ')}.`,
  );
}

function checkEnough(name: string, changes: readonly LabelledChange[]): void {
  if (changes.length < FEWEST)
    throw createDataError(
      `${name} has ${changes.length} changes; ${FEWEST} are needed at least.`,
      'Give the labelled changes of a longer time.',
    );
  const defects = changes.filter((change) => change.label === 1).length;
  if (defects === 0 || defects === changes.length)
    throw createDataError(
      `All changes of ${name} have the same label.`,
      'Give changes that brought in defects and changes that did not.',
    );
}

function readRaw(row: TableRow): LabelledChange {
  return {
    label: readFlag(row, 'bug'),
    factors: {
      ...readShared(row),
      commit: readCell(row, '_id'),
      at: readEpoch(row, 'date'),
      nd: readAmount(row, 'nd'),
      entropy: readAmount(row, 'entrophy'),
      la: readAmount(row, 'la'),
      ld: readAmount(row, 'ld'),
      lt: readAmount(row, 'lt'),
      age: readNumber(row, 'age'),
      nuc: readAmount(row, 'nuc'),
    },
  };
}

/**
 * There LT is the mean over the files; LA and LD are divided by LT of all files unless that is below 1; NUC is divided by
 * NF, entropy by the highest that NF files can have. Multiplied back, every count of lines is a whole number again.
 */
function readRelative(row: TableRow): LabelledChange {
  const shared = readShared(row);
  const lines = readAmount(row, 'lt') * shared.nf;
  const scale = Math.max(lines, 1);
  return {
    label: readFlag(row, 'bug'),
    factors: {
      ...shared,
      commit: readCell(row, 'transactionid'),
      at: readMoment(row, 'commitdate'),
      nd: readAmount(row, 'nm'),
      entropy: readAmount(row, 'entropy') * Math.log2(Math.max(shared.nf, 1)),
      la: Math.round(readAmount(row, 'la') * scale),
      ld: Math.round(readAmount(row, 'ld') * scale),
      lt: Math.round(lines),
      age: readNumber(row, 'pd'),
      nuc: Math.round(readAmount(row, 'npt') * shared.nf),
    },
  };
}

type SharedFactors = Pick<
  ChangeFactors,
  'author' | 'ns' | 'nf' | 'fix' | 'ndev' | 'exp' | 'rexp' | 'sexp' | 'more'
>;

function readShared(row: TableRow): SharedFactors {
  return {
    author: '',
    ns: readAmount(row, 'ns'),
    nf: readAmount(row, 'nf'),
    fix: readFlag(row, 'fix'),
    ndev: readAmount(row, 'ndev'),
    exp: readAmount(row, 'exp'),
    rexp: readAmount(row, 'rexp'),
    sexp: readAmount(row, 'sexp'),
    more: {},
  };
}
