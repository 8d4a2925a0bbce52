import type { WorkflowInfo } from '@temporalio/workflow';
import { SEARCH_ATTRIBUTES, workflowIdOf } from '#contracts/names.js';
import type { ObservedRun } from '#contracts/observation.js';
import type { FinalRecord } from '#contracts/run.js';

type Info = Pick<WorkflowInfo, 'workflowId' | 'startTime' | 'memo' | 'searchAttributes'> & {
  readonly unsafe: Pick<WorkflowInfo['unsafe'], 'isReplaying'>;
};

/**
 * The end of a run as its worker sees it, here and now. Undefined where a history is only gone through again, and for
 * the record of another run, which never began.
 */
export function describeEnd(info: Info, { run, result, endedAt }: FinalRecord): ObservedRun | undefined {
  if (info.unsafe.isReplaying || info.workflowId !== workflowIdOf(run)) return undefined;
  const correlationId = textOf(info.memo?.['correlationId']);
  const traceparent = textOf(info.memo?.['traceparent']);
  return {
    run,
    workflow: textOf(info.searchAttributes?.[SEARCH_ATTRIBUTES.workflow]?.[0]) ?? '',
    status: result.status,
    ...(result.error === undefined ? {} : { code: result.error.code }),
    startedAt: info.startTime.getTime(),
    endedAt,
    origin: {
      ...(correlationId === undefined ? {} : { correlationId }),
      ...(traceparent === undefined ? {} : { traceparent }),
    },
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
