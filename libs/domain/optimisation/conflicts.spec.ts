import { expect, it } from '@jest/globals';
import { ACTIONS } from '../../contracts/catalogue/catalogue.js';
import { readWorkflow } from '../front-ends/read-workflow.js';
import { conflict, describeNode } from './conflicts.js';

/** Whether the order of two steps means something. */
function conflicts(first: string, then: string): boolean {
  const inputs = 'inputs: { method: { type: string, default: GET } }';
  const steps = `steps: { first: { ${first} }, then: { ${then} } }`;
  const text = `sluice: 1\nname: x\n${inputs}\nstages: { main: { ${steps} } }\n`;
  const { workflow, findings } = readWorkflow(text, ACTIONS);
  expect(findings).toEqual([]);
  const plan = workflow!.compile();
  const natureOf = (id: string) => describeNode(plan, plan.nodes.find((node) => node.id === id)!);
  return conflict(natureOf('first'), natureOf('then'), false);
}

const request = (rest: string) => `uses: http/request, with: { url: "https://example.com"${rest} }`;

it.each([
  ['a request that only reads', request(''), false],
  ['one that says so', request(', method: GET'), false],
  ['one for the head', request(', method: HEAD, headers: { a: "${{ inputs.method }}" }'), false],
  [
    'one that only reads, with something computed',
    request(', headers: { a: "${{ inputs.method }}" }'),
    false,
  ],
  ['one that changes something', request(', method: DELETE'), true],
  ['one that changes something computed', request(', method: PUT, body: "${{ inputs.method }}"'), true],
  ['one whose method is not known yet', request(', method: "${{ inputs.method }}"'), true],
  ['what reads the other', 'set: { a: "${{ steps.first.output }}" }', true],
  ['a message', 'uses: log/write, with: { message: a }', false],
])('%s beside another request', (_, then, expected) => {
  expect(conflicts(request(''), then)).toBe(expected);
});
