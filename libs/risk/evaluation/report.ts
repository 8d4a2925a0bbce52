import type { CalibrationBin } from '../learning/measures.js';
import { type Evaluation, listJudges, type MeanMeasures } from './evaluate.js';
import type { ProjectEvaluation } from './evaluate-project.js';
import { poolBins } from './pool-bins.js';

/** The evaluation as tables of Markdown, which are readable in a terminal too. */
export function reportEvaluation(evaluation: Evaluation): string {
  const { projects, mean, notBeaten } = evaluation;
  return [
    'Learnt from the first 80 % of each project by time, tested on the last 20 %.',
    formatTable(PROJECT_HEAD, projects.map(describeProject)),
    ...projects.map((project) => reportProject(project)),
    '**Mean of the projects**',
    formatTable(
      MEASURE_HEAD,
      Object.entries(mean).map(([name, measures]) => [name, ...formatMeasures(measures)]),
    ),
    reportChallenges(projects),
    '**Calibration of the model on the later changes of all projects**',
    plotCalibration(poolBins(evaluation)),
    notBeaten.length === 0
      ? 'The model beats the base rate and both baselines everywhere.'
      : `What does not beat a baseline:\n\n${notBeaten.map((line) => `- ${line}`).join('\n')}`,
  ].join('\n\n');
}

const PROJECT_HEAD = ['project', 'training', 'defects', 'test', 'defects', 'Brier of the base rate'];
const MEASURE_HEAD = [
  '',
  'AUC',
  'PR-AUC',
  'Brier',
  'calibration error',
  'by chance',
  'recall at 20 % effort',
];

function describeProject({ name, training, test, baseBrier }: ProjectEvaluation): string[] {
  return [
    name,
    String(training.changes),
    format(training.defectRate),
    String(test.changes),
    format(test.defectRate),
    format(baseBrier),
  ];
}

function reportProject(project: ProjectEvaluation): string {
  const rows = Object.entries(listJudges(project)).map(([name, measures]) => [
    name,
    ...formatMeasures(measures),
  ]);
  return `**${project.name}**\n\n${formatTable(MEASURE_HEAD, rows)}`;
}

function formatMeasures(measures: MeanMeasures): string[] {
  const { auc, prAuc, brier, calibrationError, chanceError, recallAtEffort } = measures;
  return [auc, prAuc, brier, calibrationError, chanceError, recallAtEffort].map(format);
}

function reportChallenges(projects: readonly ProjectEvaluation[]): string {
  const rows = projects.flatMap(({ name, challenge }) => {
    if (!challenge) return [];
    const { contenders, winner, words } = challenge;
    if (contenders.length === 1) return [[name, 'champion', '–', '–', words]];
    return contenders.map((each) => [
      name,
      each.kind,
      format(each.auc),
      format(each.brier),
      each.kind === (winner?.kind ?? 'champion') ? 'goes to work' : '',
    ]);
  });
  if (rows.length === 0) return 'One project: there is no model of others to challenge.';
  const head = ['project', 'contender', 'AUC', 'Brier', ''];
  return `**Own outcomes against the model of the other projects**\n\n${formatTable(head, rows)}`;
}

const PLOT_WIDTH = 50;

/** `o` where a share was expected, `*` where it came true, `@` both. */
function plotCalibration(bins: readonly CalibrationBin[]): string {
  const lines = bins.map(({ count, expected, observed }) => {
    const cells = [format(expected).padStart(8), format(observed).padStart(8), String(count).padStart(7)];
    return `${cells.join('  ')}  |${plotLine(expected, observed)}|`;
  });
  const head = `expected  observed  changes  |0${' '.repeat(PLOT_WIDTH - 1)}1|`;
  return ['```text', head, ...lines, '```'].join('\n');
}

function plotLine(expected: number, observed: number): string {
  const cells = Array.from({ length: PLOT_WIDTH + 1 }, () => ' ');
  const [one, two] = [expected, observed].map((value) => Math.round(value * PLOT_WIDTH)) as [number, number];
  cells[one] = 'o';
  cells[two] = one === two ? '@' : '*';
  return cells.join('');
}

function format(value: number | undefined): string {
  return value === undefined ? '–' : value.toFixed(3);
}

function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, at) => Math.max(cell.length, ...rows.map((row) => row[at]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join(' | ')} |`;
  const rule = `|${widths.map((width, at) => (at === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}
