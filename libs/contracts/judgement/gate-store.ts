import type { Afterwards, GateResult, Outcome } from './gate-result.js';
import type { GateSubject } from './gate-subject.js';

/** A gate that a project keeps. */
export interface KeptGate {
  readonly id: string;
  readonly project: string;
  readonly name: string;
  readonly latestVersion: number;
}

/** What a gate measured, and later runs of it are compared with. */
export interface MeasuredValue {
  readonly metric: string;
  readonly value: number;
  readonly unit?: string;
}

/** What later runs need of an earlier one. */
export interface EarlierResult {
  readonly at: Date;
  readonly outcome: Outcome;
  readonly measured: readonly MeasuredValue[];
  readonly afterwards: Afterwards | null;
}

/** For how long a gate that does not pass lets changes through. */
export interface ActiveBypass {
  readonly id: string;
  readonly reason: string;
  readonly createdBy: string;
  readonly expiresAt: Date;
}

/** What a gate said, as it is kept. */
export interface KeptResult {
  readonly id: string;
  readonly gateId: string;
  readonly version: number;
  readonly outcome: Outcome;
  readonly result: GateResult;
  /** Under which it was let through. */
  readonly bypass: {
    readonly id: string;
    readonly reason: string;
    readonly createdBy: string;
    /** As JSON has it. */
    readonly expiresAt: string;
  } | null;
}

/** A go of a step: its attempts, until a person has it done anew. */
export interface StepGo {
  readonly run: string;
  readonly step: string;
  readonly attempt: number;
  /** Attempts of earlier goes. */
  readonly begunAfter: number;
}

/** What a gate says, before it is kept. */
export interface ResultDraft {
  readonly gate: KeptGate;
  readonly version: number;
  /** Of what is judged: a change that was judged more than once counts once. */
  readonly givenDigest: string;
  /** Of all that decides: one result for each. */
  readonly digest: string;
  readonly result: GateResult;
  readonly measured: readonly MeasuredValue[];
  readonly subject: GateSubject;
  /** Where a step judges. */
  readonly go?: StepGo;
  readonly bypassId: string | null;
}

/** By whose word, and in the course of what. */
export interface Author {
  readonly actor: string;
  readonly correlationId?: string | undefined;
}

/** What becomes of a draft: it is kept, or what was there before stands. */
export interface KeepOutcome<R> {
  readonly row: R;
  readonly created: boolean;
}

/** Gates of a project with what they said, for whoever judges by them. */
export interface GateStore<R extends KeptResult = KeptResult, B extends ActiveBypass = ActiveBypass> {
  /** Of what was judged at other times, the latest result each, of the last `limit` results; the latest first. */
  listEarlier(gate: string, givenDigest: string, limit: number): Promise<readonly EarlierResult[]>;
  findByDigest(gate: string, digest: string): Promise<R | undefined>;
  /** The one that lasts. */
  findBypass(gate: string): Promise<B | undefined>;
  /**
   * Keeps what a gate says and tells the audit log, unless the gate has a result of this digest, or the go of the step has
   * one that decided: then that one stands, however many ask at once.
   */
  keep(draft: ResultDraft, author: Author): Promise<KeepOutcome<R>>;
  /** What was let through before under another one stays so. Answers with the result as it is then. */
  noteBypass(result: R, bypass: string): Promise<R>;
}

/** The same for steps of runs. */
export interface StepGateStore<R extends KeptResult = KeptResult> extends GateStore<R> {
  /** A gate of the run's project by id or name, and who had the run started. */
  find(
    run: string,
    idOrName: string,
  ): Promise<{ readonly gate: KeptGate; readonly author: Author } | undefined>;
  /** The text of a version. */
  readVersion(gate: string, version: number): Promise<string | undefined>;
  /**
   * What this go of the step was told for good by an earlier attempt, whose end nobody heard of: neither what could not be
   * judged, since that may be asked again, nor what an earlier go was told.
   */
  findOfGo(go: StepGo): Promise<R | undefined>;
}

/** What steps judge by. */
export interface GateWorld {
  readonly store: StepGateStore;
  /** What to do where there is no gate of a name. */
  readonly whenMissing: string;
  /** Counts what was said. */
  readonly judged: (outcome: Outcome | 'repeated') => void;
}
