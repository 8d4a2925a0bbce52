import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isSluiceError } from '#domain/errors.js';
import { createDataError } from '../dataset/data-error.js';
import type { Project } from '../dataset/labelled-change.js';
import { readFolder } from '../dataset/read-folder.js';
import { readModel, writeModel } from '../model/model-file.js';
import { chooseRecipe, RECIPE } from '../model/recipe.js';
import type { RiskModel } from '../model/risk-model.js';
import { readShippedModel } from '../model/shipped-model.js';
import { trainModel } from '../model/train-model.js';
import { challenge, finish } from './challenge.js';
import { findSources } from './sources.js';

const USAGE = `npm run train:risk -- --data FOLDER --output FILE [--name NAME] [--challenge MODEL]

  --data FOLDER       tables of labelled changes, one a project (docs/risk.md says how)
  --output FILE       where the model goes
  --name NAME         what it is called; the name of the only project, or "shipped"
  --challenge MODEL   write only what beats this model (a file, or "shipped") on the later changes of the only project
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
    options: {
      data: { type: 'string' },
      output: { type: 'string' },
      name: { type: 'string' },
      challenge: { type: 'string' },
    },
  });
  if (values.data === undefined || values.output === undefined) {
    process.stderr.write(USAGE);
    return 2;
  }
  const projects = readFolder(values.data);
  for (const { name, changes, notes } of projects)
    tell([`${name}: ${changes.length} changes`, ...notes].join('; '));
  const names = projects.map(({ name }) => name);
  const sources = findSources(names);
  const name = values.name ?? (projects.length === 1 ? names[0]! : 'shipped');
  const model =
    values.challenge === undefined
      ? trainModel(name, projects, RECIPE).model
      : runChallenge(name, projects, values.challenge);
  if (!model) return 1;
  writeFileSync(
    values.output,
    writeModel(model, chooseRecipe(model.trainedOn.projects.length, RECIPE), sources),
  );
  tell(`${values.output} stands.`);
  return 0;
}

/** The model of the winner, learnt anew from all outcomes; undefined when the champion stays. */
function runChallenge(name: string, [outcomes, ...others]: Project[], file: string): RiskModel | undefined {
  if (others.length > 0)
    throw createDataError(
      'A model is challenged with the outcomes of one project.',
      'Give a folder with one table.',
    );
  const champion = file === 'shipped' ? readShippedModel() : readModel(readFileSync(file, 'utf8'));
  const { contenders, winner, words } = challenge(
    champion.model,
    outcomes!,
    (training) => trainModel(name, [training], RECIPE).model,
  );
  for (const { kind, auc, brier } of contenders)
    tell(`${kind}: AUC ${auc.toFixed(3)}, Brier ${brier.toFixed(3)} on the later changes`);
  tell(words);
  return winner && { ...finish(winner, champion.model, outcomes!, RECIPE), name };
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
