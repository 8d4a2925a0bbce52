import type { Outcome } from '#contracts/judgement/gate-result.js';
import type {
  ActiveBypass,
  Author,
  EarlierResult,
  KeepOutcome,
  KeptGate,
  KeptResult,
  ResultDraft,
  StepGateStore,
  StepGo,
} from '#contracts/judgement/gate-store.js';

interface Kept extends KeptResult {
  readonly draft: ResultDraft;
  readonly author: Author;
}

/** Gates of one project, for tests. */
export class MemoryGateStore implements StepGateStore<Kept> {
  readonly results: Kept[] = [];
  readonly counted: (Outcome | 'repeated')[] = [];
  bypass: ActiveBypass | undefined;

  /** @param versions texts by name, the newest last */
  constructor(private readonly versions: Readonly<Record<string, readonly string[]>>) {}

  async find(_run: string, name: string): Promise<{ gate: KeptGate; author: Author } | undefined> {
    const texts = Object.hasOwn(this.versions, name) ? this.versions[name] : undefined;
    if (texts === undefined) return undefined;
    const gate = { id: name, project: 'default', name, latestVersion: texts.length };
    return { gate, author: { actor: 'ann' } };
  }

  async readVersion(gate: string, version: number): Promise<string | undefined> {
    return this.versions[gate]?.[version - 1];
  }

  async listEarlier(gate: string, givenDigest: string, limit: number): Promise<readonly EarlierResult[]> {
    const latest = new Map<string, EarlierResult>();
    for (const { gateId, draft, result } of this.results.slice(-limit)) {
      const { givenDigest: given, measured } = draft;
      if (gateId !== gate || given === givenDigest) continue;
      latest.delete(given);
      latest.set(given, {
        at: new Date(result.at),
        outcome: result.outcome,
        measured,
        afterwards: null,
      });
    }
    return [...latest.values()].reverse();
  }

  async findByDigest(gate: string, digest: string): Promise<Kept | undefined> {
    return this.results.find(({ gateId, draft }) => gateId === gate && draft.digest === digest);
  }

  async findBypass(): Promise<ActiveBypass | undefined> {
    return this.bypass;
  }

  async findOfGo({ run, step, begunAfter }: StepGo): Promise<Kept | undefined> {
    return this.results.findLast(
      ({ draft: { go }, outcome }) =>
        go?.run === run && go.step === step && go.attempt > begunAfter && outcome !== 'inconclusive',
    );
  }

  async keep(draft: ResultDraft, author: Author): Promise<KeepOutcome<Kept>> {
    const there = await this.findByDigest(draft.gate.id, draft.digest);
    if (there !== undefined) return { row: there, created: false };
    const { gate, version, result, bypassId } = draft;
    const row: Kept = {
      id: `result-${this.results.length + 1}`,
      gateId: gate.id,
      version,
      outcome: result.outcome,
      result,
      bypass: bypassId === null ? null : this.markOf(bypassId),
      draft,
      author,
    };
    this.results.push(row);
    return { row, created: true };
  }

  async noteBypass(row: Kept, bypass: string): Promise<Kept> {
    const noted = { ...row, bypass: this.markOf(bypass) };
    this.results[this.results.indexOf(row)] = noted;
    return noted;
  }

  private markOf(id: string): NonNullable<KeptResult['bypass']> {
    const { reason, createdBy, expiresAt } = this.bypass!;
    return { id, reason, createdBy, expiresAt: expiresAt.toISOString() };
  }
}
