import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { Gate } from '#contracts/judgement/gate.js';
import type { GateResult } from '#contracts/judgement/gate-result.js';
import type { EvaluateGateRequest } from '#contracts/rest/gates.js';
import { evaluateGate } from '#gates/evaluate/evaluate-gate.js';
import { selectHistory } from '#gates/evaluate/select-history.js';
import { GateBypassRepository, type GateBypassRow } from '#persistence/gates/gate-bypass-repository.js';
import type { GateRow } from '#persistence/gates/gate-repository.js';
import {
  GateResultRepository,
  type GateResultRow,
  type NewGateResult,
} from '#persistence/gates/gate-result-repository.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import type { Caller } from '../http/caller.js';
import { Metrics } from '../observability/metrics.js';
import { FindRun } from '../runs/find-run.js';
import { DATA_SOURCE } from '../tokens.js';
import { FindGate } from './find-gate.js';
import { type Given, listMeasured, toEarlierRun, writeDigest, writeGivenDigest } from './gate-digest.js';
import { understandMetrics } from './understand-gate.js';

/** No criterion looks further back. */
const MAX_EARLIER = 1_000;

/** What a gate says of a change: stored, found again, or neither in a dry run. */
export interface Decision {
  readonly gate: GateRow;
  readonly row: Omit<GateResultRow, 'id'> & { readonly id?: string };
  /** The one that lasts. */
  readonly bypass: GateBypassRow | undefined;
  /** It is new, and stored. */
  readonly created: boolean;
}

/** Judges changes by the gates of a project, and keeps what they say: the same inputs have one result. */
@Injectable()
export class JudgeChange {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(FindGate) private readonly findGate: FindGate,
    @Inject(FindRun) private readonly findRun: FindRun,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  /** Throws SluiceError `gate-not-found`, `gate-version-not-found`, `metrics-invalid`, `run-not-found`. */
  async judge(idOrName: string, request: EvaluateGateRequest, caller: Caller): Promise<Decision> {
    const row = await this.findGate.require(caller.project, idOrName);
    const version = request.version ?? row.latestVersion;
    const gate = await this.findGate.requireVersion(row, version);
    const given = toGiven(gate, request);
    if (request.run !== undefined) await this.findRun.require(caller.project, request.run);
    const givenDigest = writeGivenDigest(given);
    const results = new GateResultRepository(this.dataSource.manager);
    const earlier = await results.listEarlier(row.id, givenDigest, MAX_EARLIER);
    const runs = selectHistory(gate, earlier.map(toEarlierRun));
    const digest = writeDigest(givenDigest, runs);
    const bypass = (await new GateBypassRepository(this.dataSource.manager).findActive([row.id])).get(row.id);
    const found = await results.findByDigest(row.id, digest);
    if (found !== undefined && request.dryRun === true) {
      return { gate: row, row: found, bypass, created: false };
    }
    if (found !== undefined) return this.repeat({ gate: row, row: found, bypass });
    const { measurements, risk } = given;
    const at = new Date().toISOString();
    const result = evaluateGate(gate, {
      measurements,
      history: { runs, notes: [] },
      at,
      ...(risk === undefined ? {} : { risk }),
    });
    const draft: NewGateResult = {
      ...toSubjectColumns(given.subject),
      project: row.project,
      gateId: row.id,
      version,
      givenDigest,
      digest,
      result,
      measured: listMeasured(result),
      bypassId: bypass !== undefined && !hasPassed(result) ? bypass.id : null,
      createdBy: caller.actor,
    };
    if (request.dryRun === true) return { gate: row, row: toUnstored(draft, at), bypass, created: false };
    return this.store(draft, { gate: row, bypass }, caller);
  }

  private async store(
    draft: NewGateResult,
    decision: Pick<Decision, 'gate' | 'bypass'>,
    caller: Caller,
  ): Promise<Decision> {
    const { gate } = decision;
    const id = await this.dataSource.transaction(async (manager) => {
      const added = await new GateResultRepository(manager).add(draft);
      if (added === undefined) return undefined;
      const { version, result, bypassId } = draft;
      await new AuditRepository(manager).add({
        ...caller,
        action: 'gate.evaluate',
        objectType: 'gate',
        objectId: gate.id,
        after: { result: added, version, outcome: result.outcome, score: result.score, bypass: bypassId },
      });
      return added;
    });
    const results = new GateResultRepository(this.dataSource.manager);
    const row = (await results.findByDigest(gate.id, draft.digest))!;
    if (id === undefined) return this.repeat({ ...decision, row });
    this.metrics.gateJudged(row.outcome);
    return { ...decision, row, created: true };
  }

  /** Who is let through now is noted with what was found again. */
  private async repeat({ gate, row, bypass }: Omit<Decision, 'created'>): Promise<Decision> {
    this.metrics.gateJudged('repeated');
    if (bypass === undefined || row.id === undefined || row.bypass !== null || hasPassed(row)) {
      return { gate, row, bypass, created: false };
    }
    const results = new GateResultRepository(this.dataSource.manager);
    await results.noteBypass(row.id, bypass.id);
    return { gate, row: (await results.find(gate.id, row.id)) ?? row, bypass, created: false };
  }
}

export function hasPassed({ outcome }: Pick<GateResult, 'outcome'>): boolean {
  return outcome === 'pass' || outcome === 'warn';
}

function toGiven(gate: Gate, request: EvaluateGateRequest): Given {
  const { metrics, risk, commit, run, step, labels = {} } = request;
  return {
    gate,
    measurements: understandMetrics(metrics),
    risk,
    subject: { commit, run: run?.toLowerCase(), step, labels },
  };
}

function toSubjectColumns({
  commit,
  run,
  step,
  labels,
}: Given['subject']): Pick<NewGateResult, 'commit' | 'runId' | 'step' | 'labels'> {
  return { commit: commit ?? null, runId: run ?? null, step: step ?? null, labels };
}

function toUnstored(draft: NewGateResult, at: string): Decision['row'] {
  const { outcome, score, text } = draft.result;
  return {
    ...draft,
    outcome,
    score,
    text,
    bypass: null,
    afterwards: null,
    notedBy: null,
    createdAt: new Date(at),
  };
}
