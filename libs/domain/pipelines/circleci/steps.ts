import type { Cache, Flow, Step } from '../pipeline.js';
import type { Reading } from '../reading/context.js';
import { Value } from '../reading/value.js';
import { fillParameters } from './parameters.js';

export interface StepsRead {
  readonly steps: Step[];
  readonly caches: Cache[];
  readonly artifacts: string[];
  readonly gives: Flow[];
  readonly takes: Flow[];
}

/** Steps that the platform itself knows. */
const BUILT_IN = [
  ...['checkout', 'setup_remote_docker', 'save_cache', 'restore_cache', 'store_artifacts'],
  ...['store_test_results', 'persist_to_workspace', 'attach_workspace', 'add_ssh_keys', 'deploy'],
];

/** Commands of orbs that keep what package managers fetched. */
const CACHING = /cache|\/install[-_](packages|deps|dependencies)$/;

const MAX_NESTED = 20;

/** The steps of a job; commands of the file are replaced by what they do. */
export class StepReader {
  readonly read: StepsRead = { steps: [], caches: [], artifacts: [], gives: [], takes: [] };

  constructor(
    private readonly commands: Value,
    private readonly reading: Reading,
    private readonly directory: string | undefined,
  ) {}

  add(list: Value, open: readonly string[] = []): void {
    for (const step of list.items) {
      this.reading.spend(1, step.place);
      const [entry] = step.entries;
      const name = step.text ?? entry?.[0];
      if (name === undefined) {
        this.reading.note('shape-unexpected', step.place, 'A step is a name, or a name with its settings.');
        continue;
      }
      const settings = entry?.[1] ?? new Value({ kind: 'empty', place: step.place });
      this.addStep(name, settings, step, open);
    }
  }

  private addStep(name: string, settings: Value, step: Value, open: readonly string[]): void {
    if (name === 'run') this.addRun(settings, step);
    else if (name === 'when' || name === 'unless') this.add(settings.get('steps'), open);
    else if (this.commands.get(name).exists) this.addCommand(name, settings, step, open);
    else if (name.includes('/')) {
      const { place } = step;
      if (CACHING.test(name)) this.read.caches.push({ key: name, place });
      const given = settings.record;
      this.read.steps.push({
        place,
        use: { kind: 'orb', name, pinning: 'fixed', place },
        ...(Object.keys(given).length === 0 ? {} : { with: given }),
      });
      // What an orb is handed to do in its midst.
      for (const [, value] of settings.entries) if (value.isList) this.add(value, open);
    } else if (BUILT_IN.includes(name)) this.addBuiltIn(name, settings, step);
    else this.reading.note('reference-missing', step.place, `No command ${name.slice(0, 80)} is declared.`);
  }

  private addRun(settings: Value, step: Value): void {
    const command = settings.text === undefined ? settings.get('command') : settings;
    if (command.text === undefined) return;
    const directory = settings.get('working_directory').text ?? this.directory;
    const name = settings.get('name').text;
    const environment = settings.get('environment').record;
    this.read.steps.push({
      place: step.place,
      ...(name === undefined ? {} : { name }),
      ...(Object.keys(environment).length === 0 ? {} : { environment }),
      command: {
        text: command.text,
        place: command.textPlace,
        ...(directory === undefined ? {} : { directory: withoutProject(directory) }),
      },
    });
  }

  private addCommand(name: string, settings: Value, step: Value, open: readonly string[]): void {
    if (open.includes(name) || open.length >= MAX_NESTED) {
      this.reading.note('reference-circular', step.place, `The command ${name} calls itself.`);
      return;
    }
    const body = fillParameters(this.commands.get(name), settings, this.reading);
    this.add(body.get('steps'), [...open, name]);
  }

  private addBuiltIn(name: string, settings: Value, step: Value): void {
    const { place } = step;
    const key = settings.get('key').text ?? settings.get('keys').texts[0] ?? '';
    const { caches, gives, takes, artifacts, steps } = this.read;
    if (name === 'save_cache') {
      caches.push({ key, place });
      gives.push({ kind: 'cache', name: key });
    } else if (name === 'restore_cache') {
      caches.push({ key, place });
      takes.push({ kind: 'cache', name: key });
    } else if (name === 'persist_to_workspace') gives.push({ kind: 'workspace' });
    else if (name === 'attach_workspace') takes.push({ kind: 'workspace' });
    else if (name === 'store_artifacts') artifacts.push(settings.get('path').text ?? '…');
    steps.push({ place, use: { kind: 'task', name, pinning: 'fixed', place } });
  }
}

/** Where the checkout lies by itself. */
function withoutProject(directory: string): string {
  return directory.replace(/^~\/project\/?/, '') || '.';
}
