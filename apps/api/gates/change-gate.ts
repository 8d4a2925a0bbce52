import { Inject, Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import type { AuditAction } from '#contracts/audit.js';
import type { Gate } from '#contracts/judgement/gate.js';
import { isId } from '#domain/definition/names.js';
import type { Json } from '#domain/json.js';
import { computeDigest } from '#domain/plan/digest.js';
import { type GateDraft, GateRepository, type GateRow } from '#persistence/gates/gate-repository.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import type { Caller } from '../http/caller.js';
import { fulfilsMatch } from '../http/entity-tag.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE } from '../tokens.js';
import { gateNotFound } from './find-gate.js';
import { understandGate } from './understand-gate.js';

const MAX_GATES = 1_000;

/** What the caller takes for true. */
export interface Condition {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
}

export interface GateText {
  readonly source: string;
  readonly format: 'yaml' | 'json';
}

interface SavedGate {
  readonly gate: GateRow;
  readonly created: boolean;
}

/** From text to immutable versions of gates. */
@Injectable()
export class ChangeGate {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  /**
   * A new gate, or a new version of the one with this id or name, unless its newest version means the same. Throws
   * SluiceError `request-invalid`, `gate-invalid`, `gate-changed`, `gate-limit-reached`.
   */
  async save(idOrName: string, text: GateText, condition: Condition, caller: Caller): Promise<SavedGate> {
    const known = await new GateRepository(this.dataSource.manager).find(caller.project, idOrName);
    const name = known?.name ?? requireName(idOrName);
    const draft = toDraft(understandGate(text.source, name), text, caller);
    return this.dataSource.transaction(async (manager) => {
      const gates = new GateRepository(manager);
      const before = await gates.findLocked(caller.project, name);
      requireCondition(name, before, condition);
      if (before !== undefined) return { gate: await change(manager, before, draft, caller), created: false };
      if ((await gates.count(caller.project)) >= MAX_GATES) {
        throw problemError('gate-limit-reached', `There are ${MAX_GATES} gates already.`);
      }
      const gate = await gates.add(caller.project, name, draft);
      if (gate === undefined) {
        // Somebody made it just now.
        const other = (await gates.findLocked(caller.project, name))!;
        requireCondition(name, other, condition);
        return { gate: await change(manager, other, draft, caller), created: false };
      }
      await record(manager, caller, 'gate.create', { gate, after: describe(gate) });
      return { gate, created: true };
    });
  }

  /** Its versions and results stay. Throws SluiceError `gate-not-found`, `gate-changed`. */
  async remove(idOrName: string, condition: Condition, caller: Caller): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const gates = new GateRepository(manager);
      const gate = await gates.findLocked(caller.project, idOrName);
      if (gate === undefined) throw gateNotFound();
      requireCondition(gate.name, gate, condition);
      await gates.remove(gate.id);
      await record(manager, caller, 'gate.delete', { gate, before: describe(gate) });
    });
  }
}

/** Of the gate as it is. */
export function tagOf({ latestVersion }: Pick<GateRow, 'latestVersion'>): string {
  return `"${latestVersion}"`;
}

function requireName(name: string): string {
  if (isId(name)) return name;
  const message = 'must be lower-case letters, digits and dashes, a letter first, 100 at most';
  throw problemError('request-invalid', `name ${message}.`, { errors: [{ path: 'name', message }] });
}

function toDraft(gate: Gate, { source, format }: GateText, { actor }: Caller): GateDraft {
  return {
    digest: computeDigest(gate as unknown as Json),
    source,
    format,
    type: gate.type ?? null,
    rules: gate.rules,
    criteria: gate.criteria.length,
    createdBy: actor,
  };
}

async function change(
  manager: EntityManager,
  before: GateRow,
  draft: GateDraft,
  caller: Caller,
): Promise<GateRow> {
  if (before.digest === draft.digest) return before;
  const gate = await new GateRepository(manager).addVersion(before, draft);
  await record(manager, caller, 'gate.version', { gate, before: describe(before), after: describe(gate) });
  return gate;
}

function requireCondition(
  name: string,
  before: GateRow | undefined,
  { ifMatch, ifNoneMatch }: Condition,
): void {
  const unwanted = ifNoneMatch?.trim() === '*' && before !== undefined;
  const tag = before && tagOf(before);
  if (!unwanted && fulfilsMatch(ifMatch, tag)) return;
  throw problemError(
    'gate-changed',
    tag === undefined ? `There is no gate ${name}.` : `The gate ${name} has the tag ${tag} by now.`,
  );
}

async function record(
  manager: EntityManager,
  caller: Caller,
  action: Extract<AuditAction, `gate.${string}`>,
  { gate, ...change }: { readonly gate: GateRow; readonly before?: Json; readonly after?: Json },
): Promise<void> {
  await new AuditRepository(manager).add({
    ...caller,
    ...change,
    action,
    objectType: 'gate',
    objectId: gate.id,
  });
}

function describe({ name, latestVersion, digest, type }: GateRow): Json {
  return { name, version: latestVersion, digest, type };
}
