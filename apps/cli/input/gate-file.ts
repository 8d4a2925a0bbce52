import { existsSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { GATE_TYPES, type Gate, type GateType } from '#contracts/judgement/gate.js';
import type { Measurement } from '#contracts/judgement/measurement.js';
import type { Finding } from '#domain/validation/finding.js';
import { type DefinitionFile, readDefinitionFile } from './definition-file.js';
import { usageError } from './usage-error.js';

/** Where gates are looked for. */
export const GATE_FOLDER = '.sluice/gates';

/** Something that was read, or what is wrong with its text. */
export type Read<T> =
  | { readonly value: T }
  | { readonly file: DefinitionFile; readonly findings: readonly Finding[] };

/** The gate of a file, or of the folder of gates by its type. Throws SluiceError `usage`. */
export async function readGateFile(
  path: string | undefined,
  type: GateType | undefined,
): Promise<Read<Gate>> {
  const file = await readDefinitionFile(path ?? findGate(type));
  const { readGate } = await import('#gates/gate/read-gate.js');
  const { gate: read, findings } = readGate(file.text);
  if (read === undefined) return { file, findings };
  const gate = read.rules === 'keptn' ? { ...read, name: nameAfter(file.path) } : read;
  if (type === undefined || gate.type === type) return { value: gate };
  if (gate.type === undefined) return { value: { ...gate, type } };
  throw usageError(
    `${file.path} is a gate of type ${gate.type}, not ${type}.`,
    'Leave out --type, or name another file.',
  );
}

/** Objectives have no name of their own, and results are kept by name. */
export function nameAfter(path: string): string {
  const name = basename(path, extname(path))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return name === '' ? 'objectives' : name;
}

function findGate(type: GateType | undefined): string {
  if (type === undefined) {
    throw usageError(
      'No gate is named.',
      `Write --file GATE.yaml, or --type and one of ${GATE_TYPES.join(', ')}.`,
    );
  }
  const found = ['yaml', 'yml', 'json']
    .map((ending) => join(GATE_FOLDER, `${type}.${ending}`))
    .find((each) => existsSync(each));
  if (found !== undefined) return found;
  throw usageError(`There is no ${GATE_FOLDER}/${type}.yaml here.`, 'Write it, or name a file with --file.');
}

/** Throws SluiceError `usage` for what is not a readable file. */
export async function readMetricsFile(path: string): Promise<Read<readonly Measurement[]>> {
  const file = await readDefinitionFile(path);
  const { readMetrics } = await import('#gates/gate/read-metrics.js');
  const { measurements, findings } = readMetrics(file.text, `file ${path}`);
  return measurements === undefined ? { file, findings } : { value: measurements };
}
