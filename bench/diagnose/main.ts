import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Diagnostician } from '#domain/failures/classify.js';
import { printRows, type Row } from '../report.js';
import { type LabelledLog, LOGS, readJobLogs, readSections } from './labelled-logs.js';

/*
 * How often the first guess is right: on real logs of failed jobs (where that data lies beside the project), on logs of many
 * tools written before the rules, and on one log for each of the 46 categories of the study. Then `sluice diagnose`, as a
 * process of its own, on 100 MB.
 */
const SIZE = 100_000_000;
const CLI = join(import.meta.dirname, '../../apps/cli/main.js');
/** Written to stderr by the process that is measured: its peak memory, in KiB. */
const TELL_MEMORY = `data:text/javascript,process.on('exit',()=>process.stderr.write(String(process.resourceUsage().maxRSS)))`;

const FIRST_ERROR = /error|fail|fatal|exception/i;

/** What a log is made of. */
const SHAPES: Readonly<Record<string, string>> = {
  'lines of a build': Array.from(
    { length: 1_000 },
    (_, n) =>
      `2026-07-29T10:01:29.7638610Z [${n}/1000] Building CXX object src/CMakeFiles/core.dir/file${n}.cpp.o\n`,
  ).join(''),
  'an error in every twentieth line': Array.from({ length: 1_000 }, (_, n) =>
    n % 20 === 0
      ? `src/part${n}.cpp:12:3: error: use of undeclared name part${n}\n`
      : `2026-07-29T10:01:29.7638610Z tests/test_${n}.py::test_case PASSED [ ${n % 100}%]\n`,
  ).join(''),
  'one line': 'error: no end ',
};

const diagnostician = new Diagnostician();
const jobLogs = readJobLogs();
const categoryLogs = readSections(join(LOGS, 'categories.txt'));
const rows: Row[] = [
  ...(jobLogs === undefined ? [] : scoreLines('cause line, real job logs', jobLogs, '≥ 15')),
  ...scoreLines('cause line, logs of many tools', readSections(join(LOGS, 'held-out.txt')), ''),
  ...scoreLines('cause line, one log for each category', categoryLogs, ''),
  scoreCategories(categoryLogs),
  ...measureScans(),
];
printRows('diagnose', rows);

function scoreLines(figure: string, logs: readonly LabelledLog[], aim: string): Row[] {
  const right = logs.filter(({ log, line }) => diagnostician.classify({ log }).line === line).length;
  const naive = logs.filter(
    ({ log, line }) => log.split('\n').findIndex((each) => FIRST_ERROR.test(each)) + 1 === line,
  );
  return [
    {
      figure,
      value: `${right} of ${logs.length}`,
      aim,
      reference: `${naive.length} (first line with the word error, fail, fatal or exception)`,
      ratio: (right / Math.max(1, naive.length)).toFixed(1),
    },
  ];
}

function scoreCategories(logs: readonly LabelledLog[]): Row {
  const right = logs.filter(({ name, log }) => diagnostician.classify({ log }).category === name).length;
  return { figure: 'category', value: `${right} of ${logs.length}`, aim: 'all', reference: '', ratio: '' };
}

function measureScans(): Row[] {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  try {
    return Object.entries(SHAPES).flatMap(([shape, part]) => {
      const path = join(folder, 'job.log');
      writeLog(path, part);
      const began = performance.now();
      const { memory, line } = diagnose(path);
      const seconds = (performance.now() - began) / 1000;
      return [
        {
          figure: `100 MB, ${shape}`,
          value: `${seconds.toFixed(1)} s`,
          aim: '< 5 s',
          reference: `line ${line}`,
          ratio: '',
        },
        {
          figure: `100 MB, ${shape}: peak memory`,
          value: `${Math.round(memory / 1024)} MiB`,
          aim: '< 200 MB',
          reference: '',
          ratio: '',
        },
      ];
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function diagnose(path: string): { memory: number; line: unknown } {
  const told = join(path, '..', 'memory');
  const errors = openSync(told, 'w+');
  try {
    const out = execFileSync(process.execPath, ['--import', TELL_MEMORY, CLI, 'diagnose', path, '--json'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', errors],
    });
    return { memory: Number(readFileSync(told, 'utf8')), line: (JSON.parse(out) as { line?: number }).line };
  } finally {
    closeSync(errors);
  }
}

function writeLog(path: string, part: string): void {
  const file = openSync(path, 'w');
  const bytes = Buffer.from(part.repeat(Math.ceil(1_000_000 / part.length)));
  for (let written = 0; written < SIZE; written += bytes.length) writeSync(file, bytes);
  closeSync(file);
}
