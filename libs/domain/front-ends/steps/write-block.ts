import type { Spot } from '../../definition/tree.js';
import type { Json, JsonObject } from '../../json.js';
import { climb, type Edge, type Entry, type Flow, type Policy } from './block.js';
import { writeDuration } from './durations.js';
import { allOf, anyOf, type Cel, LEVEL, wrap } from './expressions/cel.js';
import type { Scope } from './expressions/scope.js';
import type { Outcome, ReadStep } from './read-step.js';
import type { StepSource, Uses } from './step-source.js';

/** What a block is written with. */
export interface BlockWriter {
  /** Of the document: what a failure means where a step says nothing. */
  readonly policy: Policy | undefined;
  scope(step: StepSource, spot: Spot): Scope;
  usesOf(step: StepSource): Uses;
  setPrevious(step: StepSource, previous: StepSource | undefined): void;
  /** Remembers which step of the source a written one is. */
  note(written: JsonObject, source: StepSource): void;
}

interface Question {
  /** What is needed may have failed: that it did not must be said. */
  readonly explicit: boolean;
  /** The step's own condition asks how its needs ended. */
  readonly asksNeeds: boolean;
  /** Steps whose status it asks. */
  readonly asked: ReadonlySet<ReadStep>;
  readonly several: boolean;
}

interface Written {
  readonly step: ReadStep;
  readonly kind: JsonObject | undefined;
  readonly own: readonly Cel[];
  readonly needs: Set<ReadStep>;
  /** How the flow comes to it, where that is not by its needs alone. */
  path: Cel | undefined;
  condition: string | undefined;
}

/** The steps of a block by id, each with its needs and conditions. */
export function writeBlock(flow: Flow, writer: BlockWriter): JsonObject {
  return new Writing(flow, writer).write();
}

class Writing {
  private readonly written = new Map<ReadStep, Written>();
  private readonly members: ReadonlyMap<StepSource, ReadStep>;
  /** Steps after whose failure the flow goes on elsewhere. */
  private readonly failing = new Set<ReadStep>();

  constructor(
    private readonly flow: Flow,
    private readonly writer: BlockWriter,
  ) {
    this.members = new Map(flow.steps.map((step) => [step.source, step]));
    for (const { jumps } of flow.entries.values())
      for (const { from, on } of jumps) if (on === 'failure') this.failing.add(from);
  }

  write(): JsonObject {
    const { flow, writer } = this;
    for (const step of flow.steps) this.writeKind(step);
    for (const step of this.inOrder()) this.order(this.written.get(step)!);
    const steps: [string, Json][] = [];
    let above: ReadStep | undefined;
    for (const step of flow.steps) {
      const body = this.finish(this.written.get(step)!, above);
      if (body === undefined) continue;
      writer.note(body, step.source);
      steps.push([step.source.id, body]);
      above = step;
    }
    return Object.fromEntries(steps);
  }

  private writeKind(step: ReadStep): void {
    const { writer, flow } = this;
    const entry = flow.entries.get(step)!;
    const before = [...entry.after.map((each) => each.step), ...entry.jumps.map(({ from }) => from)];
    writer.setPrevious(step.source, before.length === 1 ? before[0]!.source : undefined);
    const own = step.condition((spot) => writer.scope(step.source, spot));
    const kind = step.emit?.();
    const needs = new Set(before);
    this.written.set(step, { step, kind, own, needs, path: undefined, condition: undefined });
  }

  /** What is needed before what needs it; what waits for itself comes last, as validation names the circle. */
  private inOrder(): ReadStep[] {
    const order: ReadStep[] = [];
    const missing = new Map<ReadStep, number>();
    const dependents = new Map<ReadStep, ReadStep[]>();
    for (const [step, { needs }] of this.written) {
      missing.set(step, needs.size);
      for (const need of needs) {
        const list = dependents.get(need);
        if (list === undefined) dependents.set(need, [step]);
        else list.push(step);
      }
    }
    const ready = this.flow.steps.filter((step) => missing.get(step) === 0);
    for (let at = 0; at < ready.length; at++) {
      const step = ready[at]!;
      order.push(step);
      for (const dependent of dependents.get(step) ?? []) {
        const left = missing.get(dependent)! - 1;
        missing.set(dependent, left);
        if (left === 0) ready.push(dependent);
      }
    }
    const known = new Set(order);
    return [...order, ...this.flow.steps.filter((step) => !known.has(step))];
  }

