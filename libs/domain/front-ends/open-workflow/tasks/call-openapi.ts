import { descend, entryOf, type Spot, type TreeMap } from '../../../definition/tree.js';
import type { Template } from '../../../plan/plan.js';
import { endpointOf, readAuthentication } from '../authentication.js';
import type { Builder, Made } from '../builder.js';
import type { Task } from '../task.js';
import { actionFields } from './action-fields.js';
import { readUri, responseEntries, resultOf } from './call-http.js';

export function compileOpenapi(task: Task, builder: Builder): Made | undefined {
  const fields = actionFields('openapi/call', task, builder);
  const with_ = entryOf(task.spot, 'with') as Spot<TreeMap>;
  const document = endpointOf(descend(with_, ['document', 'endpoint']));
  if (document.authentication !== undefined)
    builder.refuse(
      'open-workflow-authentication',
      document.authentication,
      'An OpenAPI document is fetched without authentication.',
      'Put the document where it can be read, or write the call as `call: http`.',
    );
  const url = readUri(document.uri, builder);
  const authentication = readAuthentication(entryOf(with_, 'authentication'), builder);
  const parameters = entryOf(with_, 'parameters');
  const operation = builder.readTemplate(entryOf(with_, 'operationId')!);
  if (fields === undefined || url === undefined) return undefined;
  const entries: (readonly [string, Template])[] = [
    ['document', url],
    ['operation', operation],
    ...(parameters === undefined ? [] : [['parameters', builder.readTemplate(parameters)] as const]),
    ...(authentication?.header === undefined
      ? []
      : [['headers', { kind: 'map', entries: [['authorization', authentication.header]] }] as const]),
    ...(authentication?.auth === undefined ? [] : [['auth', authentication.auth] as const]),
    ...responseEntries(with_),
  ];
  return { ...fields, with: { kind: 'map', entries }, result: resultOf(with_) };
}
