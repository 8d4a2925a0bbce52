import { Gauge, type Registry } from 'prom-client';
import type { RunViewStatus } from '#contracts/rest/runs.js';
import type { StoreFigures } from '#persistence/repositories/figures-repository.js';
import type { Cached } from '../../../libs/telemetry/cached.js';

/** Those that a run goes through before it ends: shown with 0 where there is none. */
const LIVE: readonly RunViewStatus[] = ['queued', 'running', 'paused', 'canceling', 'rolling-back'];
const WAITING = [
  { kind: 'start', state: 'due' },
  { kind: 'start', state: 'held' },
  { kind: 'start', state: 'set-aside' },
  { kind: 'cancel', state: 'due' },
  { kind: 'cancel', state: 'held' },
  { kind: 'cancel', state: 'set-aside' },
  { kind: 'event', state: 'due' },
  { kind: 'event', state: 'set-aside' },
] as const;

/** What Postgres knows: runs, messages to Temporal, use of resource pools. Absent while it cannot be asked. */
export function createStoreGauges(registry: Registry, figures: Cached<StoreFigures>): void {
  createRunGauge(registry, figures);
  createOutboxGauges(registry, figures);
  createPoolGauges(registry, figures);
  createScheduleGauge(registry, figures);
}

function createScheduleGauge(registry: Registry, figures: Cached<StoreFigures>): void {
  const schedules = new Gauge({
    name: 'sluice_schedules',
    help: 'Schedules; of those that are pending, Temporal has yet to be told.',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      const found = await figures.read();
      schedules.reset();
      if (found === undefined) return;
      for (const state of ['pending', 'active', 'paused']) schedules.set({ state }, 0);
      for (const { state, count } of found.schedules) schedules.set({ state }, count);
    },
  });
}

function createRunGauge(registry: Registry, figures: Cached<StoreFigures>): void {
  const runs = new Gauge({
    name: 'sluice_runs',
    help: 'Runs that have not ended.',
    labelNames: ['status'],
    registers: [registry],
    async collect() {
      const found = await figures.read();
      runs.reset();
      if (found === undefined) return;
      for (const status of LIVE) runs.set({ status }, 0);
      for (const { status, count } of found.runs) runs.set({ status }, count);
    },
  });
}

function createOutboxGauges(registry: Registry, figures: Cached<StoreFigures>): void {
  const labelNames = ['kind', 'state'] as const;
  const messages = new Gauge({
    name: 'sluice_outbox_messages',
    help: 'Messages that Temporal has yet to be told.',
    labelNames,
    registers: [registry],
    async collect() {
      const found = await figures.read();
      messages.reset();
      if (found === undefined) return;
      for (const labels of WAITING) messages.set(labels, 0);
      for (const { kind, state, count } of found.messages) messages.set({ kind, state }, count);
    },
  });
  const oldest = new Gauge({
    name: 'sluice_outbox_oldest_seconds',
    help: 'Age of the oldest of these messages.',
    labelNames,
    registers: [registry],
    async collect() {
      const found = await figures.read();
      oldest.reset();
      if (found === undefined) return;
      for (const labels of WAITING) oldest.set(labels, 0);
      for (const { kind, state, oldestSeconds } of found.messages) oldest.set({ kind, state }, oldestSeconds);
    },
  });
}

function createPoolGauges(registry: Registry, figures: Cached<StoreFigures>): void {
  const registers = [registry];
  const capacity = new Gauge({
    name: 'sluice_pool_capacity',
    help: 'What a resource pool has to give.',
    labelNames: ['project', 'pool', 'resource'],
    registers,
    async collect() {
      const found = await figures.read();
      capacity.reset();
      for (const { project, pool, amounts } of found?.pools ?? []) {
        for (const one of amounts) capacity.set({ project, pool, resource: one.resource }, one.capacity);
      }
    },
  });
  const used = new Gauge({
    name: 'sluice_pool_used',
    help: 'What steps hold of a resource pool.',
    labelNames: ['project', 'pool', 'resource'],
    registers,
    async collect() {
      const found = await figures.read();
      used.reset();
      for (const { project, pool, amounts } of found?.pools ?? []) {
        for (const one of amounts) used.set({ project, pool, resource: one.resource }, one.used);
      }
    },
  });
  const claims = new Gauge({
    name: 'sluice_pool_claims',
    help: 'Steps that hold something of a resource pool, and that wait for it.',
    labelNames: ['project', 'pool', 'state'],
    registers,
    async collect() {
      const found = await figures.read();
      claims.reset();
      for (const { project, pool, held, waiting } of found?.pools ?? []) {
        claims.set({ project, pool, state: 'held' }, held);
        claims.set({ project, pool, state: 'waiting' }, waiting);
      }
    },
  });
}
