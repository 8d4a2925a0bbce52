import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import { QUEUES as NAMES, poolQueueOf, SIGNALS, scheduleIdOf, TICK } from '#contracts/names.js';
import type { ChildRunRequest, ClaimsRequest, InterpretInput, WorkspaceRequest } from '#contracts/run.js';
import type { TickInput } from '#contracts/schedules.js';
import type { OperationRequest } from '#domain/execution/operation.js';
import { InterpreterLab, inputOf, until } from '../../integration/temporal/interpreter-lab.js';
import type { History, HistoryEvent } from '../history-files.js';
import { playAction, type Scene } from './actions.js';
import type { Scenario, StagedRun } from './scenario.js';
import { noteOf, type TickScenario } from './ticks.js';

const QUEUES = ['http', 'cicd', 'quality', 'command'];
const POOLS = ['gpu'];
export const WORKSPACES = ['workspace-one', 'workspace-two'];

/** Times that people look after a run that does not end by itself, before they cancel it. */
const PATIENCE = 60;
/** It has waited for a lost worker again and again by then. */
const MOST_LOOKS = 700;
const LOOK_MS = 60;

/** One run of a scenario, or a run that one of its steps started. */
interface Played extends Scene {
  readonly scenario: Scenario;
  readonly steps: Set<string>;
  readonly children: string[];
  release(): void;
  /** Requests for workspaces and refusals of locks so far. */
  assigned: number;
  refused: number;
}

/** Plays scenarios on a real Temporal, and takes the histories that they leave. */
export class Stage {
  private readonly runs = new Map<string, Played>();
  private readonly prepared = new Map<string, InterpretInput>();
  private readonly ticks = new Map<string, TickScenario>();
  private lab: InterpreterLab;

  static async open(): Promise<Stage> {
    const stage = new Stage();
    stage.lab = await InterpreterLab.open({
      act: (input) => playAction(input, stage.runs.get(input.run.id)!),
      prepareRun: (request) => stage.prepare(request),
      acquireClaims: (request) => stage.acquire(request),
      assignWorkspace: (request) => stage.assign(request),
      noteTick(note) {
        const outcome = noteOf(stage.ticks.get(note.schedule)!, note);
        return outcome && { outcome };
      },
    });
    const queues = QUEUES.flatMap((queue) => [queue, ...POOLS.map((pool) => poolQueueOf(queue, pool))]);
    for (const queue of [...queues, ...WORKSPACES]) await stage.lab.addWorker(queue);
    return stage;
  }

  close(): Promise<void> {
    return this.lab.close();
  }

  /** Histories of the run, of each of its executions and of the runs that it started, by name. */
  async play(scenario: Scenario): Promise<Map<string, History>> {
    const { plan, input, people } = scenario;
    const played = createPlayed(scenario);
    const argument = inputOf(plan, input);
    const run = argument.run.id;
    this.runs.set(run, played);
    await this.lab.gateway.start(argument);
    await people?.(this.staged(run));
    played.release();
    await this.bringToEnd(run);
    const histories = new Map<string, History>();
    await this.take(run, scenario.name, histories);
    for (const [at, child] of played.children.entries()) {
      // One that was canceled as it was prepared was never begun.
      if ((await this.lab.gateway.describe(child)).status === 'not-found') continue;
      await this.bringToEnd(child);
      await this.take(child, `${scenario.name}-child-${at + 1}`, histories);
    }
    return histories;
  }

  async playTick(tick: TickScenario): Promise<History> {
    const { name, at, canceled, told } = tick;
    this.ticks.set(name, tick);
    const handle = await this.lab.client.workflow.start(TICK, {
      workflowId: `${scheduleIdOf(name)}-${randomUUID()}`,
      taskQueue: NAMES.orchestration,
      args: [{ schedule: name, revision: 1, ...(at === undefined ? {} : { at }) } satisfies TickInput],
    });
    await until(async () => (await handle.fetchHistory()).events!.some(isActivityDone));
    if (canceled) await handle.cancel();
    if (told !== undefined) await handle.signal(SIGNALS.tickOver, { outcome: told });
    await handle.result().catch(() => undefined);
    return await handle.fetchHistory();
  }

  private async take(run: string, name: string, into: Map<string, History>): Promise<void> {
    const executions: History[] = [];
    for (let id: string | undefined = ''; id !== undefined; ) {
      const { workflowId } = this.lab.handle(run);
      const history = await this.lab.client.workflow.getHandle(workflowId, id || undefined).fetchHistory();
      executions.unshift(history);
      id = history.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId || undefined;
    }
    for (const [at, history] of executions.entries())
      into.set(at === 0 ? name : `${name}-execution-${at + 1}`, history);
  }

