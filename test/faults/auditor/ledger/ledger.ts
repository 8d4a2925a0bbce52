import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestProcess } from '../../../process.js';
import type { Acceptance, EffectEntry, LedgerEntries } from './entries.js';

/** The ledger's process, and what it is told and asked. */
export class Ledger {
  private constructor(
    private readonly home: string,
    private readonly process: TestProcess,
    readonly url: string,
  ) {}

  static async start(): Promise<Ledger> {
    const home = await mkdtemp(join(tmpdir(), 'sluice-ledger-'));
    const process = new TestProcess('test/faults/auditor/ledger/main.js', {
      AUDITOR_LEDGER: join(home, 'ledger.db'),
    });
    const { url } = await process.start();
    return new Ledger(home, process, url!);
  }

  async accept(acceptance: Acceptance): Promise<void> {
    const response = await fetch(`${this.url}/acceptances`, {
      method: 'POST',
      body: JSON.stringify(acceptance),
    });
    if (!response.ok) throw new Error(`the ledger answered ${response.status}: ${await response.text()}`);
  }

  async read(): Promise<LedgerEntries> {
    return (await (await fetch(`${this.url}/entries`)).json()) as LedgerEntries;
  }

  /** Effects that have begun and are not done. */
  async listOpen(): Promise<readonly EffectEntry[]> {
    const { effects } = await this.read();
    const ended = new Set(effects.filter(({ kind }) => kind === 'end').map(({ effect }) => effect));
    return effects.filter(({ kind, effect }) => kind === 'begin' && !ended.has(effect));
  }

  async close(): Promise<void> {
    await this.process.stop();
    await rm(this.home, { recursive: true, force: true });
  }
}
