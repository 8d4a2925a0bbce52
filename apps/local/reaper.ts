import { existsSync, realpathSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { findBelonging, type ProcessIdentity, stopProcess } from '../../libs/host/process.js';
import type { ReaperCharge, ReaperOrder } from './open-reaper.js';

/**
 * A process of its own that outlives the one who started it, even when that one is killed: it reads orders, one JSON
 * object a line, and when the pipe ends it stops all that was reported to it and still runs, in the order given, then
 * what carries the mark or works in the folders, and removes the folders that it was told to remove.
 */
const SWEEPS = 5;
const KILL = { signal: 'SIGKILL', graceMs: 0 } as const;

const charges: ReaperCharge[] = [];
let hurried = false;
let task: Extract<ReaperOrder, { type: 'task' }> | undefined;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line) as ReaperOrder;
  if (order.type === 'task') task = order;
  else if (order.type === 'watch') charges.push(order.charge);
  else hurried = true;
}
await reap();

async function reap(): Promise<void> {
  for (const { identity, signal, graceMs } of charges.sort((a, b) => a.order - b.order)) {
    await stopProcess(identity, hurried ? KILL : { signal, graceMs });
  }
  if (task === undefined) return;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const strays = findBelonging(task).filter(({ pid }) => !task?.spare.some((spared) => spared.pid === pid));
    if (strays.length === 0) break;
    const graceMs = task.strayGraceMs;
    await Promise.all(strays.map((stray) => stopStray(stray, graceMs)));
  }
  for (const folder of task.remove) {
    if (existsSync(folder)) rmSync(realpathSync(folder), { recursive: true, force: true, maxRetries: 5 });
  }
}

async function stopStray(stray: ProcessIdentity, graceMs: number): Promise<void> {
  await stopProcess(stray, hurried ? KILL : { signal: 'SIGTERM', graceMs });
}
