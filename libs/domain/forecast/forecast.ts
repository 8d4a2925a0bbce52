import type { Capacities, Hopeless } from '../claims/grant.js';
import { ClaimsDesk } from '../driving/claims-desk.js';
import { Drive } from '../driving/drive.js';
import { VirtualClock } from '../driving/virtual-clock.js';
import { findVoter } from '../driving/voters.js';
import type { Stop, World } from '../driving/world.js';
import { EVERY_ROLE } from '../execution/approvers.js';
import type { ResolvedClaims, Transition } from '../execution/command.js';
import { parseStepKey, stepKey } from '../execution/instance.js';
import type { RunState, StepKey } from '../execution/state.js';
import { evaluateTemplate } from '../expressions/evaluate.js';
import type { Json, JsonObject } from '../json.js';
import type { Plan, PlanNode } from '../plan/plan.js';
import { findNode } from '../plan/plan-index.js';
import { type AssumedPlan, assume } from './assume.js';
import { computeChains } from './chains.js';
import { describeTemplate, isForFailures } from './knowledge.js';

/** What would run, as far as that is known before it does. */
export interface Forecast {
  readonly name: string;
  /** In the order in which they would begin; those that only a failure calls for come last. */
  readonly steps: readonly ForecastStep[];
  /** Waves of steps, one after the other. */
  readonly waves: number;
  readonly longestChain: readonly string[];
  /** Milliseconds of waiting on the way to its end, where all that is shown runs and work takes no time. */
  readonly waitsMs: number;
  readonly output?: Json;
  readonly concurrency?: { readonly group: Json; readonly policy: string };
  readonly missingInputs: readonly string[];
  /** What is taken for granted, in words. */
  readonly assumed: readonly string[];
}

export interface ForecastStep {
  /** `deploy[2]`; `deploy[*]` where it is not known how often. */
  readonly key: string;
  readonly id: string;
  readonly kind: string;
  readonly name?: string;
  readonly parent?: string;
  readonly depth: number;
  /** `may-run`: that depends on `when`. */
  readonly outlook: 'runs' | 'may-run' | 'skipped' | 'on-failure';
  /** Conditions that are not known yet, outermost first. */
  readonly when: readonly string[];
  readonly wave?: number;
  readonly action?: string;
  readonly workflow?: string;
  readonly queue?: string;
  readonly pool?: string;
  /** With the source of an expression where its value is not known. */
  readonly input?: Json;
  readonly claims?: ResolvedClaims;
  readonly notes: readonly string[];
}

const ASSUMED = [
  'every action succeeds at the first attempt',
  'every approval is given, and every event that is waited for comes',
  'where a condition is not known, each branch that may be taken is shown',
];

/** @param missing inputs of which no value is known */
export function forecast(plan: Plan, inputs: JsonObject, missing: readonly string[]): Forecast {
  const assumed = assume(plan, new Set(missing));
  const run = new ForecastRun(assumed, inputs);
  run.play();
  const { waves, longest } = computeChains(assumed.plan);
  const reader = new StepReader(plan, assumed, run, waves);
  const steps = reader.list();
  const { concurrency } = plan;
  return {
    name: plan.name,
    steps,
    waves: Math.max(0, ...waves.values()),
    longestChain: longest,
    waitsMs: run.elapsedMs,
    ...(run.state.output === undefined ? {} : { output: run.state.output }),
    ...(concurrency === undefined
      ? {}
      : { concurrency: { group: reader.describeGroup(concurrency.group), policy: concurrency.policy } }),
    missingInputs: missing,
    assumed: ASSUMED,
  };
}

class ForecastRun {
  readonly state: RunState;
  readonly transitions: Transition[] = [];
  readonly inputs = new Map<StepKey, Json>();
  readonly claims = new Map<StepKey, ResolvedClaims>();
  private readonly clock = new VirtualClock(0);
  private readonly drive: Drive;

  constructor({ plan }: AssumedPlan, inputs: JsonObject) {
    const run = { id: '', workflow: plan.name, version: 1, trigger: 'api', startedBy: '', startedAt: '' };
    this.drive = new Drive(plan, run, inputs, this.createWorld(plan));
    this.state = this.drive.state;
  }

  get elapsedMs(): number {
    return this.clock.now();
  }

  play(): void {
    this.drive.start();
    while (this.clock.advance());
  }

  private createWorld(plan: Plan): World {
    const { clock } = this;
    const succeed = (
      input: JsonObject,
      key: StepKey,
      end: (end: { type: 'succeeded'; output: Json }) => void,
    ): Stop => {
      this.inputs.set(key, input);
      return clock.after(0, () => end({ type: 'succeeded', output: {} }));
    };
    const pools = plan.nodes.flatMap(({ claims }) => claims?.resources?.pool ?? []);
    const desk = new NotingDesk(this.claims, new Map(pools.map((name) => [name, {}])));
    return {
      clock,
      claims: desk,
      beginAttempt: ({ step, with: input }, _, end) => succeed(input, step, end),
      beginWorkflow: ({ step, inputs }, _, end) => succeed(inputs, step, end),
      breathe: (over) => void clock.after(0, over),
      record: (transition) => {
        this.transitions.push(transition);
        const { step, waiting, event } = transition;
        if (step === undefined || waiting === undefined) return;
        if (waiting === 'approval') clock.after(0, () => this.approve(step));
        if (waiting === 'event') clock.after(0, () => this.send(event ?? ''));
        if (waiting === 'intervention') clock.after(0, () => this.skip(step));
      },
      publish: () => undefined,
      finished: () => undefined,
    };
  }

