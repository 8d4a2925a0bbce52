import type { Json } from '#domain/json.js';
import { createRandom } from '../../random.js';
import { ACTS, planOfStages, type Steps, UNDO, type Written } from './definitions.js';
import type { Scenario, StagedRun } from './scenario.js';

const SORTS = Object.values(ACTS);
/** First words of steps, which say how their actions behave. */
const WORDS = ['work', 'work', 'work', 'fail', 'flaky', 'slow', 'held', 'lost', 'list', 'odd'];

/** Runs of definitions made by chance, the same for the same seed, in which people do things by chance. */
export function generatedScenario(seed: number): Scenario {
  const maker = new Maker(createRandom(seed));
  const stages = Object.fromEntries(
    Array.from({ length: 1 + maker.below(2) }, (_, n) => [
      `stage-${n}`,
      { steps: maker.steps(2 + maker.below(3), 0) },
    ]),
  );
  return {
    name: `generated-${seed}`,
    plan: planOfStages(stages),
    people: (run) => maker.interfere(run),
    children: {
      good: planOfStages({ main: { steps: { work: ACTS.queued(), log: ACTS.inline() } } }, { output: 1 }),
    },
    workspaces: maker.chance(0.5) ? ['workspace-one', 'workspace-two'] : ['workspace-one'],
  };
}

class Maker {
  private number = 0;
  private readonly ids: string[] = [];

  constructor(private readonly random: () => number) {}

  below(most: number): number {
    return Math.floor(this.random() * most);
  }

  chance(share: number): boolean {
    return this.random() < share;
  }

  private pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  steps(count: number, depth: number, claims = true): Steps {
    const steps: Record<string, Written> = {};
    for (let n = 0; n < count; n++) {
      const siblings = Object.keys(steps);
      const [id, step] = this.step(depth, claims, siblings);
      this.ids.push(id);
      steps[id] = step;
    }
    return steps;
  }

  private step(depth: number, mayClaim: boolean, siblings: readonly string[]): [string, Written] {
    const number = this.number++;
    const holds = depth < 2 && this.chance(0.4);
    const claims = mayClaim && this.chance(0.15);
    const common = this.common(siblings, claims, holds);
    if (holds) return [`it-${number}`, { ...this.holder(depth, mayClaim && !claims, number), ...common }];
    if (!this.chance(0.65)) return [`it-${number}`, { ...this.leaf(claims || !mayClaim), ...common }];
    const word = this.pick(WORDS);
    // What runs inline keeps its run from hearing of people.
    const sort = word === 'held' ? ACTS.queued : this.pick(SORTS);
    return [`${word}-${number}`, { ...sort(), ...common }];
  }

  private common(siblings: readonly string[], claims: boolean, holds: boolean): Written {
    const keys: Record<string, Json> = {};
    if (this.chance(0.4)) keys['needs'] = siblings.filter(() => this.chance(0.5));
    if (this.chance(0.3)) keys['if'] = this.pick(['false', 'failed()', 'always()', 'succeeded()', 'true']);
    if (this.chance(0.3)) keys['retry'] = { attempts: 2 + this.below(2), delay: '20ms', factor: 1 };
    if (this.chance(0.5)) keys['onFailure'] = this.pick(['continue', 'intervene', 'rollback', 'continue']);
    if (holds && this.chance(0.2)) keys['timeout'] = '300ms';
    if (this.chance(0.2)) keys['compensate'] = UNDO;
    if (claims) keys['locks'] = [this.pick(['one', 'busy', 'never'])];
    return keys;
  }

  private leaf(claimed: boolean): Written {
    const leaves: readonly Written[] = [
      { set: { n: 1 } },
      { set: { n: '${{ 1 / 0 }}' } },
      { wait: '60ms' },
      { raise: { error: 'test', message: 'By chance.' } },
      {
        approval: { by: ['approver'], expires: '800ms', onExpiry: this.pick(['fail', 'reject', 'approve']) },
      },
      { waitFor: { event: 'go' } },
      { emit: { event: 'go', data: 1 } },
    ];
    const workflow: Written = { workflow: { name: 'good', version: 1 } };
    return this.pick(claimed || !this.chance(0.15) ? leaves : [workflow]);
  }

  private holder(depth: number, claims: boolean, number: number): Written {
    const steps = (most: number) => this.steps(1 + this.below(most), depth + 1, claims);
    const limits = {
      limit: 1 + this.below(3),
      failFast: this.chance(0.5),
      ...(this.chance(0.3) ? { quorum: 1 } : {}),
    };
    switch (this.below(5)) {
      case 0:
        return {
          forEach: { in: [1, 2, 3].slice(this.below(2)), as: `item${number}`, ...limits },
          steps: steps(2),
        };
      case 1:
        return { parallel: { ...limits, branches: { a: { steps: steps(2) }, b: { steps: steps(2) } } } };
      case 2:
        return {
          loop: { while: `turn${number}.index < ${this.below(3)}`, as: `turn${number}`, max: 2 },
          steps: steps(2),
        };
      case 3:
        return {
          try: {
            steps: steps(2),
            catch: [{ as: `error${number}`, steps: steps(1) }],
            ...(this.chance(0.5) ? { finally: { steps: steps(1) } } : {}),
          },
        };
      default:
        return { switch: [{ if: String(this.chance(0.5)), steps: steps(2) }, { steps: steps(1) }] };
    }
  }

  async interfere(run: StagedRun): Promise<void> {
    for (let asked = this.below(4); asked > 0; asked--) {
      await run.elapse(30 + this.below(120));
      const step = this.pick(this.ids);
      switch (this.below(8)) {
        case 0:
          await run.operate({ type: 'pause' });
          break;
        case 1:
          await run.operate({ type: 'resume' });
          break;
        case 2:
          await run.operate({ type: 'skip-step', step });
          break;
        case 3:
          await run.operate({ type: 'complete-step', step, output: 1 });
          break;
        case 4:
          await run.operate({ type: 'retry-step', step });
          break;
        case 5:
          await run.operate({ type: 'send-event', name: 'go', data: 1 });
          break;
        case 6:
          await run.operate({ type: 'cancel', compensate: this.chance(0.5) });
          break;
        default:
          await run.operate({ type: 'approve', step });
      }
    }
  }
}
