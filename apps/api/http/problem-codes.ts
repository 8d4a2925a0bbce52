import { AGENT_PROBLEMS } from '../agents/agent.problems.js';
import { AUDIT_PROBLEMS } from '../audit/audit.problems.js';
import { ACCESS_PROBLEMS } from '../auth/access.problems.js';
import { GATE_PROBLEMS } from '../gates/gate.problems.js';
import { INTEGRATION_PROBLEMS } from '../integrations/integration.problems.js';
import { PLATFORM_PROBLEMS } from '../integrations/platform.problems.js';
import { LIVE_PROBLEMS } from '../live/live.problems.js';
import { PIPELINE_PROBLEMS } from '../pipelines/pipeline.problems.js';
import { RETENTION_PROBLEMS } from '../retention/retention.problems.js';
import { RISK_PROBLEMS } from '../risk/risk.problems.js';
import { SCHEDULE_PROBLEMS } from '../schedules/schedule.problems.js';
import { WEBHOOK_PROBLEMS } from '../webhooks/webhook.problems.js';
import type { ProblemCode } from './problem-code.js';

/** Every code with which the API refuses; `npm run document` makes docs/problems.md of them. */
export const PROBLEM_CODES = {
  'definition-invalid': {
    status: 422,
    title: 'The definition is not valid',
    cause:
      'The text sent is no definition that could run; `findings` holds everything wrong, with its place.',
    cure: 'Correct each finding and send it again.',
  },
  'inputs-invalid': {
    status: 422,
    title: 'The inputs are not valid',
    cause: 'An input is missing, unknown, or does not fit its schema; `errors` holds all of them.',
    cure: 'Send the inputs that the definition declares.',
  },
  'request-invalid': {
    status: 400,
    title: 'The request is not valid',
    cause:
      'A field of the body or a parameter of the query is unknown or has a wrong value; `errors` holds all of them.',
    cure: 'Correct them by the description at /docs.',
  },
  'id-invalid': {
    status: 400,
    title: 'This is no id',
    cause: 'The path names a run by something other than a UUID.',
    cure: 'Use the `id` that the start of the run or the list of runs answers with.',
  },
  'idempotency-key-invalid': {
    status: 400,
    title: 'The Idempotency-Key is not valid',
    cause: 'The header is empty, longer than 200 characters, or holds others than printable ASCII.',
    cure: 'Send a UUID or another short text that is new for each start.',
  },
  'idempotency-key-reused': {
    status: 409,
    title: 'The Idempotency-Key belongs to another start',
    cause: 'A run was started with this key and another workflow, version, inputs or place to begin at.',
    cure: 'Use a new key, or send exactly what was sent the first time.',
  },
  'workflow-not-found': {
    status: 404,
    title: 'There is no such workflow',
    cause: 'No workflow has this id or name.',
    cure: 'Look at the list of workflows, or save the definition first.',
  },
  'workflow-in-use': {
    status: 409,
    title: 'The workflow is in use',
    cause:
      'A run of it has not ended, a schedule or a webhook starts it, or the newest version of another workflow, or one that an alias names, calls it.',
    cure: 'Let the run end, or cancel it; delete the schedule or the webhook; save the other workflow without the call, and move its aliases.',
  },
  'workflow-version-not-found': {
    status: 404,
    title: 'There is no such version',
    cause:
      'The workflow has no version of this number, has published none as this semantic version, or has no alias of this name.',
    cure: "Look at the workflow's versions and aliases, or leave `version` out to use the newest version.",
  },
  'version-already-published': {
    status: 409,
    title: 'The version was published before',
    cause: 'It was published as another semantic version; what is published never changes.',
    cure: 'Use the one that it has, or save a changed definition and publish that.',
  },
  'semver-taken': {
    status: 409,
    title: 'This semantic version is taken',
    cause: 'Another version of the workflow was published as it; build metadata makes no difference.',
    cure: 'Publish as a greater one; `GET …/diff` suggests the next.',
  },
  'semver-not-greater': {
    status: 409,
    title: 'This semantic version comes too late',
    cause:
      'A greater one was published before on its line: that of its major and minor number where one of them was published, else that of its major number, else all of them.',
    cure: 'Publish as a greater one; `GET …/diff` suggests the next.',
  },
  'version-not-published': {
    status: 409,
    title: 'The version is a draft',
    cause: 'An alias names published versions only.',
    cure: 'Publish the version first.',
  },
  'alias-not-found': {
    status: 404,
    title: 'There is no such alias',
    cause: 'The workflow has no alias of this name.',
    cure: "Look at the workflow's aliases; `latest` is there once something was published.",
  },
  'alias-moved': {
    status: 412,
    title: 'The alias was moved meanwhile',
    cause: 'It does not, or no longer, stand where the headers If-Match or If-None-Match say.',
    cure: 'Look where it stands now, and decide again with its ETag.',
  },
  'alias-reserved': {
    status: 409,
    title: 'Nobody sets this alias',
    cause: 'The alias `latest` always names the newest published version.',
    cure: 'Publish a version, or use an alias of another name.',
  },
  'alias-limit-reached': {
    status: 409,
    title: 'There are too many aliases',
    cause: 'A workflow has at most 100 aliases.',
    cure: 'Remove one that is not needed.',
  },
  'run-not-found': {
    status: 404,
    title: 'There is no such run',
    cause: 'No run has this id.',
    cure: 'Look at the list of runs.',
  },
  'object-not-found': {
    status: 404,
    title: 'There is no such object',
    cause: 'No object has this id: it never had, or its run ended longer ago than objects are kept.',
    cure: 'Use the `$object` of a reference; what is gone comes back when the run is made again.',
  },
  'payload-unreadable': {
    status: 422,
    title: 'A payload cannot be read',
    cause: 'A payload of Temporal is encrypted with a key that the API does not have, or was changed.',
    cure: 'Add the key to SLUICE_ENCRYPTION_KEYS of the API.',
  },
  'run-already-ended': {
    status: 409,
    title: 'The run has ended',
    cause: 'What was asked for is possible only while a run has not ended.',
    cure: 'Read the run to see how it ended; start a new one if need be.',
  },
  'operation-refused': {
    status: 409,
    title: 'The operation does not fit',
    cause:
      'The state of the run or of the step does not allow it; `refusal` says why, and in which states it would be done.',
    cure: 'Look at the run and its steps, and choose an operation that fits.',
  },
  'operation-not-allowed': {
    status: 403,
    title: 'You may not do this',
    cause:
      'The approval is for other people or roles, you started the run yourself, or you have decided already; `refusal` says which.',
    cure: 'Ask one of those whom the approval names.',
  },
  'step-not-found': {
    status: 404,
    title: 'There is no such step',
    cause: 'The run has no step of this key.',
    cure: "Look at the run's steps; a step in a loop has a key like `deploy[2]`, in an address `deploy%5B2%5D`.",
  },
  'checkpoint-not-found': {
    status: 404,
    title: 'There is no such checkpoint',
    cause: 'The run has no checkpoint of this name.',
    cure: "Look at the run's checkpoints.",
  },
  'rerun-impossible': {
    status: 409,
    title: 'The run cannot be repeated like this',
    cause:
      'The step to begin at is not there, or the results of the run do not fit the version; `errors` holds all reasons, each with its code and cure.',
    cure: 'Begin at a step that the cures name, or use the version of the run itself.',
  },
  'concurrency-group-invalid': {
    status: 422,
    title: 'The concurrency group is not valid',
    cause:
      'The template of the concurrency group gives no text of 1 to 200 characters for these inputs, or cannot be evaluated.',
    cure: 'Look at the inputs that it uses, or correct `concurrency.group` in the definition.',
  },
  'concurrency-rejected': {
    status: 409,
    title: 'A run of the concurrency group lives',
    cause: 'The policy of the concurrency group is `reject`, and a run of the group has not ended.',
    cure: 'Start it after that run, which the message names, or cancel that.',
  },
  frozen: {
    status: 409,
    title: 'A freeze holds the workflow',
    cause:
      'A freeze window is open, and the request, or its concurrency policy, says not to wait for its end.',
    cure: 'Start it after the freeze; or send `freeze` as `wait`, or as `override` with a `reason`.',
  },
  'pool-not-found': {
    status: 404,
    title: 'There is no such resource pool',
    cause: 'No resource pool has this name.',
    cure: 'Look at the list of pools, or set it up.',
  },
  'pool-in-use': {
    status: 409,
    title: 'Something of the pool is held',
    cause: 'Steps of living runs hold amounts of the resource pool.',
    cure: 'Wait for them, or cancel their runs; the pool names them.',
  },
  'pool-limit-reached': {
    status: 409,
    title: 'There are too many resource pools',
    cause: 'There are 1,000 resource pools already.',
    cure: 'Remove those that are not needed.',
  },
  'freeze-not-found': {
    status: 404,
    title: 'There is no such freeze',
    cause: 'No freeze has this id.',
    cure: 'Look at the list of freezes.',
  },
  'freeze-limit-reached': {
    status: 409,
    title: 'There are too many freezes',
    cause: 'There are 1,000 freezes that have not ended.',
    cure: 'Remove those that are not needed.',
  },
  'template-not-found': {
    status: 404,
    title: 'There is no such template',
    cause: 'No template has this name.',
    cure: 'Look at the list of templates, or save it first.',
  },
  'template-invalid': {
    status: 422,
    title: 'The template is not valid',
    cause: 'The text sent is no template; `findings` holds everything wrong, with its place.',
    cure: 'Correct each finding and send it again.',
  },
  'template-built-in': {
    status: 409,
    title: 'The template comes with Sluice',
    cause: 'Built-in templates can be neither changed nor removed.',
    cure: 'Save it under another name.',
  },
  'template-limit-reached': {
    status: 409,
    title: 'There are too many templates',
    cause: 'There are 1,000 templates already.',
    cure: 'Remove those that are not needed.',
  },
  ...AUDIT_PROBLEMS,
  ...RETENTION_PROBLEMS,
  'template-values-invalid': {
    status: 422,
    title: 'The values are not valid',
    cause:
      'A variable of the template is missing, unknown, or does not fit its schema; `errors` holds all of them.',
    cure: 'Send the values that the template asks for.',
  },
  'template-result-invalid': {
    status: 422,
    title: 'The template makes no valid definition of these values',
    cause: 'What comes out could not run; `findings` says where it is wrong.',
    cure: 'Choose other values, or correct the template.',
  },
  'template-choice-invalid': {
    status: 422,
    title: 'This cannot become a variable',
    cause:
      'A path names no value that is written out in the definition, or a name cannot be used; `errors` holds all.',
    cure: 'Use the paths that are proposed.',
  },
  'advice-not-possible': {
    status: 409,
    title: 'Advice is not possible',
    cause:
      'The workflow is written in another language than that of Sluice, whose changes could not be written down.',
    cure: 'Export it as a definition of Sluice and save that.',
  },
  'body-missing': {
    status: 400,
    title: 'The body is missing',
    cause: 'The request has no body, or an empty one, where one is needed.',
    cure: 'Send the definition as the body, with its Content-Type.',
  },
  'body-malformed': {
    status: 400,
    title: 'The body cannot be read',
    cause: 'It is not the JSON or not the UTF-8 that its Content-Type promises.',
    cure: 'Send valid JSON, encoded in UTF-8.',
  },
  'body-forbidden-key': {
    status: 400,
    title: 'The body holds a forbidden key',
    cause: 'An object of the body has the key `__proto__` or `constructor`.',
    cure: 'Name the key otherwise.',
  },
  'body-too-deep': {
    status: 400,
    title: 'The body is nested too deeply',
    cause: 'Objects and lists of the body are nested more than 64 deep.',
    cure: 'Send flatter values.',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is too large',
    cause: 'The body is larger than 1 MiB.',
    cure: 'Move large values into files or a repository that the steps read.',
  },
  'media-type-unsupported': {
    status: 415,
    title: 'The Content-Type is not supported',
    cause:
      'A definition comes as application/yaml, application/x-yaml, text/yaml or application/json, all else as application/json.',
    cure: 'Set the Content-Type header to one of these.',
  },
  'request-malformed': {
    status: 400,
    title: 'The request cannot be read',
    cause: 'The request is not valid HTTP: its address, a header or its length.',
    cure: 'Look at the address and the headers that are sent.',
  },
  'route-not-found': {
    status: 404,
    title: 'There is nothing at this address',
    cause: 'The path is none of the API.',
    cure: 'Look at /docs for those that there are.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'This method is not allowed here',
    cause: 'The path exists, but not for this method; the header Allow names those that do.',
    cure: 'Use one of these methods.',
  },
  ...ACCESS_PROBLEMS,
  ...AGENT_PROBLEMS,
  ...GATE_PROBLEMS,
  ...RISK_PROBLEMS,
  ...INTEGRATION_PROBLEMS,
  ...PLATFORM_PROBLEMS,
  ...PIPELINE_PROBLEMS,
  ...SCHEDULE_PROBLEMS,
  'host-not-allowed': {
    status: 403,
    title: 'This Host is not allowed',
    cause:
      'The API listens on loopback, but the Host header names another machine: perhaps a page that rebinds its name.',
    cure: 'Use the address 127.0.0.1 or localhost.',
  },
  'origin-not-allowed': {
    status: 403,
    title: 'This Origin is not allowed',
    cause: 'A page of another site tried to use the API.',
    cure: 'Use the API from its own address or from a program.',
  },
  'database-busy': {
    status: 503,
    title: 'The database took too long',
    cause: 'A statement ran, or waited for what another transaction holds, longer than it may.',
    cure: 'Try again with the same request; where it stays so, ask for less, as by a shorter time.',
  },
  ...LIVE_PROBLEMS,
  ...WEBHOOK_PROBLEMS,
  'database-unavailable': {
    status: 503,
    title: 'The database cannot be reached',
    cause: 'Postgres does not answer.',
    cure: 'Try again; look whether Postgres runs and DATABASE_URL names it.',
  },
  'temporal-unavailable': {
    status: 503,
    title: 'Temporal or the workers do not answer',
    cause:
      'The operation could not be handed to the run, or no answer came in time; it may still be carried out.',
    cure: 'Look at the run; then try again with the same Idempotency-Key, so that it is done once.',
  },
  'not-ready': {
    status: 503,
    title: 'Not ready',
    cause: 'Something that Sluice depends on does not answer; `errors` names it.',
    cure: 'Start what is missing, or look at its address in the configuration.',
  },
  'internal-error': {
    status: 500,
    title: 'Something is wrong in Sluice',
    cause: 'A case that nobody thought of.',
    cure: 'Report it with the correlation id; the log holds the rest under it.',
  },
} as const satisfies Record<string, ProblemCode>;

export type ProblemCodeName = keyof typeof PROBLEM_CODES;

export function isProblemCode(code: string): code is ProblemCodeName {
  return Object.hasOwn(PROBLEM_CODES, code);
}
