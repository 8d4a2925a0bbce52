/** A definition whose steps tell the ledger of what they do: by a request, by a process, in turn and side by side. */

interface Telling {
  readonly id: string;
  readonly ms: number;
  /** As the step calls itself, where that is not its id. */
  readonly key?: string;
  /** How many requests of each step the ledger leaves without an answer, for ever. */
  readonly hangs?: number;
  /** What else the step says: `timeout: 1s`. */
  readonly more?: string;
}

/** The name under which workers find the secret that must be nowhere. */
export const CANARY_VARIABLE = 'SLUICE_SECRET_CANARY';

const PROGRAM = `
const { SLUICE_RUN_ID: run, SLUICE_STEP: step, SLUICE_IDEMPOTENCY_KEY: key, CANARY } = process.env;
const headers = { 'idempotency-key': key };
const response = await fetch(process.argv[1], { method: 'POST', headers, body: JSON.stringify({ run, step }) });
console.log(CANARY, await response.text());
process.exit(response.ok ? 0 : 1);
`;

/** A step that tells the ledger by a request, which takes so long. */
export function tellByRequest(ledger: string, telling: Telling): string {
  const { id, key = id } = telling;
  const url = JSON.stringify(addressOf(ledger, telling));
  const auth = `{ header: X-Canary, secret: env:${CANARY_VARIABLE} }`;
  return `${id}: { uses: http/request, with: { url: ${url}, method: POST, body: { run: "\${{ run.id }}", step: "${key}" }, auth: ${auth} }${moreOf(telling)} }`;
}

/** A step that tells the ledger by a process, in the workspace. */
export function tellByProcess(ledger: string, telling: Telling): string {
  const run = [process.execPath, '--input-type=module', '-e', PROGRAM, addressOf(ledger, telling)];
  return `${telling.id}: { uses: command/run, with: { run: ${JSON.stringify(run)} }, secrets: { CANARY: env:${CANARY_VARIABLE} }${moreOf(telling)} }`;
}

function addressOf(ledger: string, { ms, hangs = 0 }: Telling): string {
  return `${ledger}/effects?ms=${ms}&hangs=${hangs}`;
}

function moreOf({ more }: Telling): string {
  return more === undefined ? '' : `, ${more}`;
}

export interface AuditedJob {
  readonly definition: string;
  readonly telling: readonly string[];
  readonly order: readonly (readonly [earlier: string, later: string])[];
}

/** Every kind of work: a lock, a list, two at once, a workspace. About two seconds where nothing is in its way. */
export function writeJob(ledger: string): AuditedJob {
  const request = (id: string, ms: number, key = id) => tellByRequest(ledger, { id, ms, key });
  const definition = `
sluice: 1
name: audited
inputs: { n: { type: integer } }
stages:
  work:
    steps:
      ${request('first', 200)}
      each:
        forEach: { in: [0, 1, 2], as: k }
        steps:
          ${request('one', 100, 'one[${{ string(k) }}]')}
      both:
        parallel:
          branches:
            left: { steps: { ${tellByProcess(ledger, { id: 'left-step', ms: 300 })} } }
            right: { steps: { ${request('right-step', 400)} } }
      choose:
        switch:
          - if: inputs.n < 0
            steps: { ${request('never', 0)} }
      held:
        locks: ["audited-\${{ inputs.n % 5 }}"]
        parallel: { branches: { only: { steps: { ${request('in-turn', 50)} } } } }
      ${request('last', 100)}
output: { twice: "\${{ inputs.n * 2 }}" }
`;
  return {
    definition,
    telling: ['first', 'one', 'left-step', 'right-step', 'never', 'in-turn', 'last'],
    order: [
      ['first', 'one'],
      ['one', 'left-step'],
      ['one', 'right-step'],
      ['left-step', 'in-turn'],
      ['right-step', 'in-turn'],
      ['in-turn', 'last'],
    ],
  };
}

/** One request after the other and nothing else: light enough for many runs at once. */
export function writeLightJob(ledger: string, ms: number): AuditedJob {
  const ids = ['first', 'second', 'third'];
  return {
    definition: `
sluice: 1
name: audited-light
inputs: { n: { type: integer } }
stages:
  work:
    steps:
${ids.map((id) => `      ${tellByRequest(ledger, { id, ms })}`).join('\n')}
output: { twice: "\${{ inputs.n * 2 }}" }
`,
    telling: ids,
    order: [
      ['first', 'second'],
      ['second', 'third'],
    ],
  };
}
