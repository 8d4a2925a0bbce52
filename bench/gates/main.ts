import type { Measurement } from '#contracts/judgement/measurement.js';
import { evaluateGate } from '#gates/evaluate/evaluate-gate.js';
import { readGate } from '#gates/gate/read-gate.js';
import { type EarlierRun, readHistory } from '#gates/gate/read-history.js';
import { printRows, type Row } from '../report.js';
import { cpuTime } from '../statistics.js';

/*
 * A gate of fifty criteria of all kinds, with two hundred earlier results: read, and judged. Beside it, what it costs to
 * write the result down and read it back.
 */
const RUNS = 200;
const ROUNDS = 200;
const REPEATED = 3;

const KINDS: readonly ((n: number) => string)[] = [
  (n) => `{ metric: m${n}, pass: "<= 300ms", warn: "<= 400ms" }`,
  (n) => `{ metric: m${n}, pass: ["<= 300ms", "<= +10%"], compare: { with: p95 } }`,
  (n) => `{ metric: m${n}, pass: "<= 300ms", adapt: { floor: "<= 500ms" } }`,
  (n) => `{ metric: m${n}, trend: { direction: lower } }`,
  (n) => `{ name: m${n}, policy: "metrics.m0 <= 400 && risk.level != 'high'" }`,
];

function kindOf(n: number): (n: number) => string {
  // Every tenth has samples: eight on a side, or thirty.
  if (n % 10 === 9) return (each) => `{ metric: m${each}, statistical: { direction: lower } }`;
  return KINDS[n % KINDS.length]!;
}

const TEXT = `gate: 1\nname: bench\ncriteria:\n${Array.from({ length: 50 }, (_, n) => `- ${kindOf(n)(n)}`).join('\n')}\nrisk: { from: 20 }\n`;

function measurementOf(n: number, round: number): Measurement {
  const frame = { metric: `m${n}`, unit: 'ms', source: 'bench' };
  const vary = (index: number) => 200 + ((index * 37 + n * 11 + round * 7) % 60);
  if (n % 10 !== 9) return { ...frame, value: vary(0) };
  const size = n % 20 === 9 ? 8 : 30;
  const samples = Array.from({ length: size }, (_, index) => vary(index) + 1);
  return { ...frame, samples, baseline: Array.from({ length: size }, (_, index) => vary(index + 5)) };
}

function createHistory(): readonly EarlierRun[] {
  const lines = Array.from({ length: RUNS }, (_, run) =>
    JSON.stringify({
      gate: 'bench',
      at: new Date(Date.UTC(2030, 0, 1) - run * 3_600_000).toISOString(),
      outcome: 'pass',
      afterwards: 'good',
      criteria: Array.from({ length: 50 }, (_each, n) => ({
        metric: `m${n}`,
        value: measurementOf(n, run).value ?? 1,
        unit: 'ms',
      })),
    }),
  );
  return readHistory([{ name: 'history.jsonl', text: lines.join('\n') }], 'bench', Date.UTC(2031, 0, 1)).runs;
}

const history = { runs: createHistory(), notes: [] };
const { gate } = readGate(TEXT);
if (gate === undefined) throw new Error('the gate of the bench cannot be read');

const given = Array.from({ length: ROUNDS }, (_, round) =>
  Array.from({ length: 50 }, (_each, n) => measurementOf(n, round)),
);

function judge(round: number) {
  return evaluateGate(gate!, {
    measurements: given[round]!,
    history,
    risk: 40,
    at: '2030-01-02T00:00:00.000Z',
  });
}

const results = given.map((_, round) => judge(round));
if (results.some(({ criteria }) => criteria.some(({ outcome }) => outcome === 'inconclusive')))
  throw new Error('not all criteria were judged');

/** Milliseconds of the processor for one round: its clock is coarse, so all rounds are measured together. */
function measure(use: (round: number) => unknown): number {
  const began = cpuTime();
  for (let time = 0; time < REPEATED; time++) for (let round = 0; round < ROUNDS; round++) use(round);
  return (cpuTime() - began) / (REPEATED * ROUNDS);
}

const ours = measure(judge);
const reading = measure(() => readGate(TEXT));
const reference = measure((round) => JSON.parse(JSON.stringify(results[round])));
const row = (figure: string, value: number, aim: string): Row => ({
  figure,
  value: value.toFixed(2),
  aim,
  reference: `${reference.toFixed(3)} as JSON.stringify and JSON.parse of the result`,
  ratio: (value / reference).toFixed(1),
});
printRows('gates', [
  row(`50 criteria, ${RUNS} earlier results (ms)`, ours, '≤ 5'),
  row('the gate of 50 criteria read from its text (ms)', reading, ''),
]);
