import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ContractServer, startContractServer } from '../testing/contract-server.js';
import { runCommand } from '../testing/run-command.js';
import { aLog, anEndedRun, aRun, RUN_ID } from '../testing/views.js';

let server: ContractServer;

beforeEach(async () => {
  server = await startContractServer({
    runs: [anEndedRun()],
    logs: [
      aLog(1, 'one'),
      aLog(2, 'two', { step: 'unit' }),
      aLog(3, 'three'),
      aLog(4, 'four'),
      aLog(5, 'five\u001b[2J'),
    ],
  });
});

afterEach(() => server.close());

function logs(...argv: string[]) {
  return runCommand({ argv: ['logs', RUN_ID, ...argv], env: { SLUICE_URL: `${server.url}/` } });
}

describe('sluice logs', () => {
  it('prints all pages', async () => {
    expect((await logs()).out).toBe(
      [
        '12:00:00.250 greet | one',
        '12:00:00.250 unit | two',
        '12:00:00.250 greet | three',
        '12:00:00.250 greet | four',
        '12:00:00.250 greet | five␛[2J',
        '',
      ].join('\n'),
    );
  });

  it('prints one step only', async () => {
    expect((await logs('--step', 'unit')).out).toBe('12:00:00.250 | two\n');
  });

  it('prints a JSON object per line with --json', async () => {
    const lines = (await logs('--json')).out.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(server.script.logs);
    expect(lines.join('')).not.toContain('\u001b');
  });

  it('follows to the end, over a lost connection, without saying anything twice', async () => {
    server.script.runs = [aRun()];
    server.script.breaks = { [`GET /runs/${RUN_ID}/logs`]: 2 };
    const following = logs('--follow');
    const seen = () => server.received.filter(({ route }) => route.endsWith('/logs')).length;
    await until(() => seen() > 6);
    server.script.logs.push(aLog(6, 'six'));
    server.script.runs = [anEndedRun()];
    const { code, out } = await following;
    expect(code).toBe(0);
    expect(out.split('\n').map((line) => line.split('| ')[1])).toEqual([
      'one',
      'two',
      'three',
      'four',
      'five␛[2J',
      'six',
      undefined,
    ]);
  });

  it('says so when there is no such run', async () => {
    server.script.runs = [];
    expect(await logs('--follow')).toMatchObject({ code: 4, out: '' });
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await new Promise((resume) => setTimeout(resume, 1));
  }
}
