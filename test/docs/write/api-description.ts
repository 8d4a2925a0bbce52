import 'reflect-metadata';
import { pino } from 'pino';
import { createDataSource } from '#persistence/data-source.js';
import { readConfiguration } from '../../../apps/api/configuration.js';
import { createApi } from '../../../apps/api/create-api.js';
import { addExamples } from '../../../apps/api/description/add-examples.js';
import { Description } from '../../../apps/api/description/description.js';
import { FakeGateway } from '../../integration/api/fake-gateway.js';
import { collectExamples } from './examples.js';

/** The description of an API that neither listens nor reaches anything. */
export async function renderDescription(): Promise<string> {
  const url = 'postgres://nobody@127.0.0.1:1/nothing';
  const app = await createApi({
    configuration: readConfiguration({ DATABASE_URL: url }),
    dataSource: createDataSource(url, { poolSize: 1 }),
    gateway: new FakeGateway(),
    logger: pino({ level: 'silent' }),
  });
  const description = JSON.parse(app.get(Description).text);
  // Those that the program holds may be older.
  addExamples(description, collectExamples());
  return `${JSON.stringify(description, undefined, 2)}\n`;
}
