import { describe, expect, it } from '@jest/globals';
import { aLog, anEndedRun, aRun, aRunningStep, aStep, aWaitingApproval } from '../testing/views.js';
import { styleOf } from '../view/style.js';
import { renderBar, renderFrame } from './frame.js';
import { RunPicture } from './run-picture.js';

const plain = styleOf({ colours: false });
const setting = { now: Date.parse('2026-11-21T12:00:05.000Z'), tick: 0, columns: 80, rows: 24 };

describe('renderFrame', () => {
  it('draws the bar and the tree, with the last log line of what runs', () => {
    const picture = new RunPicture(aRun({ progress: { settled: 1, total: 2 } }), [
      aStep({ key: 'a' }),
      aRunningStep({ key: 'b' }),
    ]);
    picture.apply({ type: 'log', log: aLog(1, 'half\u001b[2J', { step: 'b' }) });
    expect(renderFrame(picture, setting, plain).slice(1)).toEqual([
      `${'━'.repeat(15)}${'─'.repeat(15)} 1/2 · running · 5.0s`,
      '  ✓ a · log/write · 1.0s',
      '  ⠋ b · log/write · 5.0s · half␛[2J',
    ]);
  });

  it.each([
    [80, 24],
    [40, 10],
    [20, 6],
  ])('fits into %d × %d, and keeps what runs and fails', (columns, rows) => {
    const steps = Array.from({ length: 200 }, (_, index) => aStep({ key: `step-with-a-long-name-${index}` }));
    steps[150] = aRunningStep({ key: 'alive' });
    steps[170] = aStep({ key: 'dead', status: 'failed' });
    const lines = renderFrame(
      new RunPicture(aRun({ workflow: 'w'.repeat(300) }), steps),
      { ...setting, columns, rows },
      plain,
    );
    expect(lines.length).toBeLessThan(rows);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(columns);
    expect(lines.join('\n')).toMatch(/alive[\s\S]*dead[\s\S]*more/);
  });

  it('says why it is queued, and what a step waits for', () => {
    const run = aRun({ status: 'queued', waitingFor: { group: 'g' } });
    const lines = renderFrame(new RunPicture(run, [aWaitingApproval()]), { ...setting, columns: 120 }, plain);
    expect(lines[1]).toContain(' 0/2 · queued, waits for its turn in the group g · 5.0s');
    expect(lines[2]).toBe('  ◇ sign-off · 5.0s · waits for approval by approver, user:bob (0 of 2)');
  });

  it('bears a run without steps', () => {
    const picture = new RunPicture(anEndedRun({ progress: { settled: 0, total: 0 } }), []);
    expect(renderFrame(picture, setting, plain)).toHaveLength(2);
  });
});

describe('renderBar', () => {
  it.each([
    [0, 4, '────'],
    [1, 4, '━───'],
    [4, 4, '━━━━'],
    [9, 4, '━━━━'],
    [0, 0, '────'],
  ])('draws %d of %d as %s', (settled, total, expected) => {
    expect(renderBar(settled, total, 4, plain)).toBe(expected);
  });
});
