import { setTimeout as sleep } from 'node:timers/promises';
import type { TestPlatform } from '../../platform.js';
import { createRandom } from '../../random.js';
import { type MortalServers, POSTGRES_FAULTS } from './mortal-servers.js';

/** From the end of one fault to the next, in milliseconds: at least, at most. */
type Every = readonly [least: number, most: number];

export interface StormPlan {
  readonly seed: number;
  readonly postgres: Every;
  readonly temporal: Every;
  readonly api: Every;
}

/** From when to when an API process was not there; the end is absent while it is not back. */
export interface Absence {
  readonly from: number;
  to?: number;
}

const LONGEST_DOWN_MS = 2_000;

/** Faults of all kinds at once, each at moments of its own, which the seed decides. */
export class Storm {
  readonly hits = { postgres: 0, temporal: 0, api: 0 };
  readonly absences: Absence[] = [];
  private readonly over = new AbortController();
  private readonly loops: Promise<void>[] = [];

  constructor(
    private readonly platform: TestPlatform,
    private readonly servers: MortalServers,
    private readonly plan: StormPlan,
  ) {}

  start(): void {
    this.repeat('postgres', (random) => {
      const fault = POSTGRES_FAULTS[Math.floor(random() * POSTGRES_FAULTS.length)]!;
      return this.servers.disturbPostgres(fault, random() * LONGEST_DOWN_MS);
    });
    this.repeat('temporal', () => this.servers.killTemporal());
    this.repeat('api', async (random) => {
      const [first, both] = [random() < 0.5 ? 0 : 1, random() < 0.3];
      await Promise.all((both ? [0, 1] : [first]).map((index) => this.killApi(index, random() * 1_000)));
    });
  }

  /** Everything is back when it returns. */
  async end(): Promise<void> {
    this.over.abort();
    await Promise.all(this.loops);
  }

  private repeat(kind: keyof Storm['hits'], hit: (random: () => number) => Promise<void>): void {
    const random = createRandom(this.plan.seed + this.loops.length);
    const [least, most] = this.plan[kind];
    const { signal } = this.over;
    const loop = async () => {
      for (;;) {
        await sleep(least + random() * (most - least), undefined, { signal }).catch(() => undefined);
        if (signal.aborted) return;
        await hit(random);
        this.hits[kind]++;
      }
    };
    this.loops.push(loop());
  }

  private async killApi(index: number, downMs: number): Promise<void> {
    const absence: Absence = { from: performance.now() };
    this.absences.push(absence);
    await this.platform.api.all[index]!.kill();
    await sleep(downMs);
    // Without Postgres it does not start; whoever keeps it up tries again.
    while (
      !(await this.platform.startOneApi(index).then(
        () => true,
        () => false,
      ))
    )
      await sleep(200);
    absence.to = performance.now();
  }
}
