import type { AttemptEnd, AttemptStart, LogChunk } from '#contracts/ports.js';
import type { AttemptView, LogView, RunView, StepView, StepViewStatus } from '#contracts/rest/runs.js';
import type { InterpretInput } from '#contracts/run.js';
import type { Transition } from '#domain/execution/command.js';
import { parseStepKey } from '#domain/execution/instance.js';
import type { RunState, RunStatus } from '#domain/execution/state.js';
import { countSteps, isCompensation } from '#domain/plan/count-steps.js';
import type { Plan, PlanNode } from '#domain/plan/plan.js';
import { findNode } from '#domain/plan/plan-index.js';
import type { RunNews } from '../server/follow-run.js';

const SETTLED: readonly StepViewStatus[] = ['succeeded', 'failed', 'skipped', 'canceled'];

/** A run in this process as a server would show it; tells `news` of whatever changes. */
export class RunRecord {
  run: RunView;
  private readonly views = new Map<string, StepView>();
  private lines = 0;

  /** @param prefix stands before the keys of the steps */
  constructor(
    private readonly input: Pick<InterpretInput, 'plan' | 'run' | 'inputs'>,
    private readonly prefix: string,
    private readonly news: (news: RunNews) => void,
  ) {
    const { plan, run, inputs } = input;
    this.run = {
      ...{ id: run.id, project: 'local', workflowId: run.workflow, workflow: run.workflow },
      ...{ version: run.version, status: 'running', trigger: 'api', startedBy: run.startedBy, inputs },
      ...{ createdAt: run.startedAt, startedAt: run.startedAt, temporalWorkflowId: '' },
      progress: { settled: 0, total: countSteps(plan) },
    };
    for (const node of plan.nodes) {
      if (!isCompensation(node)) this.views.set(node.id, this.create(node, node.id));
    }
  }

  /** Those that are in a loop stand there once for each of its turns, if there was one. */
  get steps(): readonly StepView[] {
    const ended = this.run.endedAt !== undefined;
    return [...this.views.values()].map((step) =>
      ended && step.status === 'pending' ? { ...step, status: 'skipped', skipped: 'stopped' } : step,
    );
  }

  step(key: string): StepView | undefined {
    return this.views.get(key);
  }

  transition(transition: Transition): void {
    if (transition.step === undefined) return this.changeRun(transition);
    const { step: key, at, waiting, status } = transition;
    const before = this.require(key);
    const { approval, event, error, output, skipped } = transition;
    const { waitingFor: _, error: __, ...known } = before;
    const shown: StepView = {
      ...known,
      status: status === 'running' && waiting !== undefined ? 'waiting' : (status as StepViewStatus),
      startedAt: before.startedAt ?? new Date(at).toISOString(),
      ...(waiting === undefined ? {} : { waitingFor: waiting }),
      ...(approval === undefined ? {} : { approval }),
      ...(event === undefined ? {} : { event }),
      ...(error === undefined ? {} : { error }),
      ...(output === undefined ? {} : { output }),
      ...(skipped === undefined ? {} : { skipped }),
    };
    const settled = SETTLED.includes(shown.status);
    this.show(key, settled ? { ...shown, endedAt: new Date(at).toISOString() } : shown);
    if (settled && !SETTLED.includes(before.status) && this.views.has(parseStepKey(key).id)) this.count(key);
  }

  attemptStarted({ step, attempt, worker, rebuild, at }: AttemptStart): void {
    const view: AttemptView = {
      ...{ attempt, worker, rebuild, status: 'running', startedAt: new Date(at).toISOString() },
    };
    const before = this.require(step);
    this.show(step, { ...before, attempts: [...before.attempts, view] });
  }

  attemptEnded({ step, attempt, status, at, error }: AttemptEnd): void {
    const before = this.require(step);
    const ended = { status, endedAt: new Date(at).toISOString(), ...(error === undefined ? {} : { error }) };
    const attempts = before.attempts.map((each) => (each.attempt === attempt ? { ...each, ...ended } : each));
    this.show(step, { ...before, attempts });
  }

  log({ step, attempt, firstLine, lines }: LogChunk): void {
    for (const [index, { at, stream, text }] of lines.entries()) {
      const log: LogView = {
        ...{ cursor: String(++this.lines), step: this.prefix + step, attempt, line: firstLine + index },
        ...{ at: new Date(at).toISOString(), stream, text },
      };
      this.news({ type: 'log', log });
    }
  }

  end({ status, output, error, cancel }: RunState): void {
    const endedAt = new Date().toISOString();
    this.run = {
      ...this.run,
      ...{ status, endedAt },
      ...(output === undefined ? {} : { output }),
      ...(error === undefined ? {} : { error }),
      ...(cancel === undefined
        ? {}
        : {
            cancel: {
              by: cancel.by ?? '',
              ...(cancel.reason === undefined ? {} : { reason: cancel.reason }),
              at: endedAt,
            },
          }),
    };
  }

  private changeRun({ status }: Transition): void {
    this.run = { ...this.run, status: status as RunStatus };
    if (this.prefix === '') this.news({ type: 'run', run: this.run });
  }

  private count(key: string): void {
    const { node } = { node: findNode(this.input.plan, key) };
    if (node === undefined || node.loops.length > 0) return;
    const { settled, total } = this.run.progress;
    this.run = { ...this.run, progress: { settled: settled + 1, total } };
    if (this.prefix === '') this.news({ type: 'run', run: this.run });
  }

  private require(key: string): StepView {
    return this.views.get(key) ?? this.create(findNode(this.input.plan, parseStepKey(key).id)!, key);
  }

  private show(key: string, view: StepView): void {
    this.views.set(key, view);
    this.news({ type: 'step', step: view });
  }

  private create(node: PlanNode, key: string): StepView {
    const { plan } = this.input;
    return {
      ...{ key: this.prefix + key, id: this.prefix + node.id, kind: node.kind },
      ...(node.name === undefined ? {} : { name: node.name }),
      ...(node.kind === 'uses' ? { action: node.action } : {}),
      ...(node.parent === null ? {} : { parent: this.prefix + plan.nodes[node.parent]!.id }),
      ...{ depth: depthOf(plan, node), status: 'pending', attempts: [] },
    };
  }
}

function depthOf(plan: Plan, node: PlanNode): number {
  let depth = 0;
  for (let { parent } = node; parent !== null; parent = plan.nodes[parent]!.parent) depth++;
  return depth;
}
