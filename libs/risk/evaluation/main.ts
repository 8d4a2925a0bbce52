import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isSluiceError } from '#domain/errors.js';
import { readFolder } from '../dataset/read-folder.js';
import { RECIPE } from '../model/recipe.js';
import { drawCalibration } from './draw-calibration.js';
import { evaluate } from './evaluate.js';
import { poolBins } from './pool-bins.js';
import { reportEvaluation } from './report.js';

const USAGE = `npm run evaluate:risk -- --data FOLDER [--json] [--plot FILE]

  --data FOLDER   tables of labelled changes, one a project (docs/risk.md says how)
  --json          the figures for programs
  --plot FILE     the calibration as a picture (SVG) too
`;

try {
  process.exitCode = run(process.argv.slice(2));
} catch (error) {
  const known = isSluiceError(error) || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  if (!known) throw error;
  const { message, hint } = error as { message: string; hint?: string };
  process.stderr.write(`${message}\n${hint ?? USAGE}\n`);
  process.exitCode = 2;
}

function run(words: string[]): number {
  const { values } = parseArgs({
    args: words,
    options: { data: { type: 'string' }, json: { type: 'boolean' }, plot: { type: 'string' } },
  });
  if (values.data === undefined) {
    process.stderr.write(USAGE);
    return 2;
  }
  const projects = readFolder(values.data);
  for (const { name, notes } of projects) for (const note of notes) tell(`${name}: ${note}`);
  const evaluation = evaluate(projects, RECIPE, tell);
  process.stdout.write(
    values.json ? `${JSON.stringify(evaluation, withoutModels, 2)}\n` : `${reportEvaluation(evaluation)}\n`,
  );
  if (values.plot !== undefined) writeFileSync(values.plot, drawCalibration(poolBins(evaluation)));
  return 0;
}

/** Models are what train:risk writes. */
function withoutModels(key: string, value: unknown): unknown {
  return key === 'model' ? undefined : value;
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
