import { ENVIRONMENT_NAME, type RiskEnvironment } from '#contracts/judgement/risk.js';
import { SluiceError } from '#domain/errors.js';
import type { Json, JsonObject } from '#domain/json.js';

const MAX_LENGTH = 64 * 1024;
const MAX_COUNT = 1_000_000;

/** Reads what is known of where a change goes, from JSON text. Throws SluiceError `risk-environment-invalid`. */
export function readEnvironment(text: string): RiskEnvironment {
  if (text.length > MAX_LENGTH) throw createInvalid(`has more than ${MAX_LENGTH} characters`);
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw createInvalid('is not JSON');
  }
  const object = requireObject(value, 'it');
  const unknown = Object.keys(object).find((name) => !Object.hasOwn(READERS, name));
  if (unknown !== undefined) throw createInvalid(`knows no ${JSON.stringify(unknown.slice(0, 100))}`);
  return Object.fromEntries(
    Object.entries(READERS).flatMap(([name, read]) => {
      const given = object[name];
      return given === undefined ? [] : [[name, read(given, name)]];
    }),
  );
}

const READERS: { readonly [N in keyof Required<RiskEnvironment>]: (value: Json, name: string) => unknown } = {
  name: requireName,
  deployments: readDeployments,
  openIncidents: requireCount,
  frozen: requireBoolean,
  commitsTogether: requireCount,
  canary: requireBoolean,
};

function readDeployments(value: Json, name: string): { readonly total: number; readonly failed: number } {
  const object = requireObject(value, name);
  const total = requireCount(object['total'], `${name}.total`);
  const failed = requireCount(object['failed'], `${name}.failed`);
  if (failed > total) throw createInvalid(`says that more of ${name} failed than there were`);
  return { total, failed };
}

function requireName(value: Json, name: string): string {
  if (typeof value === 'string' && ENVIRONMENT_NAME.test(value)) return value;
  throw createInvalid(`should have letters, digits, dots and dashes as ${name}, 63 at most,`);
}

function requireObject(value: Json, name: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw createInvalid(`should hold names and values in ${name}`);
}

function requireCount(value: Json | undefined, name: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_COUNT) return value;
  throw createInvalid(`should have a whole number from 0 as ${name}`);
}

function requireBoolean(value: Json, name: string): boolean {
  if (typeof value === 'boolean') return value;
  throw createInvalid(`should say true or false as ${name}`);
}

function createInvalid(what: string): SluiceError {
  return new SluiceError({
    code: 'risk-environment-invalid',
    fault: 'user',
    message: `What was given of the environment ${what}.`,
    hint: 'Write for example { "deployments": { "total": 10, "failed": 2 }, "openIncidents": 1, "frozen": false }',
  });
}
