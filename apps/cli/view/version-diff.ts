import { isJsonObject, type Json } from '#domain/json.js';
import type { Difference } from '#domain/rerun/compare-values.js';
import type { StepChange } from '#domain/versions/compare-steps.js';
import type { VersionDiff } from '#domain/versions/compare-versions.js';
import type { Bump } from '#domain/versions/semver.js';
import { toPlainText, toSafeJson } from './plain-text.js';
import type { Style } from './style.js';
import { formatTable, truncate } from './table.js';

/** What differs between two versions, the first one's side before the arrow. */
export function renderVersionDiff(diff: VersionDiff, style: Style): string[] {
  const { inputs, steps, keys, more } = diff;
  const parts = [
    ...renderPart('inputs:', inputs.map(describeInput), style),
    ...renderPart('steps:', steps.map(describeStep), style),
    ...keys.flatMap((key) => renderPart(`${toPlainText(key.key)}:`, [describeKey(key)], style)),
  ];
  return [
    ...(parts.length === 0 ? ['they mean the same'] : parts),
    ...(more === true ? [style.faint('… and more than is shown')] : []),
  ];
}

/** `minor` in its colour. */
export function paintBump(bump: Bump, style: Style): string {
  return style[BUMP_PAINTS[bump]](bump);
}

const BUMP_PAINTS: Readonly<Record<Bump, keyof Style>> = {
  none: 'faint',
  patch: 'good',
  minor: 'warn',
  major: 'bad',
};

interface Row {
  readonly sign: '+' | '-' | '~' | '=';
  readonly name: string;
  readonly bump: Bump;
  readonly note: string;
  readonly values: readonly Difference[];
}

const SIGNS = { added: '+', removed: '-', changed: '~', renamed: '=' } as const;

const SIGN_PAINTS: Readonly<Record<Row['sign'], keyof Style>> = {
  '+': 'good',
  '-': 'bad',
  '~': 'warn',
  '=': 'active',
};

function renderPart(heading: string, rows: readonly Row[], style: Style): string[] {
  if (rows.length === 0) return [];
  // Cells hold no colours: they are laid over the finished lines.
  const lines = formatTable(rows.map(({ name, bump, note }) => [name, bump, note].map(toPlainText)));
  const [nameWidth, bumpWidth] = [0, 1].map((cell) =>
    Math.max(...rows.map(({ name, bump }) => [...toPlainText([name, bump][cell]!)].length)),
  ) as [number, number];
  return [
    style.strong(heading),
    ...rows.flatMap(({ sign, bump, values }, index) => {
      const cells = [...lines[index]!];
      const bumpAt = nameWidth + 2;
      const head = cells.slice(0, bumpAt).join('');
      const tail = cells.slice(bumpAt + bumpWidth).join('');
      const padding = tail === '' ? '' : ' '.repeat(bumpWidth - bump.length);
      return [
        `  ${style[SIGN_PAINTS[sign]](sign)} ${head}${paintBump(bump, style)}${padding}${tail}`,
        ...renderValues(values),
      ];
    }),
  ];
}

function describeInput({ name, change, bump, why, values }: VersionDiff['inputs'][number]): Row {
  return { sign: SIGNS[change], name, bump, note: why, values };
}

function describeKey({ bump, why, values }: VersionDiff['keys'][number]): Row {
  return { sign: '~', name: 'of the whole', bump, note: why, values };
}

function describeStep({ id, from, change, kind, bump, why = '', values }: StepChange): Row {
  const name = from === undefined ? id : `${from} → ${id}`;
  const whole = change === 'added' ? values[0]?.after : change === 'removed' ? values[0]?.before : undefined;
  if (whole === undefined) return { sign: SIGNS[change], name, bump, note: why, values };
  const note = [summarize(kind, whole), why].filter((part) => part !== '').join('; ');
  return { sign: SIGNS[change], name, bump, note, values: [] };
}

/** `command/run in build after test` */
function summarize(kind: string, step: Json): string {
  if (!isJsonObject(step)) return kind;
  const { uses, within, needs } = step;
  return [
    typeof uses === 'string' ? uses : kind,
    ...(typeof within === 'string' ? [`in ${within}`] : []),
    ...(Array.isArray(needs) && needs.length > 0 ? [`after ${needs.join(', ')}`] : []),
  ].join(' ');
}

function renderValues(values: readonly Difference[]): string[] {
  return formatTable(
    values.map(({ path, before, after }) => [
      `      ${toPlainText(path === '' ? '(all of it)' : path.slice(1))}`,
      `${describeValue(before)} → ${describeValue(after)}`,
    ]),
  );
}

const VALUE_WIDTH = 50;

function describeValue(value: Json | undefined): string {
  return value === undefined ? '–' : truncate(toSafeJson(value), VALUE_WIDTH);
}
