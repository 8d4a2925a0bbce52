import { homedir, hostname } from 'node:os';
import proto from '@temporalio/proto';
import { findProjectRoot } from '../../../libs/host/project-root.js';
import type { History } from '../history-files.js';

const { History: HistoryMessage } = proto.temporal.api.history.v1;

/** Without what tells of the machine that recorded it: names of hosts and processes, paths in stack traces. */
export function anonymous(history: History): History {
  const whole = HistoryMessage.toObject(HistoryMessage.fromObject(history));
  return HistoryMessage.fromObject(withoutMachine(whole) as object);
}

/** @throws where a name of this machine is left in it */
export function refuseTraces(name: string, bytes: Uint8Array): void {
  const text = Buffer.from(bytes).toString('latin1');
  const trace = [hostname(), homedir(), findProjectRoot()].find(
    (word) => word.length > 3 && text.includes(word),
  );
  if (trace !== undefined) throw new Error(`${name} tells of this machine: ${trace}`);
}

function withoutMachine(value: unknown, key = ''): unknown {
  if (typeof value === 'string') {
    if (key === 'identity') return 'worker';
    if (key === 'stackTrace') return '';
    return value.replaceAll(hostname(), 'host');
  }
  if (Array.isArray(value)) return value.map((item) => withoutMachine(item));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withoutMachine(item, name)]));
}
