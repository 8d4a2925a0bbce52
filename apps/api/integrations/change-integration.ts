import { Inject, Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import type { PlatformDescription } from '#connectors/cicd/platform.js';
import type { Platforms } from '#connectors/cicd/platforms.js';
import type { JsonObject } from '#domain/json.js';
import { exceedsJsonLength } from '#domain/json-length.js';
import { compileSchemaOnce } from '#domain/validation/json-schema.js';
import {
  type IntegrationFields,
  IntegrationRepository,
  type IntegrationRow,
} from '#persistence/integrations/integration-repository.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import type { Configuration } from '../configuration.js';
import type { Caller } from '../http/caller.js';
import { type FieldError, problemError } from '../http/problem.js';
import { CONFIGURATION, DATA_SOURCE, PLATFORMS } from '../tokens.js';
import { integrationNotFound } from './find-integration.js';
import type { IntegrationBody, IntegrationChangeBody } from './integration.body.js';
import { readAuth } from './integration-auth.js';

const MAX_INTEGRATIONS = 1_000;
const MAX_OPTIONS = 32_768;

/** Connects a project with platforms, changes and removes such connections. */
@Injectable()
export class ChangeIntegration {
  /** Until one that was changed is looked at. */
  private readonly soonMs: number;

  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(PLATFORMS) private readonly platforms: Platforms,
    @Inject(CONFIGURATION) { platformCheckMs }: Pick<Configuration, 'platformCheckMs'>,
  ) {
    this.soonMs = Math.round(platformCheckMs / 60);
  }

  /** Throws SluiceError `request-invalid`, `integration-name-taken`, `integration-limit-reached`. */
  async create(body: IntegrationBody, caller: Caller): Promise<IntegrationRow> {
    const description = this.requirePlatform(body.platform);
    const baseUrl = body.baseUrl ?? description.cloudUrl;
    if (baseUrl === undefined) {
      throw invalid([
        { path: 'baseUrl', message: `is needed: ${description.title} has no cloud of its own` },
      ]);
    }
    const fields: IntegrationFields = {
      name: body.name,
      description: body.description ?? null,
      platform: body.platform,
      baseUrl: withoutSlash(baseUrl),
      auth: readAuth(body.auth, description),
      options: readOptions(body.options ?? {}, description),
      authorities: body.authorities ?? null,
      proxy: body.proxy ?? null,
      status: body.status ?? 'active',
      sync: body.sync ?? [],
    };
    return this.dataSource.transaction(async (manager) => {
      const integrations = new IntegrationRepository(manager);
      if ((await integrations.count(caller.project)) >= MAX_INTEGRATIONS) {
        throw problemError(
          'integration-limit-reached',
          `There are ${MAX_INTEGRATIONS} integrations already.`,
        );
      }
      const row = await integrations.add(caller.project, fields, {
        createdBy: caller.actor,
        soonMs: this.soonMs,
      });
      if (row === undefined) throw nameTaken(fields.name);
      await audit(manager, caller, 'integration.create', { after: row, reason: body.reason });
      return row;
    });
  }

  /** What the body does not name stays. Throws SluiceError as `create` does, and `integration-not-found`. */
  async change(idOrName: string, body: IntegrationChangeBody, caller: Caller): Promise<IntegrationRow> {
    return this.dataSource.transaction(async (manager) => {
      const integrations = new IntegrationRepository(manager);
      const before = await integrations.find(caller.project, idOrName, true);
      if (before === undefined) throw integrationNotFound();
      const { name, description, authorities, proxy, status, sync } = body;
      const fields: IntegrationFields = {
        ...before,
        ...(name !== undefined && { name }),
        ...(description !== undefined && { description }),
        ...(authorities !== undefined && { authorities }),
        ...(proxy !== undefined && { proxy }),
        ...(status !== undefined && { status }),
        ...(sync !== undefined && { sync }),
        ...(body.baseUrl !== undefined && { baseUrl: withoutSlash(body.baseUrl) }),
        ...this.readPlatformFields(before.platform, body),
      };
      if (!(await integrations.change(before.id, fields, this.soonMs))) throw nameTaken(fields.name);
      const after = (await integrations.find(caller.project, before.id))!;
      await audit(manager, caller, 'integration.change', { before, after, reason: body.reason });
      return after;
    });
  }

  /** What workers have begun with it goes on to its next use of it. Throws SluiceError `integration-not-found`. */
  async remove(idOrName: string, caller: Caller): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const integrations = new IntegrationRepository(manager);
      const before = await integrations.find(caller.project, idOrName, true);
      if (before === undefined) throw integrationNotFound();
      await integrations.remove(before.id);
      await audit(manager, caller, 'integration.delete', { before });
    });
  }

  private readPlatformFields(
    platform: string,
    { auth, options }: IntegrationChangeBody,
  ): Partial<Pick<IntegrationFields, 'auth' | 'options'>> {
    if (auth === undefined && options === undefined) return {};
    const description = this.requirePlatform(platform);
    return {
      ...(auth !== undefined && { auth: readAuth(auth, description) }),
      ...(options !== undefined && { options: readOptions(options, description) }),
    };
  }

  private requirePlatform(name: string): PlatformDescription {
    const platform = this.platforms.find(name);
    if (platform !== undefined) return platform.description;
    const known = this.platforms.all.map(({ description }) => description.name).join(', ');
    throw invalid([{ path: 'platform', message: `is not known here; known are ${known}` }]);
  }
}

function readOptions(options: JsonObject, description: PlatformDescription): JsonObject {
  if (exceedsJsonLength(options, MAX_OPTIONS)) {
    throw invalid([{ path: 'options', message: `must be at most ${MAX_OPTIONS} characters of JSON` }]);
  }
  const schema = compileSchemaOnce(description.options);
  if (!schema.ok) throw new Error(`the schema of options of ${description.name} is not valid`);
  const problems = schema.check(options);
  if (problems.length === 0) return options;
  throw invalid(
    problems.slice(0, 20).map(({ path, message, key }) => ({
      path: ['options', ...path, ...(key === undefined ? [] : [key])].join('.'),
      message,
    })),
  );
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

function invalid(errors: readonly FieldError[]): Error {
  const text = errors.map(({ path, message }) => `${path} ${message}`).join('; ');
  return problemError('request-invalid', `The request is not valid: ${text}.`.slice(0, 1_000), { errors });
}

function nameTaken(name: string): Error {
  return problemError('integration-name-taken', `The project has an integration ${name} already.`);
}

interface Change {
  readonly before?: IntegrationRow;
  readonly after?: IntegrationRow;
  readonly reason?: string | undefined;
}

async function audit(
  manager: EntityManager,
  caller: Caller,
  action: 'integration.create' | 'integration.change' | 'integration.delete',
  { before, after, reason }: Change,
): Promise<void> {
  await new AuditRepository(manager).add({
    ...caller,
    action,
    objectType: 'integration',
    objectId: (after ?? before)!.id,
    ...(before === undefined ? {} : { before: describe(before) }),
    ...(after === undefined ? {} : { after: describe(after) }),
    reason,
  });
}

function describe(row: IntegrationRow): JsonObject {
  const { name, description, platform, baseUrl, auth, options, authorities, proxy, status, sync } = row;
  return {
    name,
    description,
    platform,
    baseUrl,
    auth: { ...auth },
    options,
    authorities,
    proxy,
    status,
    sync: sync.map((each) => ({ ...each })),
  } as JsonObject;
}
