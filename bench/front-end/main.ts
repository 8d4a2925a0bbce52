import { parse as parseYaml } from 'yaml';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import { parse } from '#domain/definition/parse.js';
import { compile } from '#domain/plan/compile.js';
import { readDefinition } from '#domain/validation/validate.js';
import { printRows, type Row } from '../report.js';
import { cpuTime, median } from '../statistics.js';

/*
 * From text to Plan for definitions of 1,000 and 10,000 steps, beside what the parsers of YAML and JSON take for the same
 * text alone, in turn.
 */
const ROUNDS = 5;
/** The clock of the processor is coarse. */
const REPEATED = 50;
const SIZES = [1_000, 10_000];

/** Steps in a chain, each reading the one above and an input. */
function writeDefinition(steps: number): string {
  const lines = Array.from({ length: steps }, (_, n) =>
    n === 0
      ? '      s0: { set: { n: 1 } }'
      : `      s${n}: { set: { n: "\${{ steps.s${n - 1}.output.n + 1 }}" } }`,
  );
  return `sluice: 1\nname: large\ninputs:\n  n: { type: integer, default: 1 }\nstages:\n  main:\n    steps:\n${lines.join('\n')}\n`;
}

interface Times {
  readonly whole: number[];
  readonly parsing: number[];
  readonly yaml: number[];
  readonly json: number[];
}

function measure(steps: number): Times {
  const text = writeDefinition(steps);
  const json = JSON.stringify(parseYaml(text));
  const times: Times = { whole: [], parsing: [], yaml: [], json: [] };
  for (let round = -2; round < ROUNDS; round++) {
    const take = (name: keyof Times, work: () => unknown) => {
      const began = cpuTime();
      work();
      if (round >= 0) times[name].push(cpuTime() - began);
    };
    take('whole', () => toPlan(text));
    take('parsing', () => parse(text));
    take('yaml', () => parseYaml(text));
    take('json', () => {
      for (let time = 0; time < REPEATED; time++) JSON.parse(json);
    });
  }
  return times;
}

function toPlan(text: string): void {
  const { definition, findings } = readDefinition(text, ACTIONS);
  if (definition === undefined) throw new Error(JSON.stringify(findings[0]));
  compile(definition, ACTIONS);
}

function rowsOf(steps: number, { whole, parsing, yaml, json }: Times): Row[] {
  const [all, reference] = [median(whole), median(yaml)];
  const figure = `${steps.toLocaleString('en')} steps`;
  return [
    {
      figure: `${figure}: parse, validate, compile (ms)`,
      value: all.toFixed(0),
      aim: steps === 10_000 ? '< 1000' : '',
      reference: `${reference.toFixed(0)} as parse of the package yaml`,
      ratio: (all / reference).toFixed(2),
    },
    {
      figure: `${figure}: parse alone (ms)`,
      value: median(parsing).toFixed(0),
      aim: '',
      reference: `${(median(json) / REPEATED).toFixed(2)} as JSON.parse of the same as JSON`,
      ratio: ((median(parsing) * REPEATED) / median(json)).toFixed(0),
    },
  ];
}

const measured = SIZES.map((steps) => [steps, measure(steps)] as const);
const [small, large] = measured.map(([steps, { whole }]) => (median(whole) * 1_000) / steps);
printRows('front-end', [
  ...measured.flatMap(([steps, times]) => rowsOf(steps, times)),
  {
    figure: 'one step of 10,000 (µs)',
    value: large!.toFixed(0),
    aim: '',
    reference: `${small!.toFixed(0)} as one of 1,000`,
    ratio: (large! / small!).toFixed(2),
  },
]);
