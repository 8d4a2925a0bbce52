import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { ResultDraft } from '#contracts/judgement/gate-store.js';
import type { EvaluateGateRequest } from '#contracts/rest/gates.js';
import { type Judging, judgeByKeptGate, rehearseKeptGate } from '#gates/stored/judge-by-kept-gate.js';
import type { GateBypassRow } from '#persistence/gates/gate-bypass-repository.js';
import type { GateRow } from '#persistence/gates/gate-repository.js';
import type { GateResultRow } from '#persistence/gates/gate-result-repository.js';
import { PostgresGateStore } from '#persistence/gates/gate-store.js';
import type { Caller } from '../http/caller.js';
import { Metrics } from '../observability/metrics.js';
import { FindRun } from '../runs/find-run.js';
import { DATA_SOURCE } from '../tokens.js';
import { FindGate } from './find-gate.js';
import { understandMetrics } from './understand-gate.js';

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
  private readonly store: PostgresGateStore;

  constructor(
    @Inject(DATA_SOURCE) dataSource: DataSource,
    @Inject(FindGate) private readonly findGate: FindGate,
    @Inject(FindRun) private readonly findRun: FindRun,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {
    this.store = new PostgresGateStore(dataSource);
  }

  /** Throws SluiceError `gate-not-found`, `gate-version-not-found`, `metrics-invalid`, `run-not-found`. */
  async judge(idOrName: string, request: EvaluateGateRequest, caller: Caller): Promise<Decision> {
    const row = await this.findGate.require(caller.project, idOrName);
    const version = request.version ?? row.latestVersion;
    const gate = await this.findGate.requireVersion(row, version);
    const { metrics, risk, commit, run, step, labels = {} } = request;
    const measurements = understandMetrics(metrics);
    if (run !== undefined) await this.findRun.require(caller.project, run);
    const subject = { commit, run: run?.toLowerCase(), step, labels };
    const judging: Judging = { kept: row, version, gate, measurements, risk, subject };
    if (request.dryRun === true) return { gate: row, ...(await this.rehearse(judging, caller)) };
    const judged = await judgeByKeptGate(this.store, judging, caller);
    this.metrics.gateJudged(judged.created ? judged.row.outcome : 'repeated');
    return { gate: row, ...judged };
  }

  private async rehearse(judging: Judging, { actor }: Caller): Promise<Omit<Decision, 'gate'>> {
    const { found, draft, bypass } = await rehearseKeptGate(this.store, judging);
    return { row: found ?? toUnstored(draft!, actor), bypass, created: false };
  }
}

function toUnstored({ gate, version, digest, result, subject }: ResultDraft, by: string): Decision['row'] {
  const { outcome, score, text, at } = result;
  const { commit, run, step, labels } = subject;
  return {
    gateId: gate.id,
    version,
    digest,
    result,
    outcome,
    score,
    text,
    commit: commit ?? null,
    runId: run ?? null,
    step: step ?? null,
    labels,
    bypass: null,
    afterwards: null,
    notedBy: null,
    createdBy: by,
    createdAt: new Date(at),
  };
}
