import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PROBLEM_CODES } from '../../../apps/api/http/problem-codes.js';
import { type ApiFixture, createApiFixture } from './api-fixture.js';

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly { readonly name: string; readonly schema: object }[];
  readonly responses: Readonly<Record<string, { readonly $ref?: string; readonly description?: string }>>;
}

/** Operations that need no credentials. */
const OPEN = /^get \/(health|metrics)(\/|$)/;
/** Those that have a token of their own. */
const OF_AGENTS = /agent-invocations/;

let api: ApiFixture;
let document: {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly securitySchemes: object;
    readonly responses: object;
    readonly schemas: object;
  };
};

beforeAll(async () => {
  api = await createApiFixture();
  document = (await api.get('/docs-json')).body;
});
afterAll(() => api?.close());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, name: `${method} ${path}` })),
  );

function accessOf(name: string): { readonly security: readonly object[]; readonly answers: string[] } {
  if (OPEN.test(name)) return { security: [], answers: ['default'] };
  // Its sender proves itself by what the webhook says.
  if (/^post \/hooks\//.test(name)) return { security: [], answers: ['401', '429', 'default'] };
  if (OF_AGENTS.test(name)) return { security: [{ callback: [] }], answers: ['401', 'default'] };
  return { security: [{ bearer: [] }], answers: ['401', '403', '429', 'default'] };
}

describe('the description of the API', () => {
  it('names every operation, each by a name of its own, and says what it does', () => {
    const ids = operations().map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { name, operationId, summary } of operations()) {
      expect([name, operationId, summary]).toEqual([
        name,
        expect.stringMatching(/^[a-z][A-Za-z]+$/),
        expect.stringMatching(/^[A-Z].{3,}[^.]$/),
      ]);
    }
  });

  it('asks for a token or a key, save where everybody may look', () => {
    expect(document.components.securitySchemes).toMatchObject({
      bearer: { type: 'http', scheme: 'bearer' },
    });
    for (const { name, security } of operations()) {
      expect([name, security]).toEqual([name, accessOf(name).security]);
    }
  });

  it('has the problems of each operation, by codes that there are, and those of all once', () => {
    for (const { name, responses } of operations()) {
      expect([name, Object.keys(responses)]).toEqual([name, expect.arrayContaining(accessOf(name).answers)]);
      expect([name, responses['default']]).toEqual([name, { $ref: '#/components/responses/Problem' }]);
      for (const [status, { description = '', $ref }] of Object.entries(responses)) {
        if ($ref !== undefined || !/^[45]/.test(status)) continue;
        for (const code of description.split(', ')) {
          expect([name, code, PROBLEM_CODES[code as keyof typeof PROBLEM_CODES]?.status]).toEqual([
            name,
            code,
            Number(status),
          ]);
        }
      }
    }
  });

  it('says of what type each parameter is, by itself: compilers do not agree on what they say of it', () => {
    for (const { name, parameters = [] } of operations()) {
      for (const { name: parameter, schema } of parameters) {
        const known = ['type', '$ref', 'oneOf'].some((key) => Object.hasOwn(schema, key));
        expect([name, parameter, known]).toEqual([name, parameter, true]);
      }
    }
    expect(document.components.schemas).not.toHaveProperty('Object');
  });

  it('is valid OpenAPI', async () => {
    // A part of Redoc, which is here for its page.
    const { createConfig, lintFromString } = createRequire(createRequire(import.meta.url).resolve('redoc'))(
      '@redocly/openapi-core',
    );
    const config = await createConfig({
      rules: {
        struct: 'error',
        'no-unresolved-refs': 'error',
        'no-identical-paths': 'error',
        'path-parameters-defined': 'error',
        'security-defined': 'error',
        'operation-operationId-unique': 'error',
        'operation-parameters-unique': 'error',
        'path-declaration-must-exist': 'error',
        'no-invalid-media-type-examples': 'error',
      },
    });
    const lint = async (source: string) =>
      (await lintFromString({ source, absoluteRef: '/openapi.json', config })).map(
        ({
          ruleId,
          message,
          location,
        }: {
          ruleId: string;
          message: string;
          location: { pointer: string }[];
        }) => `${ruleId}: ${message} ${location[0]?.pointer}`,
      );
    expect(await lint(JSON.stringify(document))).toEqual([]);
    expect(await lint(readFileSync('schema/openapi.json', 'utf8'))).toEqual([]);
    const broken = structuredClone(document) as unknown as { paths: Record<string, unknown> };
    broken.paths['/x'] = { get: { responses: { 200: {} } } };
    expect(await lint(JSON.stringify(broken))).not.toEqual([]);
  });
});

describe.each(['/docs', '/redoc'])('%s', (path) => {
  it('may load nothing from elsewhere, and runs no script of its own text', async () => {
    const page = await api.get(path);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/default-src 'none'; script-src 'self';/);
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
    expect(String(page.body)).not.toMatch(/<script>|<style|\son[a-z]+=|https?:/);
  });

  it('finds all that it loads', async () => {
    const page = String((await api.get(path)).body);
    const assets = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!);
    expect(assets.length).toBeGreaterThan(3);
    for (const asset of assets) {
      const { status, headers } = await api.get(`/${asset}`);
      expect([asset, status, headers.get('x-content-type-options')]).toEqual([asset, 200, 'nosniff']);
    }
  });

  it.each(['nothing.js', '__proto__', 'constructor', '..%2f..%2fpackage.json', 'start.js.map'])(
    'has no other file: %s',
    async (file) => {
      expect(await api.get(`${path}/${file}`)).toMatchObject({
        status: 404,
        body: { code: 'route-not-found' },
      });
    },
  );
});

it('what the pages are made of names no other place to load from', async () => {
  for (const file of ['/redoc/redoc.standalone.js', '/docs/swagger-ui-bundle.js', '/docs/swagger-ui.css']) {
    const text = String((await api.get(file)).body);
    expect(text).not.toMatch(/(?:src[:=]\s*"|url\(\s*["']?|@import\s*["'])https?:/);
  }
});
