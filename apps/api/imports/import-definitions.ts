import { setImmediate } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import type { ImportedView, ImportReport, ImportRequest } from '#contracts/rest/imports.js';
import { isSluiceError } from '#domain/errors.js';
import { type Imported, importText } from '#domain/front-ends/import-text.js';
import type { Finding } from '#domain/validation/finding.js';
import type { Caller } from '../http/caller.js';
import { DATA_SOURCE } from '../tokens.js';
import { SaveWorkflow } from '../workflows/save-workflow.js';

type Stored = ImportedView['workflow'];

/** What became of one workflow, while the others are still looked at. */
interface Progress {
  readonly imported: Imported;
  findings: readonly Finding[];
  stored?: Stored;
}

/** Takes files over, and stores what came of them where that is asked for. */
@Injectable()
export class ImportDefinitions {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(SaveWorkflow) private readonly saveWorkflow: SaveWorkflow,
  ) {}

  async import(request: ImportRequest, caller: Caller): Promise<ImportReport> {
    const progress = await readFiles(request);
    if (request.save === true) await this.store(progress, request.allOrNothing === true, caller);
    const workflows = progress.map(toView);
    const takenOver = workflows.filter((each) => each.takenOver).length;
    return { takenOver, refused: workflows.length - takenOver, workflows };
  }

  private async store(progress: readonly Progress[], allOrNothing: boolean, caller: Caller): Promise<void> {
    const complete = () => progress.every(isTakenOver);
    if (allOrNothing && !complete()) return;
    try {
      await this.dataSource.transaction(async (manager) => {
        await this.storeAll(progress.filter(isTakenOver), manager, caller);
        if (allOrNothing && !complete()) throw new NothingStored();
      });
    } catch (error) {
      if (!(error instanceof NothingStored)) throw error;
      for (const each of progress) delete each.stored;
    }
  }

  /** Those that call others come after them, in whatever order they were sent. */
  private async storeAll(waiting: Progress[], manager: EntityManager, caller: Caller): Promise<void> {
    for (let left = waiting; left.length > 0; ) {
      const failed: Progress[] = [];
      for (const each of left) if (!(await this.storeOne(each, manager, caller))) failed.push(each);
      if (failed.length === left.length) return;
      left = failed;
    }
  }

  private async storeOne(each: Progress, manager: EntityManager, caller: Caller): Promise<boolean> {
    const { text = '', kind = 'yaml', findings } = each.imported;
    try {
      const { workflow, outcome } = await this.saveWorkflow.saveIn(manager, text, kind, caller);
      each.stored = { id: workflow.id, version: workflow.latestVersion, outcome };
      each.findings = findings;
      return true;
    } catch (error) {
      if (!isSluiceError(error) || error.code !== 'definition-invalid') throw error;
      const { findings: found = [] } = error.details as { readonly findings?: readonly Finding[] };
      each.findings = [...findings, ...found];
      return false;
    }
  }
}

/** Rolls the transaction back. */
class NothingStored extends Error {}

async function readFiles({ files, format = 'auto', leaveOut = [] }: ImportRequest): Promise<Progress[]> {
  const keys = new Set(leaveOut.map((key) => key.toLowerCase().replace(/[_\-\s.]/g, '')));
  const options = { leaveOut: keys, ...(format === 'auto' ? {} : { format }) };
  const encoder = new TextEncoder();
  const progress: Progress[] = [];
  const names = new Map<string, string>();
  for (const { name: path, content } of files) {
    // Others are served between two files.
    await setImmediate();
    for (const imported of importText({ path, content: encoder.encode(content) }, ACTIONS, options)) {
      const { name, text, findings } = imported;
      const other = text === undefined || name === undefined ? undefined : names.get(name);
      if (text !== undefined && name !== undefined && other === undefined) names.set(name, path);
      progress.push({
        imported,
        findings: other === undefined ? findings : [...findings, takenName(name!, other)],
      });
    }
  }
  return progress;
}

function takenName(name: string, other: string): Finding {
  const message = `${other} is called \`${name}\` too.`;
  return {
    code: 'name-taken',
    severity: 'error',
    path: '',
    line: 1,
    column: 1,
    message,
    hint: 'Rename one of them.',
  };
}

function isTakenOver({ imported, findings }: Progress): boolean {
  return imported.text !== undefined && findings.every(({ severity }) => severity !== 'error');
}

function toView(each: Progress): ImportedView {
  const { imported, findings, stored } = each;
  const { path, format, name, notes, text } = imported;
  const takenOver = isTakenOver(each);
  return {
    file: path,
    ...(format === undefined ? {} : { format }),
    ...(name === undefined ? {} : { name }),
    takenOver,
    ...(takenOver && text !== undefined ? { definition: text } : {}),
    ...(stored === undefined ? {} : { workflow: stored }),
    findings,
    notes,
  };
}
