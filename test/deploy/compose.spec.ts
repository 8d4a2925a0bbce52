import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { QUEUES, SEARCH_ATTRIBUTES } from '#contracts/names.js';
import { SETTINGS } from '#contracts/settings.js';
import { readConfiguration as readApiConfiguration } from '../../apps/api/configuration.js';
import { readConfiguration as readWorkerConfiguration } from '../../apps/worker/configuration.js';
import { interpolate, readComposeFile, readComposeText, type Service } from './compose-file.js';

const compose = readComposeFile();
const services = Object.entries(compose.services);
const ours = services.filter(([, service]) => service.build !== undefined);
const workers = ours.filter(([, service]) => programOf(service) === 'worker');
const lasting = services.filter(([, service]) => service.restart === 'unless-stopped');
const passing = services.filter(([, service]) => service.restart !== 'unless-stopped');

const PASSWORD = 'f00dfacef00dface';
const AUTH_SECRET = '0123456789abcdef0123456789abcdef';

function programOf(service: Service): string | undefined {
  return /^dist\/apps\/(\w+)\/main\.js$/.exec(service.command?.at(-1) ?? '')?.[1];
}

function environmentOf(service: Service): Record<string, string> {
  const entries = Object.entries(service.environment ?? {});
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      interpolate(value, { POSTGRES_PASSWORD: PASSWORD, SLUICE_AUTH_SECRET: AUTH_SECRET }),
    ]),
  );
}

/** The Compose specification's JSON Schema, as the linter dclint carries it. */
function compileSchema() {
  const require = createRequire(import.meta.url);
  const linter = dirname(require.resolve('dclint/package.json'));
  const schema = JSON.parse(readFileSync(resolve(linter, 'schemas/compose.schema.json'), 'utf8'));
  // It names its dialect, draft 7, by an address that ajv does not know: https instead of http.
  delete schema.$schema;
  return new Ajv({ strict: false, allErrors: true }).compile(schema);
}

describe('docker-compose.yml', () => {
  it('is valid by the Compose schema, which refuses what it does not know', () => {
    const validate = compileSchema();
    validate(compose);
    expect(validate.errors).toBeNull();
    expect(validate({ ...compose, services: { api: { image: 'x', helthcheck: {} } } })).toBe(false);
  });

  it('names volumes, networks, configs and services that exist', () => {
    for (const [, service] of services) {
      const volumes = (service.volumes ?? []).map((volume) => volume.split(':')[0]!);
      expect(Object.keys(compose.volumes)).toEqual(expect.arrayContaining(volumes));
      expect(Object.keys(compose.networks)).toEqual(expect.arrayContaining([...service.networks]));
      const configs = (service.configs ?? []).map(({ source }) => source);
      expect(Object.keys(compose.configs)).toEqual(expect.arrayContaining(configs));
      expect(Object.keys(compose.services)).toEqual(
        expect.arrayContaining(Object.keys(service.depends_on ?? {})),
      );
    }
  });

  it.each(services)('%s: its image is pinned to a version', (_, { image }) => {
    expect(image).toMatch(/^[a-z0-9./-]+:\d+(\.\d+)+(-[a-z]+)?$/);
  });

  it('runs Postgres 18, and a Temporal server of at least 1.32 with tools of the same version', () => {
    expect(compose.services['postgres']?.image).toMatch(/^postgres:18\./);
    const [server, ...tools] = ['temporal', 'temporal-schema', 'temporal-namespace'].map(
      (name) => compose.services[name]?.image.split(':')[1],
    );
    expect(Number(server?.split('.')[1])).toBeGreaterThanOrEqual(32);
    expect(tools).toEqual([server, server]);
  });

  it.each(lasting)('%s: is watched and started again', (_, service) => {
    expect(service.healthcheck?.test[0]).toBe('CMD');
  });

  it.each(services)('%s: waits until what it needs is ready or over', (_, service) => {
    const lastingNames = lasting.map(([name]) => name);
    for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect([name, condition]).toEqual([
        name,
        lastingNames.includes(name) ? 'service_healthy' : 'service_completed_successfully',
      ]);
    }
  });

  it('has no other services that end than the two that prepare Temporal', () => {
    expect(passing.map(([name]) => name)).toEqual(['temporal-schema', 'temporal-namespace']);
  });

  it('publishes ports on the loopback interface only', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('holds no password, and refuses to start without one', () => {
    const written = readComposeText().matchAll(/(?:PASSWORD|PWD): (.*)$|\/\/sluice:(.*?)@postgres/gm);
    const passwords = [...written].map(([, value, inUrl]) => value ?? inUrl!);
    expect(passwords.length).toBeGreaterThanOrEqual(4);
    for (const password of passwords) expect(password).toMatch(/^\$\{POSTGRES_PASSWORD:\?[^}]+\}$/);
    expect(() => interpolate(passwords[0]!, {})).toThrow('POSTGRES_PASSWORD');
  });

  it('registers every search attribute', () => {
    const script = compose.services['temporal-namespace']?.command?.join('\n');
    expect(
      /for attribute in (.*); do/
        .exec(script ?? '')?.[1]
        ?.split(' ')
        .sort(),
    ).toEqual(Object.values(SEARCH_ATTRIBUTES).sort());
  });
});

describe('our services', () => {
  it.each(ours)('%s: runs a program that reads every variable it is given', (_, service) => {
    const program = programOf(service);
    expect(['api', 'worker']).toContain(program);
    for (const name of Object.keys(service.environment ?? {})) {
      const setting = SETTINGS.find((known) => known.name === name);
      expect([name, setting?.readBy]).toEqual([name, expect.arrayContaining([program])]);
    }
  });

  it('serve every queue, each by one pool', () => {
    const queues = workers.map(([, service]) => service.environment?.['QUEUES']);
    expect(queues.sort()).toEqual(Object.keys(QUEUES).sort());
  });

  it.each(workers)('%s: is configured as the worker accepts', (_, service) => {
    const configuration = readWorkerConfiguration(environmentOf(service));
    expect(configuration.databaseUrl).toBe(`postgres://sluice:${PASSWORD}@postgres:5432/sluice`);
    expect(configuration.temporalAddress).toBe('temporal:7233');
  });

  it.each(workers)('%s: counts as healthy with a connection to the port of Temporal', (_, service) => {
    const port = Number(service.environment?.['TEMPORAL_ADDRESS']?.split(':')[1]);
    const pattern = new RegExp(service.healthcheck?.test[3] ?? '');
    const line = (state: string) =>
      `  3: 020012AC:D2F0 030012AC:${port.toString(16).toUpperCase()} ${state} 00000000:`;
    expect([line('01'), line('02')].map((each) => pattern.test(each))).toEqual([true, false]);
  });

  it('api: is configured as the API accepts, with a secret of the operator, on the port that is published', () => {
    const api = compose.services['api']!;
    const configuration = readApiConfiguration(environmentOf(api));
    expect(configuration.host).toBe('0.0.0.0');
    expect(configuration.authSecret).toBe(AUTH_SECRET);
    expect(() => interpolate(api.environment!['SLUICE_AUTH_SECRET']!, {})).toThrow('SLUICE_AUTH_SECRET');
    expect(api.volumes).toEqual(['keys:/var/lib/sluice']);
    expect(api.ports?.[0]).toMatch(new RegExp(`:${configuration.port}$`));
  });
});