  private order(written: Written): void {
    const { step, own, needs } = written;
    const entry = this.flow.entries.get(step)!;
    const uses = this.writer.usesOf(step.source);
    if (this.flow.asWritten) this.includeHandlers(entry, needs);
    const asked = new Set([...uses.asked].flatMap((source) => climb(source, this.members) ?? []));
    for (const source of uses.steps) this.addReference(written, source);
    const several = entry.any && entry.after.length + entry.jumps.length > 1;
    const jumpsMany =
      new Set(entry.jumps.map(({ from }) => from)).size > 1 ||
      entry.jumps.some(({ on }) => on === 'failure' || on === 'complete');
    const asksFailure = [...needs].some((need) => asked.has(need)) && !uses.asksNeeds;
    const explicit =
      several ||
      jumpsMany ||
      asksFailure ||
      entry.after.some(({ on }) => on === 'failure' || on === 'complete');
    const jumped = this.joinJumps(entry.jumps, several);
    const passed = this.joinAfter(entry, { explicit, asksNeeds: uses.asksNeeds, asked, several });
    const path = several ? anyOf([...passed, ...jumped]) : allOf([...jumped, ...passed]);
    written.path =
      path ??
      (this.flow.entries.get(step)!.unreachable
        ? { text: 'false', level: LEVEL.primary, type: 'boolean' }
        : undefined);
    const whole = allOf([...(written.path === undefined ? [] : [written.path]), ...own]);
    if (whole === undefined) return;
    const prefix = explicit && !uses.asksNeeds ? 'always()' : undefined;
    written.condition = prefix === undefined ? whole.text : `${prefix} && ${wrap(whole, LEVEL.and)}`;
  }

  /** A step after one that runs after failures too must not take its success for that of the steps before. */
  private includeHandlers(entry: Entry, needs: Set<ReadStep>): void {
    if (entry.any || entry.jumps.length > 0) return;
    for (const { step } of entry.after) {
      const uses = this.writer.usesOf(step.source);
      if (!uses.asksNeeds && uses.asked.size === 0) continue;
      for (const need of this.written.get(step)!.needs) needs.add(need);
    }
  }

  /** Reads a step that need not be over by then otherwise. */
  private addReference({ step, needs }: Written, source: StepSource): void {
    const other = climb(source, this.members);
    if (other === undefined || other === step || needs.has(other)) return;
    if (!this.isBefore(other, needs)) needs.add(other);
  }

