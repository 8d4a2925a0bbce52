import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestPlatform } from '../platform.js';
import { checkClaim } from './open-workflow/check-claim.js';
import { readFeature } from './open-workflow/feature.js';
import { PublishedServices } from './open-workflow/published-services.js';

const KIT = join(process.env['SLUICE_TEST_DATA'] ?? '../shared/data', 'open-workflow-spec/ctk/features');

const scenarios = existsSync(KIT)
  ? readdirSync(KIT)
      .filter((name) => name.endsWith('.feature'))
      .flatMap((name) => readFeature(readFileSync(join(KIT, name), 'utf8')))
  : [];

const describeKit = scenarios.length > 0 ? describe : describe.skip;

describeKit('the conformance kit of the Open Workflow Specification, on the interpreter', () => {
  let platform: TestPlatform;
  let services: PublishedServices;

  beforeAll(async () => {
    services = await PublishedServices.open();
    platform = await TestPlatform.start({ worker: { SLUICE_HTTP_ALLOW: '127.0.0.1' } });
  });

  afterAll(async () => {
    await platform?.close();
    await services?.close();
  });

  it('is whole', () => {
    expect(scenarios.length).toBeGreaterThanOrEqual(21);
  });

  for (const { feature, name, definition, input, claims } of scenarios) {
    it(`${feature}: ${name}`, async () => {
      const saved = await platform.save(services.rewrite(definition));
      const run = await platform.waitForEnd((await platform.execute(saved.name, input)).id);
      const steps = await platform.steps(run.id);
      const order = await platform.database.dataSource.query<{ key: string }[]>(
        `SELECT key FROM run_steps WHERE run_id = $1 AND status <> 'skipped' ORDER BY sequence, change`,
        [run.id],
      );
      for (const claim of claims) checkClaim(claim, { run, steps, order: order.map(({ key }) => key) });
    });
  }
});
