import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '#domain/json.js';
import { TestPlatform } from '../platform.js';

const SECRET = 'canary-of-the-metrics';

/** Reports of an earlier step, numbers of a service, a score: what a gate before a deployment judges by. */
const createDefinition = (service: string) => `
sluice: 1
name: judge
inputs:
  covered: { type: integer, default: 9 }
  failing: { type: boolean, default: false }
  path: { type: string, default: /fine }
  risk: { type: number, default: 10 }
stages:
  build:
    steps:
      test:
        uses: command/run
        with:
          run:
            - sh
            - -c
            - |
              { echo "SF:$PWD/src/a.js"
                for line in 1 2 3 4 5 6 7 8 9 10; do echo "DA:$line,$((line <= COVERED))"; done
                echo end_of_record; } > lcov.info
              if [ "$FAILING" = true ]; then failure='<failure message="no"/>'; fi
              echo "<testsuite><testcase name='a'/><testcase name='b'>$failure</testcase></testsuite>" > junit.xml
              echo '{ "version": "2.1.0", "runs": [{ "tool": { "driver": { "name": "scan" } }, "results": [{ "level": "note" }] }] }' > scan.sarif
          environment: { COVERED: "\${{ string(inputs.covered) }}", FAILING: "\${{ string(inputs.failing) }}" }
      reports:
        uses: report/metrics
        with: { files: { coverage: lcov.info, tests: "*.xml", scan: scan.sarif } }
  judge:
    steps:
      gate:
        uses: gate/evaluate
        with:
          gate:
            gate: 1
            name: pre-deploy
            type: pre-deploy
            metrics:
              errors:
                from: http
                url: "${service}\${{ inputs.path }}"
                auth: { secret: env:SLUICE_SECRET_METRICS, scheme: bearer }
                value: /errors
                timeout: 1s
            criteria:
              - { metric: coverage.lines.percent, pass: ">= 80" }
              - { metric: tests.failures, pass: "<= 0", key: true }
              - { metric: errors, pass: "< 0.1" }
              - { name: nothing-grave, policy: 'metrics["scan.errors"] == 0 && risk.level != "high"' }
          metrics: "\${{ steps.reports.output.metrics }}"
          risk: "\${{ inputs.risk }}"
      deploy:
        set: { done: "\${{ steps.gate.output.outcome }}" }
output:
  outcome: "\${{ steps.gate.output.outcome }}"
  score: "\${{ steps.gate.output.score }}"
  lines: '\${{ steps.reports.output.metrics["coverage.lines.percent"] }}'
`;

describe('a gate in a run', () => {
  let service: Server;
  let platform: TestPlatform;
  let workflow: string;

  beforeAll(async () => {
    service = createServer((request, response) => {
      const isKnown = request.headers.authorization === `Bearer ${SECRET}`;
      // What is slow never answers.
      if (request.url === '/fine') response.writeHead(isKnown ? 200 : 401).end('{"errors":0.01}');
    });
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
    platform = await TestPlatform.start({
      worker: { SLUICE_HTTP_ALLOW: '127.0.0.1', SLUICE_SECRET_METRICS: SECRET },
    });
    const { port } = service.address() as AddressInfo;
    workflow = (await platform.save(createDefinition(`http://127.0.0.1:${port}`))).id;
  });
  afterAll(async () => {
    await platform?.close();
    service?.closeAllConnections();
    service?.close();
  });

  async function run(inputs: JsonObject) {
    const { id } = await platform.execute(workflow, inputs);
    const end = await platform.waitForEnd(id);
    const steps = await platform.steps(id);
    const gate = steps.find(({ key }) => key === 'gate');
    const logs = (await platform.logs(id)).filter(({ step }) => step === 'gate').map(({ text }) => text);
    expect(JSON.stringify([end, steps, logs])).not.toContain(SECRET);
    return { end, gate, logs, deploy: steps.find(({ key }) => key === 'deploy')?.status };
  }

  it('passes by reports of its steps and by what a service measures', async () => {
    const { end, gate, logs } = await run({});
    expect(end).toMatchObject({ status: 'succeeded', output: { outcome: 'pass', score: 100, lines: 90 } });
    expect(gate?.output).toMatchObject({
      gate: 'pre-deploy',
      type: 'pre-deploy',
      risk: 10,
      criteria: [
        { name: 'coverage.lines.percent', outcome: 'pass', value: 90 },
        { name: 'tests.failures', outcome: 'pass', value: 0 },
        { name: 'errors', outcome: 'pass', value: 0.01 },
        { name: 'nothing-grave', outcome: 'pass' },
      ],
    });
    expect(logs).toHaveLength(5);
  });

  it.each<[JsonObject, string, readonly string[]]>([
    [{ failing: true, covered: 5 }, 'gate-failed', ['coverage.lines.percent', 'tests.failures']],
    [{ risk: 95, failing: true }, 'gate-failed', ['tests.failures', 'nothing-grave']],
    [{ path: '/slow' }, 'gate-inconclusive', ['errors']],
  ])('stops the run by %j: %s', async (inputs, code, named) => {
    const { end, gate, deploy } = await run(inputs);
    expect([end.status, gate?.status, gate?.error?.code, deploy]).toEqual([
      'failed',
      'failed',
      code,
      'skipped',
    ]);
    for (const name of named) expect(gate?.error?.message).toContain(`${name}:`);
  });
});