  private staged(run: string): StagedRun {
    const played = this.runs.get(run)!;
    const told = () => this.lab.transitions(run);
    return {
      id: run,
      begun: (step) => until(() => played.steps.has(step)),
      waits: (step) => until(() => told().some((one) => one.step === step && one.waiting !== undefined)),
      operate: (request, by = 'ann') => this.operate(run, request, by),
      cancel: () => this.lab.gateway.cancel(run, { by: 'ann' }).then(() => undefined),
      release: () => played.release(),
      changeWorkers: async () => {
        await this.lab.stopWorker();
        await this.lab.addWorker();
      },
      child: async () => {
        await until(() => played.children.length > 0);
        return played.children[0]!;
      },
      on: (other) => this.staged(other),
      elapse: (ms) => sleep(ms),
    };
  }

  private async operate(run: string, request: OperationRequest, by: string): Promise<void> {
    await this.lab.operate(run, request, by);
  }

  /** As people do who want to see the end of it: what waits is decided, what is paused goes on. */
  private async bringToEnd(run: string): Promise<void> {
    for (let looks = 0; (await this.lab.gateway.describe(run)).status === 'running'; looks++) {
      await sleep(LOOK_MS);
      const { status, waiting } = this.look(run);
      if (looks > MOST_LOOKS) throw new Error(`${this.runs.get(run)?.scenario.name} does not end`);
      if (looks >= PATIENCE && looks % 20 === 0) await this.lab.gateway.cancel(run, { by: 'bob' });
      else if (status === 'paused') await this.operate(run, { type: 'resume' }, 'bob');
      else if (looks % 3 === 2)
        for (const [step, what] of waiting) await this.satisfy(run, step, what, looks);
    }
  }

  private look(run: string) {
    const waiting = new Map<string, { waiting: string; event: string | undefined }>();
    let status: string = 'running';
    for (const one of this.lab.transitions(run)) {
      if (one.step === undefined) status = one.status;
      else if (one.waiting === undefined) waiting.delete(one.step);
      else waiting.set(one.step, { waiting: one.waiting, event: one.event });
    }
    return { status, waiting };
  }

  private async satisfy(
    run: string,
    step: string,
    { waiting, event }: { waiting: string; event: string | undefined },
    looks: number,
  ): Promise<void> {
    const by = `p${looks % 4}`;
    if (waiting === 'approval') return this.operate(run, { type: 'approve', step }, by);
    if (waiting === 'event')
      return this.operate(
        run,
        { type: 'send-event', name: event ?? 'go', data: { n: 2, region: 'eu-north' } },
        by,
      );
    if (waiting === 'intervention') return this.operate(run, { type: 'skip-step', step }, by);
  }

  /** The same run for the same parent, step and attempt, as the control plane has it. */
  private prepare(request: ChildRunRequest): InterpretInput {
    const { parent, attemptsBefore, workflow, inputs } = request;
    const key = `${parent.run} ${parent.step} ${attemptsBefore}`;
    const { scenario, children } = this.runs.get(parent.run)!;
    const plan = scenario.children?.[workflow];
    if (plan === undefined) throw refusal('workflow-unknown', false);
    const known =
      this.prepared.get(key) ??
      inputOf(plan, { inputs, parent, run: { workflow, trigger: 'workflow' } as never });
    if (!this.prepared.has(key)) children.push(known.run.id);
    this.prepared.set(key, known);
    if (!this.runs.has(known.run.id)) this.runs.set(known.run.id, createPlayed(scenario));
    return known;
  }

  /** A lock `busy` is free at the third time of asking, a lock `never` not at all. */
  private acquire({ run, claims: { locks } }: ClaimsRequest): void {
    const played = this.runs.get(run)!;
    if (locks.includes('never')) throw refusal('claims-impossible', false);
    if (locks.includes('taken')) throw refusal('claims-busy', true);
    if (locks.includes('busy') && played.refused++ < 1) throw refusal('claims-busy', true);
  }

  private assign({ run, lost }: WorkspaceRequest) {
    const played = this.runs.get(run)!;
    const queues = played.scenario.workspaces ?? WORKSPACES.slice(0, 1);
    const queue = queues[Math.min(played.assigned++, queues.length - 1)]!;
    return { queue, fresh: queue !== lost };
  }
}

function createPlayed(scenario: Scenario): Played {
  const { promise, resolve } = Promise.withResolvers<void>();
  const steps = new Set<string>();
  return {
    scenario,
    outputs: scenario.outputs ?? {},
    released: promise,
    begun: (step) => void steps.add(step),
    steps,
    children: [],
    release: resolve,
    assigned: 0,
    refused: 0,
  };
}

function refusal(code: string, retryable: boolean): ApplicationFailure {
  const error = { class: 'resource', code, message: 'No.' };
  return ApplicationFailure.create({
    message: 'No.',
    type: code,
    nonRetryable: !retryable,
    details: [error],
  });
}

function isActivityDone({ activityTaskCompletedEventAttributes }: HistoryEvent): boolean {
  return activityTaskCompletedEventAttributes != null;
}
