import { evaluateTemplate } from '#domain/expressions/evaluate.js';
import { parseTemplate } from '#domain/expressions/template.js';
import type { Json, JsonObject } from '#domain/json.js';
import { printRows, type Row } from '../report.js';
import { cpuTime } from '../statistics.js';

/*
 * Expressions as steps hold them, evaluated on values that are new each time, beside a JavaScript function of the same
 * meaning. What was compiled once is kept, as in a worker; what is new to it is measured apart.
 */
const BATCH = 2_000;
const BATCHES = 30;
const REPEATED = 100;

interface Values {
  readonly inputs: JsonObject;
  readonly steps: Readonly<Record<string, { readonly status: string; readonly output: JsonObject }>>;
}

const CASES: readonly (readonly [name: string, text: string, same: (values: Values) => unknown])[] = [
  [
    'a condition',
    "${{ steps.a.output.n + 1 == inputs.n && steps.b.status == 'succeeded' }}",
    ({ inputs, steps }) =>
      Number(steps['a']!.output['n']) + 1 === inputs['n'] && steps['b']!.status === 'succeeded',
  ],
  ['one member', '${{ steps.a.output.n }}', ({ steps }) => steps['a']!.output['n']],
  [
    'a text',
    'deploy ${{ inputs.name }} to ${{ inputs.region }}',
    ({ inputs }) => `deploy ${inputs['name']} to ${inputs['region']}`,
  ],
  [
    'a list of ten',
    '${{ inputs.list.filter(x, x > 3).map(x, x * 2) }}',
    ({ inputs }) => (inputs['list'] as number[]).filter((x) => x > 3).map((x) => x * 2),
  ],
];

function createValues(n: number): Values {
  return {
    inputs: { n: n + 1, name: `service-${n}`, region: 'eu-west', list: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] },
    steps: { a: { status: 'succeeded', output: { n } }, b: { status: 'succeeded', output: {} } },
  };
}

/** Microseconds of the processor for one call: the clock of the processor is coarse, so what is short is repeated. */
function measure(use: (values: Values) => unknown, repeated = 1): number {
  let spent = 0;
  for (let batch = -3; batch < BATCHES; batch++) {
    const all = Array.from({ length: BATCH }, (_, n) => createValues(n));
    const began = cpuTime();
    for (let time = 0; time < repeated; time++) for (const values of all) use(values);
    if (batch >= 0) spent += cpuTime() - began;
  }
  return (spent * 1_000) / (BATCHES * BATCH * repeated);
}

function evaluate(text: Json, { inputs, steps }: Values): Json {
  const result = evaluateTemplate(parsed(text), {
    lookup: (name) => (name === 'inputs' ? inputs : undefined),
    step: (id) => steps[id],
  });
  if (!result.ok) throw new Error(result.message);
  return result.value;
}

const templates = new Map<Json, ReturnType<typeof parseTemplate>['template']>();

function parsed(text: Json) {
  const template = templates.get(text) ?? parseTemplate(text).template;
  templates.set(text, template);
  return template;
}

function rowOf([name, text, same]: (typeof CASES)[number]): Row {
  const values = createValues(7);
  if (JSON.stringify(evaluate(text, values)) !== JSON.stringify(same(values)))
    throw new Error(`${name} differs`);
  const ours = measure((each) => evaluate(text, each));
  const reference = measure(same, REPEATED);
  return {
    figure: `${name} (µs)`,
    value: ours.toFixed(2),
    aim: '< 20',
    reference: `${reference.toFixed(3)} as JavaScript`,
    ratio: (ours / reference).toFixed(0),
  };
}

/** A source that no evaluation before it had: parsed, checked and planned. */
function measureNew(): Row {
  let made = 0;
  const ours = measure(({ inputs, steps }) => {
    const { template } = parseTemplate(
      `\${{ steps.a.output.n + ${made++} == inputs.n && steps.b.status == 'succeeded' }}`,
    );
    return evaluateTemplate(template, { lookup: () => inputs, step: (id) => steps[id] });
  });
  const reference = measure(
    (values) => new Function('v', `return v.steps.a.output.n + ${made++} === v.inputs.n`)(values) as unknown,
  );
  return {
    figure: 'a condition seen for the first time (µs)',
    value: ours.toFixed(1),
    aim: '',
    reference: `${reference.toFixed(1)} as new Function`,
    ratio: (ours / reference).toFixed(1),
  };
}

printRows('expressions', [...CASES.map(rowOf), measureNew()]);
