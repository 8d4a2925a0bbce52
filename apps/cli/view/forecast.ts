import type { Forecast, ForecastStep } from '#domain/forecast/forecast.js';
import type { Json } from '#domain/json.js';
import { formatSpan } from './duration.js';
import { toPlainText, toSafeJson } from './plain-text.js';
import type { Style } from './style.js';
import { truncate } from './table.js';

const LINE_WIDTH = 120;

/** Instances of one step are shown so far; of ten thousand iterations a few say it all. */
const INSTANCES_SHOWN = 3;

const SYMBOLS: Readonly<Record<ForecastStep['outlook'], string>> = {
  runs: '▸',
  'may-run': '?',
  skipped: '-',
  'on-failure': '!',
};

/** The waves one after the other, each with its steps and what is known of their inputs. */
export function renderForecast(forecast: Forecast, style: Style): string[] {
  const leaves = forecast.steps.filter(({ wave, outlook }) => wave !== undefined && outlook !== 'on-failure');
  const byWave = Map.groupBy(leaves, ({ wave }) => wave ?? 0);
  const skipped = forecast.steps.filter(({ outlook }) => outlook === 'skipped');
  const failing = forecast.steps.filter(({ outlook }) => outlook === 'on-failure');
  return [
    ...renderHead(forecast, leaves.length, style),
    ...[...byWave]
      .sort(([a], [b]) => a - b)
      .flatMap(([wave, steps]) => [style.strong(`wave ${wave}`), ...renderSteps(steps, style)]),
    ...renderGroup('skipped', skipped, style),
    ...renderGroup('only after a failure', failing, style),
    ...(forecast.output === undefined ? [] : [style.strong('output'), `  ${showJson(forecast.output)}`]),
    style.faint(`assumed: ${forecast.assumed.join('; ')}`),
    style.faint('▸ runs   ? may run, where its conditions hold   - skipped   ! only after a failure'),
  ];
}

function renderHead(
  { name, waves, waitsMs, longestChain, concurrency, missingInputs, steps }: Forecast,
  count: number,
  style: Style,
): string[] {
  const queues = [
    ...new Set(
      steps.flatMap(({ queue, pool }) =>
        queue === undefined ? [] : [pool === undefined ? queue : `${queue}.${pool}`],
      ),
    ),
  ];
  const chain =
    longestChain.length <= 8 ? longestChain : [...longestChain.slice(0, 4), '…', ...longestChain.slice(-3)];
  return [
    `${style.strong(toPlainText(name))}: ${count} ${count === 1 ? 'step' : 'steps'} in ${waves} ${waves === 1 ? 'wave' : 'waves'}${waitsMs > 0 ? `, with waits of ${formatSpan(new Date(0).toISOString(), new Date(waitsMs).toISOString(), 0)}` : ''}`,
    `  longest chain (${longestChain.length}): ${toPlainText(chain.join(' → '))}`,
    ...(queues.length === 0 ? [] : [`  queues: ${toPlainText(queues.join(', '))}`]),
    ...(concurrency === undefined
      ? []
      : [`  concurrency group: ${toPlainText(String(concurrency.group))} (${concurrency.policy})`]),
    ...(missingInputs.length === 0
      ? []
      : [`  inputs without a value: ${toPlainText(missingInputs.join(', '))}`]),
  ];
}

function renderGroup(title: string, steps: readonly ForecastStep[], style: Style): string[] {
  return steps.length === 0 ? [] : [style.strong(title), ...renderSteps(steps, style)];
}

function renderSteps(steps: readonly ForecastStep[], style: Style): string[] {
  return [...Map.groupBy(steps, ({ id }) => id).values()].flatMap((instances) => {
    const hidden = instances.length - INSTANCES_SHOWN;
    return [
      ...instances.slice(0, INSTANCES_SHOWN).flatMap((step) => renderStep(step, style)),
      ...(hidden > 0 ? [style.faint(`    and ${hidden} more of ${toPlainText(instances[0]!.id)}`)] : []),
    ];
  });
}

function renderStep(
  { key, kind, action, workflow, queue, pool, outlook, when, input, claims, notes }: ForecastStep,
  style: Style,
): string[] {
  const place = queue === undefined ? '' : ` on ${queue}${pool === undefined ? '' : `.${pool}`}`;
  const what = action ?? (workflow === undefined ? kind : `workflow ${workflow}`);
  const claimed =
    claims === undefined
      ? []
      : [
          ...claims.locks.map((lock) => `lock ${lock}`),
          ...(claims.resources === undefined
            ? []
            : [`pool ${claims.resources.pool} ${JSON.stringify(claims.resources.amounts)}`]),
        ];
  const lines = [
    ...when.map((condition) => `if ${condition}`),
    ...notes,
    ...(claimed.length === 0 ? [] : [`takes ${claimed.join(', ')}`]),
    ...(input === undefined ? [] : [`with ${showJson(input)}`]),
  ];
  return [
    `  ${SYMBOLS[outlook]} ${toPlainText(key)} ${style.faint(toPlainText(what + place))}`,
    ...lines.map((line) => `      ${style.faint(truncate(toPlainText(line), LINE_WIDTH))}`),
  ];
}

function showJson(value: Json): string {
  return truncate(toPlainText(toSafeJson(value)), LINE_WIDTH);
}
