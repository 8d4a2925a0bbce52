import type { Setting } from './setting.js';

/** What the command line reads. */
export const COMMAND_LINE_SETTINGS = [
  {
    name: 'SLUICE_URL',
    meaning:
      'Address of the API that the command line talks to; by default port SLUICE_PORT of this machine.',
    readBy: ['cli'],
  },
  {
    name: 'SLUICE_ACTOR',
    meaning:
      'Name under which the command line asks, for histories and approvals; `--as` goes over it. Only the administrator of this machine may ask as another.',
    readBy: ['cli'],
  },
  {
    name: 'SLUICE_API_KEY',
    meaning:
      "API key or token that the command line shows; else that of `sluice login`, else, for a server of this machine, the administrator's key in SLUICE_HOME.",
    readBy: ['cli'],
  },
  {
    name: 'SLUICE_PROJECT',
    meaning: 'Project that the command line asks about; `--project` goes over it.',
    readBy: ['cli'],
  },
  {
    name: 'SLUICE_MODEL_URL',
    type: { kind: 'url' },
    meaning:
      'Address of an API that speaks as the one of OpenAI does, up to `/chat/completions`: its model may refine what `sluice generate` writes. Nothing is sent where it is unset.',
    readBy: ['cli'],
  },
  { name: 'SLUICE_MODEL_NAME', meaning: 'Name of the model there.', readBy: ['cli'] },
  { name: 'SLUICE_MODEL_KEY', meaning: 'Key that is sent to it as a bearer token.', readBy: ['cli'] },
] as const satisfies readonly Setting[];
