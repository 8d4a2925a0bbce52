import { randomUUID } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type {
  EarlierResult,
  GateWorld,
  KeepOutcome,
  KeptGate,
  KeptResult,
  ResultDraft,
  StepGateStore,
} from '#contracts/judgement/gate-store.js';
import { readGate } from '#gates/gate/read-gate.js';
import { GATE_FOLDER, nameAfter } from '../input/gate-file.js';
import { LOCAL_PROJECT } from './local-runs.js';

/** Files that are looked through for a gate; one that is larger than a gate may be is none. */
const MOST_FILES = 200;
const MOST_BYTES = 256 * 1024;

/** Gates of the current folder: each has one version, and no results from before this process. */
export function createLocalGates(): GateWorld {
  return {
    store: new LocalGates(),
    whenMissing: `Write it into ${GATE_FOLDER}/ of the current folder: a run without a server finds gates there.`,
    judged: () => undefined,
  };
}

interface Kept extends KeptResult, Pick<ResultDraft, 'digest' | 'givenDigest' | 'measured'> {}

class LocalGates implements StepGateStore<Kept> {
  private readonly sources = new Map<string, string>();
  /** The latest first. */
  private readonly results: Kept[] = [];

  async find(_run: string, name: string): Promise<{ gate: KeptGate; author: { actor: string } } | undefined> {
    const source = await findSource(name);
    if (source === undefined) return undefined;
    this.sources.set(name, source);
    return { gate: { id: name, project: LOCAL_PROJECT, name, latestVersion: 1 }, author: { actor: 'local' } };
  }

  async readVersion(gate: string): Promise<string | undefined> {
    return this.sources.get(gate);
  }

  async listEarlier(gate: string, givenDigest: string, limit: number): Promise<readonly EarlierResult[]> {
    const seen = new Set([givenDigest]);
    const latest = this.results.slice(0, limit).filter(({ gateId, givenDigest: given }) => {
      const isNew = gateId === gate && !seen.has(given);
      if (isNew) seen.add(given);
      return isNew;
    });
    return latest.map(({ result, measured }) => ({
      at: new Date(result.at),
      outcome: result.outcome,
      measured,
      afterwards: null,
    }));
  }

  async findByDigest(gate: string, digest: string): Promise<Kept | undefined> {
    return this.results.find((each) => each.gateId === gate && each.digest === digest);
  }

  async findBypass(): Promise<undefined> {
    return undefined;
  }

  /** No attempt is lost without its process. */
  async findOfGo(): Promise<undefined> {
    return undefined;
  }

  async keep({ gate, ...draft }: ResultDraft): Promise<KeepOutcome<Kept>> {
    const row = { ...draft, id: randomUUID(), gateId: gate.id, outcome: draft.result.outcome, bypass: null };
    this.results.unshift(row);
    return { row, created: true };
  }

  async noteBypass(row: Kept): Promise<Kept> {
    return row;
  }
}

/** The text of the gate of this name: its own, or for objectives that of the file. */
async function findSource(name: string): Promise<string | undefined> {
  const entries = await readdir(GATE_FOLDER, { withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile() && /\.(ya?ml|json)$/.test(entry.name));
  const named = (file: string) => basename(file, extname(file)) === name;
  // The one that is called so comes first, and is taken even where it is wrong: what is wrong with it is told.
  const sorted = files.map((file) => file.name).toSorted((a, b) => Number(named(b)) - Number(named(a)));
  for (const file of sorted.slice(0, MOST_FILES)) {
    const path = join(GATE_FOLDER, file);
    if ((await stat(path)).size > MOST_BYTES) continue;
    const text = await readFile(path, 'utf8');
    const { gate } = readGate(text);
    if (gate === undefined ? named(file) : (gate.rules === 'keptn' ? nameAfter(file) : gate.name) === name)
      return text;
  }
  return undefined;
}
