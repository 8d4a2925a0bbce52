import { QUEUES, type QueueName } from '../names.js';
import type { Setting } from './setting.js';

/** What workers serve and may do. */
export const WORKERS_SETTINGS = [
  {
    name: 'QUEUES',
    default: 'orchestration,http,cicd,quality,command',
    type: { kind: 'list', values: Object.keys(QUEUES) as QueueName[] },
    meaning: 'Task queues that a worker process serves, separated by commas.',
    readBy: ['worker'],
  },
  {
    name: 'SLUICE_POOL',
    type: {
      kind: 'text',
      pattern: /^[a-z][a-z0-9-]{0,99}$/,
      form: 'a name of small letters, digits and hyphens, as pools have them',
    },
    meaning:
      'Worker pool of this process: it serves the steps that name it as their `pool`, and of the queues http, cicd, quality and command no others.',
    readBy: ['worker'],
  },
  {
    name: 'SLUICE_WORKER_HOME',
    default: 'worker in SLUICE_HOME',
    type: { kind: 'folder' },
    meaning: "Folder of a worker's workspaces and identity.",
    readBy: ['worker'],
  },
  {
    name: 'SLUICE_HTTP_ALLOW',
    type: { kind: 'list' },
    meaning:
      'Private addresses, CIDR ranges and host names that steps and checks of agents may reach, separated by commas.',
    readBy: ['worker', 'api'],
  },
  {
    name: 'SLUICE_PLUGINS',
    type: { kind: 'list' },
    meaning:
      'Modules that add platforms of CI/CD: paths, which start with `/` or `./`, or names of packages, separated by commas. They run in the process; all workers and the API need the same ones.',
    readBy: ['worker', 'api'],
  },
  {
    name: 'SLUICE_CALLBACK_URL',
    type: { kind: 'url' },
    meaning:
      'Address of the API as agents reach it, who answer there; by default port SLUICE_PORT of this machine.',
    readBy: ['worker'],
  },
  {
    name: 'SLUICE_PIPELINE_POLL_MS',
    default: '10000',
    type: { kind: 'whole', min: 100, max: 3_600_000 },
    meaning: 'Milliseconds between two questions after a pipeline of a CI/CD platform.',
    readBy: ['worker'],
  },
  {
    name: 'SLUICE_PIPELINE_POLL_TOLD_MS',
    default: '120000',
    type: { kind: 'whole', min: 100, max: 3_600_000 },
    meaning: 'The same of a pipeline of which webhooks tell: one of them may still be lost.',
    readBy: ['worker'],
  },
  {
    name: 'SLUICE_COMMAND_SLOTS',
    default: '8',
    type: { kind: 'whole', min: 1, max: 1000 },
    meaning: 'Commands that one worker runs at once.',
    readBy: ['worker', 'cli'],
  },
  {
    name: 'SLUICE_COMMAND_ISOLATION',
    default: 'auto',
    type: { kind: 'choice', values: ['auto', 'none', 'bubblewrap'] },
    meaning: 'How commands are kept from the host: bubblewrap, auto (bubblewrap where it works), none.',
    readBy: ['worker', 'cli'],
  },
  {
    name: 'SLUICE_WORKSPACE_RETENTION',
    default: '1h',
    type: { kind: 'duration' },
    meaning: 'How long the workspace of an ended run is kept, as a duration.',
    readBy: ['worker'],
  },
  {
    name: 'SLUICE_OBJECT_RETENTION',
    default: '30d',
    type: { kind: 'duration' },
    meaning: 'How long large values of an ended run are kept, as a duration.',
    readBy: ['worker'],
  },
] as const satisfies readonly Setting[];
