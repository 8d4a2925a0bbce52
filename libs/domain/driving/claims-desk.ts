import { type Capacities, chooseGrants, findHopeless, type Hopeless } from '../claims/grant.js';
import type { ResolvedClaims } from '../execution/command.js';

interface Asked extends ResolvedClaims {
  readonly owner: string;
  readonly answer: (hopeless?: Hopeless) => void;
}

/** Locks and resources of all runs of one process, granted by the rules of the platform. */
export class ClaimsDesk {
  private readonly held = new Map<string, ResolvedClaims>();
  private waiting: Asked[] = [];

  constructor(private readonly capacities: Capacities) {}

  /** Calls `answer` once all is granted, or at once with why it never can be. `owner`: run and step. */
  acquire(owner: string, claims: ResolvedClaims, answer: (hopeless?: Hopeless) => void): void {
    const hopeless = findHopeless(this.capacities, claims);
    if (hopeless !== undefined) return answer(hopeless);
    this.waiting.push({ ...claims, owner, answer });
    // Stable: of the same priority the first that came stays the first.
    this.waiting.sort((a, b) => a.priority - b.priority);
    this.grant();
  }

  /** Gives back what is held, or asks no longer. */
  release(owner: string): void {
    this.held.delete(owner);
    this.waiting = this.waiting.filter((asked) => asked.owner !== owner);
    this.grant();
  }

  private grant(): void {
    const granted = new Set(chooseGrants(this.capacities, [...this.held.values()], this.waiting));
    if (granted.size === 0) return;
    this.waiting = this.waiting.filter((asked) => !granted.has(asked));
    for (const asked of granted) this.held.set(asked.owner, asked);
    for (const { answer } of granted) answer();
  }
}
