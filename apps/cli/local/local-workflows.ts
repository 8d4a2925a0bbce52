import { readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import type { CallableWorkflow, ChildRunStore } from '#contracts/ports.js';
import type { Reading, ReadWorkflow } from '#domain/front-ends/front-end.js';
import { readWorkflow } from '#domain/front-ends/read-workflow.js';
import type { Plan } from '#domain/plan/plan.js';
import { namesOfCalls } from '#domain/validation/workflows.js';
import { withGateChecks } from '#gates/gate/check-steps.js';
import { type DefinitionFile, readDefinitionFile } from '../input/definition-file.js';
import { usageError } from '../input/usage-error.js';
import { DefinitionFindings } from './definition-findings.js';

const CHECKED_ACTIONS = withGateChecks(ACTIONS);

/** Files of a folder that are looked through for a workflow; one that is larger than a definition may be is none. */
const MOST_FILES = 1_000;
const MOST_BYTES = 1024 * 1024;

const DEFINITION = /(?<!\.test)\.(ya?ml|json)$/i;

interface LoadedWorkflow {
  readonly file: DefinitionFile;
  readonly workflow: ReadWorkflow;
  readonly plan: Plan;
}

/** What is run, and every workflow that steps of it run, and theirs. */
export interface LoadedWorkflows {
  readonly main: LoadedWorkflow;
  readonly find: ChildRunStore['find'];
  readonly all: readonly LoadedWorkflow[];
}

/**
 * Reads a definition, and those that it calls: by their names in the files of `others`, then in those beside it. Versions
 * do not matter here: each has one. Throws DefinitionFindings, and SluiceError `usage` for a workflow that is nowhere.
 */
export async function loadWorkflows(path: string, others: readonly string[]): Promise<LoadedWorkflows> {
  const shelf = new Shelf(dirname(resolve(path)), others);
  const file = await readDefinitionFile(path);
  const read = new Map<string, { readonly file: DefinitionFile; readonly workflow: ReadWorkflow }>();
  const add = async (next: DefinitionFile): Promise<string> => {
    const { workflow, calls } = requireValid(next);
    read.set(workflow.name, { file: next, workflow });
    for (const name of namesOfCalls(calls)) if (!read.has(name)) await add(await shelf.require(name, next));
    return workflow.name;
  };
  const main = await add(file);
  const loaded = new Map<string, LoadedWorkflow>();
  for (const [name, { file: of, workflow }] of read)
    loaded.set(name, { file: of, workflow, plan: workflow.compile(() => 1) });
  return {
    main: loaded.get(main)!,
    all: [...loaded.values()],
    find: async (_, name, version) => describe(loaded.get(name), version),
  };
}

function describe(found: LoadedWorkflow | undefined, version: number): CallableWorkflow | undefined {
  if (found === undefined) return undefined;
  const { plan, workflow } = found;
  return { id: workflow.name, latestVersion: version, version: { plan, inputs: workflow.inputs } };
}

function requireValid(file: DefinitionFile): Reading & { readonly workflow: ReadWorkflow } {
  const reading = readWorkflow(file.text, CHECKED_ACTIONS);
  const { workflow, findings } = reading;
  if (workflow === undefined) throw new DefinitionFindings(file, findings);
  return { ...reading, workflow };
}

/** Definitions that may be called. */
class Shelf {
  private files: Promise<readonly DefinitionFile[]> | undefined;

  constructor(
    private readonly folder: string,
    private readonly named: readonly string[],
  ) {}

  async require(name: string, caller: DefinitionFile): Promise<DefinitionFile> {
    this.files ??= this.read();
    for (const file of await this.files) {
      // Cheaper than reading each.
      if (file.text.includes(name) && readWorkflow(file.text, ACTIONS).name === name) return file;
    }
    throw usageError(
      `${caller.path} runs the workflow "${name}", which is in none of the files that were looked at.`,
      'Name its file: --with FILE, or put it into the same folder.',
    );
  }

  private async read(): Promise<readonly DefinitionFile[]> {
    const beside = (await readdir(this.folder))
      .filter((name) => DEFINITION.test(name))
      .sort()
      .slice(0, MOST_FILES)
      .map((name) => join(this.folder, name));
    const files = await Promise.all(this.named.map(readDefinitionFile));
    for (const path of beside) {
      const facts = await stat(path).catch(() => undefined);
      if (facts?.isFile() === true && facts.size <= MOST_BYTES) files.push(await readDefinitionFile(path));
    }
    return files;
  }
}
