import { Inject, Injectable } from '@nestjs/common';
import { workflowIdOf } from '#contracts/names.js';
import type { ListedRunRow } from '#persistence/repositories/run-row.js';
import type { Configuration } from '../configuration.js';
import { CONFIGURATION } from '../tokens.js';
import { type RunResource, toRun } from './run.resource.js';

/** A run as clients see it, with the way to Temporal's view of it. */
@Injectable()
export class PresentRun {
  /** Up to the id of the workflow; undefined where there is no Web UI. */
  private readonly link: string | undefined;

  constructor(@Inject(CONFIGURATION) { uiUrl, temporalNamespace }: Configuration) {
    if (uiUrl === undefined) return;
    this.link = `${uiUrl.replace(/\/+$/, '')}/namespaces/${encodeURIComponent(temporalNamespace)}/workflows/`;
  }

  present(row: ListedRunRow): RunResource {
    const run = toRun(row);
    if (this.link !== undefined) run.temporalUrl = `${this.link}${workflowIdOf(row.id)}`;
    return run;
  }
}
