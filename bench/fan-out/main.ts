import { requireLaboratory, tell } from '../laboratory/laboratory.js';
import {
  countEvents,
  FORMS,
  type Form,
  goingBy,
  type HandWritten,
  insertRuns,
  type Job,
  runOnce,
  storeJob,
  WAYS,
  type Way,
} from '../laboratory/runs.js';
import { printRows, type Row } from '../report.js';
import { median } from '../statistics.js';

/*
 * One run with 1,000 steps side by side, as branches and as the items of a list, in turn with a workflow written by
 * hand that has the same activities; then the memory of a fresh worker that runs all of it once in one form.
 */
const WIDTH = 1_000;
const PAIRS = 4;

const head = (name: string): string => `sluice: 1\nname: ${name}\nstages:\n  main:\n    steps:\n`;

const branches = Array.from(
  { length: WIDTH },
  (_, n) => `            b${n}: { steps: { s${n}: { uses: log/write, with: { message: step-${n} } } } }`,
);
const items = Array.from({ length: WIDTH }, (_, n) => `step-${n}`);

const DEFINITIONS: Readonly<Record<string, string>> = {
  'parallel of 1,000': `${head('fan-out-branches')}      fan:\n        parallel:\n          branches:\n${branches.join('\n')}\noutput: done\n`,
  'forEach of 1,000': `${head('fan-out-items')}      fan:\n        forEach: { in: [${items.join(', ')}] }\n        steps:\n          act: { uses: log/write, with: { message: "\${{ item }}" } }\noutput: done\n`,
};

const HAND_WRITTEN: Readonly<Record<Way, HandWritten>> = {
  queued: { type: 'fanOut', args: [WIDTH] },
  inline: { type: 'fanOutLocally', args: [WIDTH] },
};

interface Case {
  readonly name: string;
  readonly job: Job;
  readonly handWritten: HandWritten;
}

async function runForm({ job, handWritten }: Case, form: Form): Promise<{ ms: number; events: number }> {
  const [id] = (await insertRuns(job, 1)) as [string];
  const ms = await runOnce(job, id, form === 'definition' ? undefined : handWritten);
  return { ms, events: await countEvents(job, id) };
}

async function compareForms(each: Case): Promise<Row[]> {
  const times: Record<Form, number[]> = { definition: [], 'hand-written': [] };
  const events: Record<Form, number[]> = { definition: [], 'hand-written': [] };
  for (let pair = -1; pair < PAIRS; pair++) {
    for (const form of pair % 2 === 0 ? FORMS : FORMS.toReversed()) {
      const run = await runForm(each, form);
      if (pair < 0) continue;
      times[form].push(run.ms);
      events[form].push(run.events);
    }
  }
  const pairs = times.definition.map((ms, at) => ms / times['hand-written'][at]!);
  const [ours, theirs] = FORMS.map((form) => median(events[form])) as [number, number];
  return [
    {
      figure: `${each.name}: time (ms), median, and of the pairs’ ratios`,
      value: median(times.definition).toFixed(0),
      aim: '',
      reference: `${median(times['hand-written']).toFixed(0)} hand-written`,
      ratio: median(pairs).toFixed(2),
    },
    {
      figure: `${each.name}: events in the history`,
      value: String(ours),
      aim: '',
      reference: `${theirs} hand-written`,
      ratio: (ours / theirs).toFixed(2),
    },
  ];
}

const laboratory = await requireLaboratory();
const cases: Case[] = [];
for (const [name, text] of Object.entries(DEFINITIONS)) {
  const stored = await storeJob(laboratory, text);
  for (const way of WAYS)
    cases.push({ name: `${name}, ${way}`, job: goingBy(way, stored), handWritten: HAND_WRITTEN[way] });
}

const rows: Row[] = [];
const shared = await laboratory.startWorker();
for (const each of cases) {
  tell(`fan-out: ${each.name} …`);
  rows.push(...(await compareForms(each)));
}
await shared.stop();

const peaks: number[] = [];
for (const form of FORMS) {
  tell(`fan-out: memory, ${form} …`);
  const worker = await laboratory.startWorker();
  for (const each of cases) await runForm(each, form);
  peaks.push(await worker.readPeakMemory());
  await worker.stop();
}
const [ours, theirs] = peaks as [number, number];
rows.push({
  figure: 'the worker’s memory at most (MiB), each of these once',
  value: ours.toFixed(0),
  aim: '',
  reference: `${theirs.toFixed(0)} hand-written`,
  ratio: (ours / theirs).toFixed(2),
});
printRows('fan-out', rows);
