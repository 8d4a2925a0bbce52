import type {
  ConfidenceLevel,
  RiskContribution,
  RiskLevel,
  RiskMitigation,
} from '#contracts/judgement/risk.js';
import type { RiskReport } from '#contracts/judgement/risk-report.js';
import { toPlainText } from './plain-text.js';
import type { Style } from './style.js';
import { truncate } from './table.js';

const SCORE_BAR = 30;
const POINTS_BAR = 12;
const NARROWEST = 60;
/** Points below which a contribution is named together with others. */
const WORTH_A_LINE = 1;
const FILES_SHOWN = 5;

/** The picture of an assessment: score, what makes it, how sure it is, and what would help. */
export function renderRisk(report: RiskReport, style: Style, columns: number): string[] {
  const width = Math.max(NARROWEST, columns);
  const { score, level, confidence, model, history } = report;
  const paint = paintOf(level, style);
  return [
    `${style.strong('risk')} ${paint(`${formatPoints(score)} of 100, ${level}`)}  ${paint(drawBar(score, 100, SCORE_BAR))}`,
    `  ${describeChange(report)}`,
    `  Of changes like it, about ${Math.round(report.probability * 100)} in 100 brought in a defect.`,
    '',
    style.strong('what makes it so'),
    ...renderContributions(report.contributions, style, width),
    '',
    `${style.strong('confidence')} ${paintOf(CONFIDENCE_AS_RISK[confidence.level], style)(confidence.level)} ${style.faint(`(${confidence.value.toFixed(2)})`)}`,
    ...confidence.reasons.map((reason) => `  ${toPlainText(reason)}`),
    ...renderMitigations(report.mitigations, style, width),
    '',
    style.faint(describeHistory(report)),
    style.faint(
      `model ${toPlainText(model.name)} ${toPlainText(model.version)}, learnt from ${toPlainText(model.trainedOn)}`,
    ),
    ...history.notes.map((note) => `${style.warn('note:')} ${toPlainText(note)}`),
  ];
}

const CONFIDENCE_AS_RISK: Readonly<Record<ConfidenceLevel, RiskLevel>> = {
  high: 'low',
  medium: 'medium',
  low: 'high',
};

function paintOf(level: RiskLevel, style: Style): (text: string) => string {
  return { low: style.good, medium: style.warn, high: style.bad }[level];
}

function describeChange({ factors, history }: RiskReport): string {
  const files = factors.more['files-changed'] ?? factors.nf;
  const count = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`;
  return [
    `${history.base?.slice(0, 10) ?? 'nothing'}..${history.head.slice(0, 10)}`,
    `${count(files, 'file')} (${factors.nf} of code)`,
    `+${factors.la} −${factors.ld} lines`,
    count(factors.more['commits'] ?? 1, 'commit'),
    `by ${toPlainText(factors.author)}`,
  ].join(', ');
}

function renderContributions(
  contributions: readonly RiskContribution[],
  style: Style,
  width: number,
): string[] {
  const [start, ...others] = contributions;
  const shown = others.filter(({ points }) => Math.abs(points) >= WORTH_A_LINE);
  const small = others.filter((each) => !shown.includes(each));
  const most = Math.max(1, ...shown.map(({ points }) => Math.abs(points)));
  const rest = small.reduce((sum, { points }) => sum + points, 0);
  const line = (points: number, bar: string, words: string) => {
    const indent = 13 + POINTS_BAR;
    const [first = '', ...more] = wrap(toPlainText(words), width - indent);
    return [
      `  ${formatPoints(points, true).padStart(7)}  ${bar}  ${first}`,
      ...more.map((each) => `${' '.repeat(indent)}${each}`),
    ];
  };
  const empty = ' '.repeat(POINTS_BAR);
  return [
    ...(start === undefined ? [] : line(start.points, empty, start.words)),
    ...shown.flatMap(({ points, words }) => {
      const bar = drawBar(Math.abs(points), most, POINTS_BAR, ' ');
      return line(points, points > 0 ? style.bad(bar) : style.good(bar), words);
    }),
    ...(small.length === 0 ? [] : line(rest, empty, `${small.length} of less than a point each`)),
  ];
}

function renderMitigations(mitigations: readonly RiskMitigation[], style: Style, width: number): string[] {
  if (mitigations.length === 0) return [];
  return [
    '',
    style.strong('what would lower it'),
    ...mitigations.flatMap(({ words, lowersBy, scoreAfter, basis, files, parts }) => {
      const after = `(to ${formatPoints(scoreAfter)}${basis === 'rule' ? ', by rule' : ''})`;
      const [first = '', ...more] = wrap(`${toPlainText(words)} ${after}`, width - 11);
      const lists = parts ?? (files === undefined ? [] : [files]);
      return [
        `  ${style.good(formatPoints(-lowersBy, true).padStart(7))}  ${first}`,
        ...more.map((each) => `           ${each}`),
        ...lists.map(
          (each) => `           ${style.faint(truncate(toPlainText(listFiles(each)), width - 11))}`,
        ),
      ];
    }),
  ];
}

function listFiles(files: readonly string[]): string {
  const more = files.length - FILES_SHOWN;
  return `${files.slice(0, FILES_SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function describeHistory({ history }: RiskReport): string {
  const commits = history.commits.toLocaleString('en');
  const all = history.complete ? 'all there are' : 'there are more';
  const origin = { index: 'from the index', 'index-continued': 'the index continued', git: 'from git' };
  return `history: ${commits} commits before it (${all}), ${origin[history.origin]}`;
}

/** Lines of whole words, none longer than `width` but for a word that is. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

const BLOCKS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

function drawBar(value: number, most: number, width: number, empty = '░'): string {
  const eighths = Math.round(Math.min(1, Math.max(0, value / most)) * width * 8);
  const bar = '█'.repeat(Math.floor(eighths / 8)) + BLOCKS[eighths % 8]!;
  return bar + empty.repeat(width - bar.length);
}

function formatPoints(points: number, signed = false): string {
  const text = String(Math.round(Math.abs(points) * 100) / 100);
  if (!signed) return text;
  return points < 0 ? `−${text}` : `+${text}`;
}
