import { Inject, Injectable } from '@nestjs/common';
import { workflowIdOf } from '#contracts/names.js';
import type { ListedRunRow } from '#persistence/repositories/run-row.js';
import type { Configuration } from '../configuration.js';
import { CONFIGURATION } from '../tokens.js';
import { type RunResource, toRun } from './run.resource.js';

/** A run as clients see it, with the way to Temporal's view of it. */
@Injectable()
export class PresentRun {
  constructor(@Inject(CONFIGURATION) private readonly configuration: Configuration) {}

  present(row: ListedRunRow): RunResource {
    return { ...toRun(row), ...this.linkOf(row.id) };
  }

  private linkOf(id: string): Pick<RunResource, 'temporalUrl'> {
    const { uiUrl, temporalNamespace } = this.configuration;
    if (uiUrl === undefined) return {};
    const path = `namespaces/${encodeURIComponent(temporalNamespace)}/workflows/${workflowIdOf(id)}`;
    return { temporalUrl: `${uiUrl.replace(/\/+$/, '')}/${path}` };
  }
}