  private approve(step: StepKey): void {
    for (;;) {
      const approval = this.state.steps[step]?.approval;
      const voter = approval === undefined ? undefined : findVoter(approval, '');
      if (voter === undefined || this.state.steps[step]?.waiting !== 'approval') return;
      if (this.drive.operate({ type: 'approve', step, ...voter }) !== undefined) return;
    }
  }

  private send(name: string): void {
    this.drive.operate({ type: 'send-event', name, data: null, by: 'forecast', roles: [EVERY_ROLE] });
  }

  private skip(step: StepKey): void {
    this.drive.operate({ type: 'skip-step', step, by: 'forecast', roles: [EVERY_ROLE] });
  }
}

/** Grants what the platform would, and keeps what was asked for. */
class NotingDesk extends ClaimsDesk {
  constructor(
    private readonly asked: Map<StepKey, ResolvedClaims>,
    capacities: Capacities,
  ) {
    super(capacities);
  }

  override acquire(owner: string, claims: ResolvedClaims, answer: (hopeless?: Hopeless) => void): void {
    this.asked.set(owner.trim(), claims);
    super.acquire(owner, claims, answer);
  }
}

class StepReader {
  private readonly latest = new Map<StepKey, Transition>();

  constructor(
    private readonly plan: Plan,
    private readonly assumed: AssumedPlan,
    private readonly run: ForecastRun,
    private readonly waves: ReadonlyMap<number, number>,
  ) {
    for (const transition of run.transitions)
      if (transition.step !== undefined) this.latest.set(transition.step, transition);
  }

  list(): ForecastStep[] {
    const begun = [...this.latest.keys()].map((key) =>
      this.describe(key, findNode(this.plan, parseStepKey(key).id)!),
    );
    const failing = this.plan.nodes.filter((node) => isForFailures(this.plan, node));
    return [
      ...begun,
      ...failing.filter(({ id }) => !this.latest.has(id)).map((node) => this.describeForFailure(node)),
    ];
  }

  describeGroup(group: NonNullable<Plan['concurrency']>['group']): Json {
    const known = evaluateTemplate(this.assumed.knowledge.reveal(group, undefined), {
      lookup: (name) => (name === 'inputs' ? this.run.state.inputs : undefined),
    });
    return known.ok ? known.value : describeTemplate(group);
  }

  private describe(key: StepKey, node: PlanNode): ForecastStep {
    const when = this.conditionsOf(node);
    const skipped = this.latest.get(key)?.status === 'skipped';
    const input = this.run.inputs.get(key);
    const wave = this.waves.get(node.index);
    const claims = this.run.claims.get(key);
    return {
      key: this.showKey(key, node),
      ...this.common(node),
      outlook: skipped ? 'skipped' : when.length > 0 ? 'may-run' : 'runs',
      when,
      ...(wave === undefined || skipped ? {} : { wave }),
      ...(input === undefined ? {} : { input }),
      ...(claims === undefined ? {} : { claims }),
      notes: this.notesOf(node),
    };
  }

  private describeForFailure(node: PlanNode): ForecastStep {
    const loops = node.loops.map(() => '[*]').join('');
    return {
      key: node.id + loops,
      ...this.common(node),
      outlook: 'on-failure',
      when: this.conditionsOf(node),
      notes: [],
    };
  }

  private common(node: PlanNode) {
    return {
      id: node.id,
      kind: node.kind,
      ...(node.name === undefined ? {} : { name: node.name }),
      ...(node.parent === null ? {} : { parent: this.plan.nodes[node.parent]!.id }),
      depth: this.holdersOf(node).length,
      ...(node.kind === 'uses' ? { action: node.action, queue: node.queue } : {}),
      ...(node.kind === 'uses' && node.pool !== undefined ? { pool: node.pool } : {}),
      ...(node.kind === 'workflow' ? { workflow: node.workflow } : {}),
    };
  }

  private conditionsOf(node: PlanNode): string[] {
    const { conditional, blocks } = this.assumed;
    return [node, ...this.holdersOf(node)].reverse().flatMap((at) => {
      const own = conditional.get(at.index);
      const block = at.parent === null ? undefined : blocks.get(`${at.parent}#${at.branch}`);
      return [...(block === undefined ? [] : [block]), ...(own === undefined ? [] : [own])];
    });
  }

  /** Its own, and those of what holds it. */
  private notesOf(node: PlanNode): string[] {
    const { notes } = this.assumed;
    const around = this.holdersOf(node)
      .reverse()
      .flatMap((holder) => (notes.get(holder.index) ?? []).map((note) => `${holder.id}: ${note}`));
    return [...around, ...(notes.get(node.index) ?? [])];
  }

  private holdersOf(node: PlanNode): PlanNode[] {
    const holders: PlanNode[] = [];
    for (let { parent } = node; parent !== null; parent = this.plan.nodes[parent]!.parent)
      holders.push(this.plan.nodes[parent]!);
    return holders;
  }

  private showKey(key: StepKey, node: PlanNode): string {
    const { iterations } = parseStepKey(key);
    if (!node.loops.some((loop) => this.assumed.knowledge.isUnknownLoop(loop))) return key;
    const shown = iterations.map((turn, at) =>
      this.assumed.knowledge.isUnknownLoop(node.loops[at]!) ? '*' : turn,
    );
    return `${stepKey(node.id, [])}${shown.map((turn) => `[${turn}]`).join('')}`;
  }
}
