import type { InputValue, PipelineInput } from '#contracts/cicd/execution.js';
import { createInputsRefused } from '../http/pipeline-failure.js';
import type { TriggerRequest } from '../platform.js';

/** What GitHub takes of them. */
const MOST_INPUTS = 25;
const SHOWN = 10;

/**
 * What is sent of what is given, as text, with the key where the workflow takes it.
 * Throws SluiceError `pipeline-inputs-refused`, which tells all that does not fit.
 */
export function assignInputs(
  declared: readonly PipelineInput[],
  { inputs, key, keyInput, pipeline }: TriggerRequest,
): Readonly<Record<string, string>> {
  const takesKey = declared.some(({ name }) => name === keyInput);
  const given = new Map(Object.entries(inputs));
  if (takesKey) given.set(keyInput, key);
  const problems: string[] = [];
  for (const [name, value] of given) {
    const input = declared.find((each) => each.name === name);
    const problem = input === undefined ? explainUnknown(declared) : explainMisfit(input, value);
    if (problem !== undefined) problems.push(`${JSON.stringify(name.slice(0, 100))} ${problem}`);
  }
  for (const { name, required, default: initial, type, choices = [] } of declared) {
    if (!required || given.has(name) || initial !== undefined) continue;
    const kind = type === 'choice' ? `one of ${list(choices)}` : type;
    problems.push(`${JSON.stringify(name)} is required (${kind})`);
  }
  if (given.size > MOST_INPUTS)
    problems.push(`there are ${given.size}, and at most ${MOST_INPUTS} are taken`);
  if (problems.length > 0) throw createInputsRefused('GitHub', pipeline, problems);
  return Object.fromEntries([...given].map(([name, value]) => [name, String(value)]));
}

function explainUnknown(declared: readonly PipelineInput[]): string {
  const names = declared.map(({ name }) => name);
  return names.length === 0 ? 'is not known: it takes none' : `is not known: it takes ${list(names)}`;
}

function explainMisfit({ type, choices = [] }: PipelineInput, value: InputValue): string | undefined {
  const text = String(value);
  switch (type) {
    case 'text':
      return undefined;
    case 'number':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? undefined : 'must be a number';
    case 'boolean':
      return text === 'true' || text === 'false' ? undefined : 'must be true or false';
    case 'choice':
      return choices.includes(text) ? undefined : `must be one of ${list(choices)}`;
  }
}

function list(names: readonly string[]): string {
  const rest = names.length - SHOWN;
  return names.slice(0, SHOWN).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
