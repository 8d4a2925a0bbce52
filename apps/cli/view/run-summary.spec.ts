import { describe, expect, it } from '@jest/globals';
import { aLog, anApproval, anAttempt, anEndedRun, aRun, aStep, RUN_ID } from '../testing/views.js';
import { renderRunEnd, renderRunLine } from './run-summary.js';
import { styleOf } from './style.js';

const plain = styleOf({ colours: false });
const NOW = Date.parse('2026-11-21T12:00:05.000Z');
const none = { steps: [], tail: () => [], now: NOW };

describe('renderRunLine', () => {
  it.each([
    [anEndedRun(), `✓ hello v1 succeeded in 1.5s (run ${RUN_ID})`],
    [aRun({ status: 'paused' }), `‖ hello v1 paused for 5.0s (run ${RUN_ID})`],
    [aRun({ status: 'rolling-back' }), `◂ hello v1 rolling-back for 5.0s (run ${RUN_ID})`],
    [anEndedRun({ status: 'rejected' }), `⊘ hello v1 rejected in 1.5s (run ${RUN_ID})`],
    [aRun({ status: 'new' as never }), `? hello v1 new for 5.0s (run ${RUN_ID})`],
    [aRun(), `▸ hello v1 running for 5.0s (run ${RUN_ID})`],
  ])('says status and time', (run, expected) => {
    expect(renderRunLine(run, NOW, plain)).toBe(expected);
  });
});

describe('renderRunEnd', () => {
  it('tells what the log of the failed step tells', () => {
    const error = {
      class: 'unknown',
      code: 'command-failed',
      message: 'npm ended with exit code 1.',
      diagnosis: {
        class: 'transient',
        category: 'connection_refused',
        line: 7,
        text: 'connect \u001bECONNREFUSED',
        confidence: 0.8,
        remediation: 'Start it first.',
        strategy: { kind: 'stop' },
      },
    } as const;
    const lines = renderRunEnd({ ...none, run: anEndedRun({ status: 'failed', error }) }, plain);
    expect(lines.slice(-4)).toEqual([
      '  cause: transient (connection_refused), line 7 of its log:',
      expect.stringMatching(/^ {2}\| connect \S{0,3}ECONNREFUSED$/),
      '  do: Start it first.',
      '  strategy: stop: another attempt ends the same way',
    ]);
  });

  it('prints the output as JSON', () => {
    const lines = renderRunEnd({ ...none, run: anEndedRun({ output: { passed: 3 } }) }, plain);
    expect(lines.slice(1)).toEqual(['output:', '  {', '    "passed": 3', '  }']);
  });

  it('names the failed step, its error with the cure, and the end of its log', () => {
    const error = {
      class: 'test',
      code: 'exit-code',
      message: 'It ended with 1.',
      hint: 'Read the log.',
    } as const;
    const run = anEndedRun({ status: 'failed', error: { ...error, step: 'unit' } });
    const steps = [
      aStep({ key: 'build', depth: 0, status: 'failed' }),
      aStep({ key: 'other', depth: 3, status: 'failed' }),
      aStep({ key: 'unit', status: 'failed', error, attempts: [anAttempt(), anAttempt({ attempt: 2 })] }),
    ];
    const tail = (key: string) => (key === 'unit' ? [aLog(1, '1 test failed\u001b[2J')] : []);
    expect(renderRunEnd({ run, steps, tail, now: NOW }, plain).slice(1)).toEqual([
      'failed step: unit (after 2 attempts)',
      '  exit-code It ended with 1.',
      '  hint: Read the log.',
      'last lines of its log:',
      '  | 1 test failed␛[2J',
    ]);
  });

  it('says who rejected it, and where nobody decided in time', () => {
    const votes = [{ by: 'bob', decision: 'rejected', at: 0, reason: 'not\u001b[2J today' } as const];
    const steps = [
      aStep({ key: 'given', approval: anApproval(), output: { decision: 'approved' } }),
      aStep({ key: 'sign-off', approval: anApproval({ votes }) }),
      aStep({ key: 'final', approval: anApproval(), output: { decision: 'expired' } }),
    ];
    expect(renderRunEnd({ ...none, run: anEndedRun({ status: 'rejected' }), steps }, plain).slice(1)).toEqual(
      ['  rejected by bob at sign-off: not␛[2J today', '  nobody decided in time at final'],
    );
  });

  it('finds the innermost failed step where the error names none', () => {
    const steps = [
      aStep({ key: 'outer', depth: 0, status: 'failed' }),
      aStep({ key: 'inner[3]', depth: 2, status: 'failed' }),
    ];
    expect(renderRunEnd({ ...none, run: anEndedRun({ status: 'failed' }), steps }, plain)).toContain(
      'failed step: inner[3]',
    );
  });

  it('shows the way to its history, and nothing else of that line', () => {
    const run = anEndedRun({
      temporalUrl: 'http://127.0.0.1:8233/namespaces/default/workflows/run-1\u001b[2J',
    });
    expect(renderRunEnd({ ...none, run }, plain).at(-1)).toBe(
      'history: http://127.0.0.1:8233/namespaces/default/workflows/run-1␛[2J',
    );
  });

  it('says what is in its way, in words that cannot move the cursor', () => {
    const trouble = { code: 'task-failing', message: 'no key\u001b[2J', hint: 'Look.', since: '' } as const;
    expect(renderRunEnd({ ...none, run: aRun({ trouble }) }, plain).slice(1)).toEqual([
      '  task-failing: no key␛[2J',
      '  hint: Look.',
    ]);
  });

  it('says who canceled, and why', () => {
    const run = anEndedRun({ status: 'canceled', cancel: { by: 'ann', reason: 'wrong ref', at: '' } });
    expect(renderRunEnd({ ...none, run }, plain)).toContain('  canceled by ann: wrong ref');
  });
});
