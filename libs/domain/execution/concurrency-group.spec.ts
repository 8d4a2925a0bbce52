import { describe, expect, it } from '@jest/globals';
import { parseTemplate } from '../expressions/template.js';
import type { Json } from '../json.js';
import { evaluateGroup } from './concurrency-group.js';

const RUN = {
  workflow: 'release',
  version: 2,
  trigger: 'api',
  startedBy: 'ada',
  startedAt: '2026-01-01T00:00:00Z',
};

const evaluate = (text: Json, service: Json = 'shop') =>
  evaluateGroup(parseTemplate(text).template, { service }, RUN);

describe('evaluateGroup', () => {
  it.each([
    ['production', 'production'],
    ['release-${{ inputs.service }}', 'release-shop'],
    ['${{ run.workflow }}@${{ run.version }} by ${{ run.startedBy }}', 'release@2 by ada'],
    ['${{ inputs.service }}', 'shop'],
  ])('%s', (text, name) => {
    expect(evaluate(text)).toEqual({ ok: true, name });
  });

  it.each<[string, Json, Json, RegExp]>([
    ['an input that is not there', '${{ inputs.team }}', 'shop', /could not be evaluated/],
    ['steps, of which there are none yet', '${{ steps.a.output }}', 'shop', /could not be evaluated/],
    ['a number', '${{ inputs.service }}', 7, /is no text/],
    ['null', '${{ inputs.service }}', null, /is no text/],
    ['nothing', 'x${{ inputs.service }}'.slice(1), '', /is empty/],
    ['a long text', '${{ inputs.service }}', 'x'.repeat(201), /longer than 200/],
    ['a NUL', 'a${{ inputs.service }}', '\0', /control characters/],
  ])('refuses %s', (_, text, service, message) => {
    expect(evaluate(text, service)).toEqual({ ok: false, message: expect.stringMatching(message) });
  });
});