  private isBefore(step: ReadStep, needs: ReadonlySet<ReadStep>): boolean {
    const seen = new Set(needs);
    const open = [...needs];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (at === step) return true;
      for (const need of this.written.get(at)?.needs ?? []) {
        if (seen.has(need)) continue;
        seen.add(need);
        open.push(need);
      }
    }
    return false;
  }

  private joinJumps(jumps: readonly Edge[], several: boolean): Cel[] {
    const [only] = jumps;
    // Its being over without a failure says as much.
    if (!several && jumps.length === 1 && only!.on === 'success' && this.succeedsOrFails(only!.from))
      return [];
    const any = anyOf(jumps.map(({ from, on }) => this.endedBy(from, on)));
    return any === undefined ? [] : [any];
  }

  private joinAfter(entry: Entry, { explicit, asksNeeds, asked, several }: Question): Cel[] {
    const parts = entry.after.map(({ step, on }) => {
      if (on !== 'pass') return [this.endedBy(step, on)];
      return asksNeeds || asked.has(step) ? [] : this.passOf(step, explicit);
    });
    if (!several) return parts.flat();
    const any = anyOf(parts.flatMap((each) => allOf(each) ?? []));
    return any === undefined ? [] : [any];
  }

  /** Whether whatever needs the step begins after its success alone. */
  private succeedsOrFails(step: ReadStep): boolean {
    const { path, own } = this.written.get(step)!;
    return path === undefined && own.length === 0 && this.policyOf(step) !== 'continue';
  }

  private endedBy(from: ReadStep, on: Outcome): Cel {
    const base = `steps.${from.source.id}`;
    const is = (status: string): Cel => ({
      text: `${base}.status == "${status}"`,
      level: LEVEL.relation,
      type: 'boolean',
    });
    switch (on) {
      case 'success':
        return is('succeeded');
      case 'failure':
        return is('failed');
      case 'complete':
        return { text: `${base}.status in ["succeeded", "failed"]`, level: LEVEL.relation, type: 'boolean' };
      case 'true':
      case 'false': {
        const result: Cel = {
          text: `${on === 'false' ? '!' : ''}${base}.output.result`,
          level: LEVEL.unary,
          type: 'boolean',
        };
        return allOf([is('succeeded'), result])!;
      }
    }
  }

  /** Conditions by which what follows the step may begin; none where its being over without a failure says enough. */
  private passOf(step: ReadStep, explicit: boolean): Cel[] {
    const base = `steps.${step.source.id}.status`;
    const { path, own } = this.written.get(step)!;
    const gate: Cel[] =
      step.source.output === 'condition' && !this.jumpsFrom(step)
        ? [{ text: `steps.${step.source.id}.output.result`, level: LEVEL.primary, type: 'boolean' }]
        : [];
    const recovered =
      this.flow.policies.get(step) === 'continue' && !step.continues && this.failing.has(step);
    const statuses = [
      'succeeded',
      ...(this.continues(step) && !recovered ? ['failed'] : []),
      ...(own.length > 0 ? ['skipped'] : []),
    ];
    if (path === undefined && !explicit && !recovered && gate.length === 0) return [];
    const status: Cel = {
      text:
        statuses.length === 1
          ? `${base} == "succeeded"`
          : `${base} in ${JSON.stringify(statuses).replaceAll(',', ', ')}`,
      level: LEVEL.relation,
      type: 'boolean',
    };
    if (gate.length > 0) return [status, ...gate];
    return own.length > 0 && path !== undefined ? [path, status] : [status];
  }

  private jumpsFrom(step: ReadStep): boolean {
    return step.reactions.length > 0;
  }

  private continues(step: ReadStep): boolean {
    return this.policyOf(step) === 'continue';
  }

  /** A step whose failure has a way of its own is not undone for it. */
  private policyOf(step: ReadStep): Policy | undefined {
    if (step.continues) return 'continue';
    const own = this.flow.policies.get(step);
    if (own !== undefined) return own;
    return this.failing.has(step) && this.writer.policy === 'rollback' ? undefined : this.writer.policy;
  }

  private finish(
    { step, kind, needs, condition }: Written,
    above: ReadStep | undefined,
  ): JsonObject | undefined {
    step.finish();
    const compensate = step.compensate?.();
    if (kind === undefined) return undefined;
    const ids = [...needs].map(({ source }) => source.id);
    const asAbove = above === undefined ? ids.length === 0 : ids.length === 1 && [...needs][0] === above;
    const policy = this.policyOf(step);
    return {
      ...(step.title === undefined ? {} : { name: step.title }),
      ...(asAbove ? {} : { needs: ids }),
      ...(condition === undefined ? {} : { if: condition }),
      ...kind,
      ...(step.timeout === undefined ? {} : { timeout: writeDuration(step.timeout) }),
      ...(step.retry === undefined ? {} : { retry: step.retry }),
      ...(policy === undefined || policy === 'fail' ? {} : { onFailure: policy }),
      ...(compensate === undefined ? {} : { compensate }),
    };
  }
}
