import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import type { Json, JsonObject } from '../../json.js';
import { createSchemaCompiler, type SchemaProblem } from '../../validation/json-schema.js';
import { readDefinition } from '../../validation/validate.js';
import { parse } from '../parse.js';
import { toJson } from '../tree.js';
import { describeLanguage } from './describe-language.js';

const LANGUAGE = describeLanguage(ACTIONS.values());

const compiled = createSchemaCompiler()(LANGUAGE);

function check(definition: Json): readonly SchemaProblem[] {
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return compiled.check(definition);
}

function refuses(definition: Json): boolean {
  return check(definition).length > 0;
}

const ROOT = new URL('../../../../', import.meta.url);

const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');

const markdownBelow = (folder: string) =>
  readdirSync(new URL(`${folder}/`, ROOT), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`);

const TEXTS: [string, string][] = [
  ...readdirSync(new URL('examples/', ROOT))
    .filter((name) => /\.yaml$/.test(name) && !name.endsWith('.test.yaml'))
    .map((name): [string, string] => [`examples/${name}`, read(`examples/${name}`)]),
  ...['README.md', ...markdownBelow('docs')].flatMap((path) =>
    [...read(path).matchAll(/^```yaml\n(sluice: 1\n[\s\S]*?)^```$/gm)].map(
      ([, text], index): [string, string] => [`${path}, block ${index + 1}`, text!],
    ),
  ),
];

/** Every key of the language, at least once. */
const STEP_LEAF = { uses: 'log/write', with: { message: '${{ run.id }}' } };

const FULL: JsonObject = {
  sluice: 1,
  name: 'full',
  description: 'Everything.',
  inputs: { list: { type: 'array', default: ['a'] } },
  concurrency: { group: 'x-${{ run.workflow }}', policy: 'queue' },
  defaults: { timeout: '1m', retry: { attempts: 2, delay: '1s', factor: 2, maxDelay: '1m' } },
  stages: {
    one: {
      name: 'One',
      needs: [],
      if: 'true',
      timeout: '1h',
      retry: { attempts: 2 },
      onFailure: 'rollback',
      steps: {
        a: {
          name: 'A',
          needs: [],
          if: 'inputs.list.size() > 0',
          timeout: '1h',
          retry: { attempts: 2 },
          onFailure: 'intervene',
          priority: 1,
          locks: ['x', 'y-${{ run.id }}'],
          resources: { pool: 'p', cpu: 0.5, memory: '1GiB', disk: 5, slots: 1 },
          compensate: {
            uses: 'command/run',
            with: { run: ['undo', '${{ steps.a.status }}'] },
            timeout: '1m',
            retry: { attempts: 2 },
            secrets: { T: 'env:T' },
          },
          uses: 'command/run',
          with: { run: ['x'], outputLimit: '${{ size(inputs.list) }}' },
          secrets: { A: 'env:A', B: { from: 'file:/b', as: 'file' } },
          output: { type: 'object' },
          pool: 'large',
        },
        ok: {
          approval: {
            by: ['approver', 'user:ann'],
            quorum: 2,
            expires: '1d',
            onExpiry: 'fail',
            onReject: 'stop',
            selfApproval: false,
            message: 'Go?',
            remind: '1h',
            escalate: { after: '2h', to: ['operator'] },
            inputs: { window: { type: 'string' } },
          },
        },
        each: {
          forEach: { in: '${{ inputs.list }}', as: 'x', limit: 1, failFast: true, quorum: 1 },
          steps: { b: STEP_LEAF },
        },
        combined: {
          forEach: {
            matrix: { os: ['l'], v: '${{ inputs.list }}' },
            exclude: [{ os: 'l' }],
            include: [{ os: 'm' }],
          },
          steps: { c: STEP_LEAF },
        },
        turns: {
          loop: { as: 't', while: 't.index < 2', until: 'true', max: 5, delay: '1s' },
          steps: { d: STEP_LEAF },
        },
        both: {
          parallel: { limit: 1, failFast: true, quorum: 1, branches: { l: { steps: { e: STEP_LEAF } } } },
        },
        choose: { switch: [{ if: 'true', steps: { f: STEP_LEAF } }, { steps: { g: STEP_LEAF } }] },
        tried: {
          try: {
            steps: { h: STEP_LEAF },
            catch: [{ errors: ['timeout'], as: 'e', steps: { i: STEP_LEAF } }],
            finally: { steps: { j: STEP_LEAF } },
          },
        },
        nap: { wait: '1s' },
        rest: { wait: { until: '2030-01-31T08:00:00Z' } },
        event: { waitFor: { event: 'e', if: 'event.by != ""' } },
        tell: { emit: { event: 'e', data: { x: 1 } } },
        other: { workflow: { name: 'w', version: 1, inputs: { x: 1 } } },
        another: { workflow: { name: 'w', version: 'stable' } },
        third: { workflow: { name: 'w', version: '1.4.0' } },
        values: { set: { x: 1 } },
        stop: { raise: { error: 'auth', message: 'No.' } },
      },
    },
  },
  output: '${{ steps.values.output }}',
};

type Path = readonly string[];

function pathsOf(value: Json, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner as Json, [...path, key]))];
}

function valueAt(value: Json, path: Path): Json {
  return path.reduce((at, key) => (at as JsonObject)[key]!, value);
}

/** A copy in which `change` was made to what holds the last key of the path. */
function changed(path: Path, change: (holder: Record<string, Json>, key: string) => void): JsonObject {
  const copy = structuredClone(partFor(path)) as Record<string, Json>;
  change(valueAt(copy, path.slice(0, -1)) as Record<string, Json>, path.at(-1)!);
  return copy;
}

/** FULL with that one step which the path leads to, for speed; with another where it leads elsewhere. */
function partFor(path: Path): JsonObject {
  const { inputs, output, ...rest } = FULL;
  const stage = valueAt(FULL, ['stages', 'one']) as JsonObject;
  const all = stage['steps'] as JsonObject;
  const id = Object.hasOwn(all, path[3] ?? '') ? path[3]! : 'values';
  const steps = { [id]: all[id]! };
  const stages = { one: path[2] === 'steps' ? { steps } : { ...stage, steps } };
  const top = path[0] === 'stages' ? { sluice: 1, name: 'part' } : { ...rest, output: output! };
  return { ...top, inputs: inputs!, stages };
}

function findingsIn(definition: Json) {
  return readDefinition(JSON.stringify(definition), ACTIONS).findings;
}

describe('the schema of the language', () => {
  it('is a schema, strictly', () => {
    expect(compiled.ok || compiled.problems).toBe(true);
  });

  it.each(TEXTS)('takes %s', (_, text) => {
    expect(check(toJson(parse(text).tree!.root))).toEqual([]);
  });

  it('takes a definition with every key', () => {
    expect(findingsIn(FULL)).toEqual([]);
    expect(check(FULL)).toEqual([]);
  });

  it('knows the same keys as the reader, in every map', () => {
    const maps = pathsOf(FULL).filter((path) => {
      const value = valueAt(FULL, path);
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    });
    let closed = 0;
    for (const path of maps) {
      const broken = changed([...path, 'zzzzzzzzzzzz'], (holder, key) => {
        holder[key] = 1;
      });
      const told = findingsIn(broken).find(
        ({ code, path: at }) => code === 'key-unknown' && at.endsWith('.zzzzzzzzzzzz'),
      );
      const listed = /the keys of .* are (.*)\.$/.exec(told?.hint ?? '')?.[1]?.split(', ');
      // The input of an action is checked against the catalogue, not by the reader.
      if (path.at(-1) === 'with' || listed === undefined) continue;
      closed++;
      const keys = closedSchemasAt(path).map(({ properties }) =>
        Object.keys(properties as JsonObject).sort(),
      );
      expect([path, ...keys]).toEqual([path, [...listed].sort()]);
    }
    expect(closed).toBeGreaterThan(40);
  });

  describe('agrees with the reader on what is changed', () => {
    const values: Json[] = [5.5, -1, 'Zz zz', true, null, [], {}, ['x']];
    /** Depends on a list that stands beside. */
    const ELSEWHERE = /^The matrix has no list/;

    const SHAPE =
      /^(key-unknown|key-missing|type-mismatch|value-out-of-range|block-empty|step-kind-.*|loop-endless|value-not-allowed|duration-invalid|size-invalid|id-invalid|identifier-invalid|secret-reference-invalid|secrets-not-taken|version-unsupported|error-name-invalid)$/;

    it.each(
      pathsOf(FULL)
        .slice(1)
        .map((path) => [path.join('.'), path] as const),
    )('at %s', (_, path) => {
      const cases = [
        changed(path, (holder, key) => {
          if (Array.isArray(holder)) holder.splice(Number(key), 1);
          else delete holder[key];
        }),
        ...values.map((value) =>
          changed(path, (holder, key) => {
            holder[key] = value;
          }),
        ),
      ];
      for (const broken of cases) {
        const findings = findingsIn(broken);
        const shape = findings.filter(({ code, message }) => SHAPE.test(code) && !ELSEWHERE.test(message));
        const at = { value: valueOrMissing(broken, path), findings };
        if (findings.length === 0) expect({ ...at, schema: check(broken) }).toEqual({ ...at, schema: [] });
        if (shape.length > 0) expect({ ...at, refused: refuses(broken) }).toEqual({ ...at, refused: true });
      }
    });
  });

  it('takes templates for values of any type in the input of an action, and refuses wrong literals', () => {
    const withInput = (input: Json) => ({
      sluice: 1,
      name: 'x',
      stages: { s: { steps: { a: { uses: 'command/run', with: input } } } },
    });
    expect(refuses(withInput({ run: ['a'], outputLimit: '${{ 1 }}', successCodes: ['${{ 0 }}'] }))).toBe(
      false,
    );
    expect(refuses(withInput({ run: '${{ inputs.list }}', environment: '${{ inputs.env }}' }))).toBe(false);
    expect(refuses(withInput({ run: ['a'], outputLimit: 'many' }))).toBe(true);
    expect(refuses(withInput({ run: [], outputLimit: 1 }))).toBe(true);
    expect(refuses(withInput({ run: ['a'], rum: 1 }))).toBe(true);
    expect(refuses(withInput({}))).toBe(true);
  });

  it('refuses secrets where the action takes none', () => {
    const use = (uses: string, input: Json) => ({
      sluice: 1,
      name: 'x',
      stages: { s: { steps: { a: { uses, with: input, secrets: { A: 'env:A' } } } } },
    });
    expect(refuses(use('command/run', { run: ['x'] }))).toBe(false);
    expect(refuses(use('log/write', { message: 'x' }))).toBe(true);
  });

  it('says of every key and kind what it means', () => {
    const silent = pathsOf(LANGUAGE)
      .filter((path) => path.length > 1 && path.at(-2) === 'properties' && !path.includes('then'))
      .filter((path) => !path.slice(0, -2).includes('actionUse') && !path[1]?.startsWith('with-'))
      .filter((path) => {
        const schema = valueAt(LANGUAGE, path);
        if (typeof schema !== 'object' || schema === null) return false;
        return !('description' in schema) && !('$ref' in schema) && !('anyOf' in schema);
      });
    expect(silent).toEqual([]);
  });
});

/** The schemas by which the value of FULL at `path` is judged, of those that name all keys. */
function closedSchemasAt(path: Path): JsonObject[] {
  let schemas = applying(LANGUAGE, FULL);
  for (const [depth, key] of path.entries()) {
    const value = valueAt(FULL, path.slice(0, depth + 1));
    schemas = schemas.flatMap((schema) => {
      const { properties = {}, additionalProperties, items } = schema as Record<string, JsonObject>;
      const inner = properties[key] ?? items ?? additionalProperties;
      return typeof inner === 'object' ? applying(inner as JsonObject, value) : [];
    });
  }
  return schemas.filter((schema) => schema['additionalProperties'] === false);
}

function applying(schema: JsonObject, value: Json): JsonObject[] {
  const { $ref, allOf = [], anyOf = [], if: condition, then } = schema as Record<string, Json>;
  const referred = typeof $ref === 'string' ? [valueAt(LANGUAGE, $ref.split('/').slice(1))] : [];
  const chosen = condition !== undefined && holds(condition as JsonObject, value) ? [then] : [];
  const parts = [...referred, ...chosen, ...(allOf as Json[]), ...(anyOf as Json[])] as JsonObject[];
  return [schema, ...parts.flatMap((part) => applying(part, value))];
}

function holds(condition: JsonObject, value: Json): boolean {
  const check = createSchemaCompiler()(condition);
  return check.ok && check.check(value).length === 0;
}

function valueOrMissing(value: Json, path: Path): Json {
  try {
    return valueAt(value, path) ?? '(missing)';
  } catch {
    return '(missing)';
  }
}
