import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import type { DataSource } from 'typeorm';
import { compressingCodec } from '#temporal/payload-codec.js';
import type { TestPlatform } from './platform.js';

/** All that a platform stores, prints and answers, as text: for tests of what must be nowhere in it. */

interface Namespace {
  readonly address: string;
  readonly namespace: string;
}

/** Every event of every execution of a namespace, and what is shown of each in lists; payloads decompressed. */
export async function readHistories(of: Namespace): Promise<string> {
  const texts: string[] = [];
  for await (const part of listHistories(of)) texts.push(await toText(part));
  return texts.join('\n');
}

/** The same as Temporal hands it out: payloads as they were encoded. */
export async function readRawHistories(of: Namespace): Promise<string> {
  const texts: string[] = [];
  for await (const part of listHistories(of)) texts.push(toRawText(part));
  return texts.join('\n');
}

/** Pages of the lists of executions, and of events. */
async function* listHistories({ address, namespace }: Namespace): AsyncIterable<unknown> {
  const connection = await Connection.connect({ address });
  try {
    const { workflowService } = connection;
    const lists = pages((next) =>
      workflowService.listWorkflowExecutions({ namespace, pageSize: 1_000, ...next }),
    );
    for await (const { executions } of lists) {
      yield executions;
      for (const { execution } of executions ?? []) {
        const histories = pages((next) =>
          workflowService.getWorkflowExecutionHistory({ namespace, execution: execution!, ...next }),
        );
        for await (const { history } of histories) yield history?.events;
      }
    }
  } finally {
    await connection.close();
  }
}

async function* pages<T extends { readonly nextPageToken?: Uint8Array | null }>(
  ask: (next: { nextPageToken?: Uint8Array }) => Promise<T>,
): AsyncIterable<T> {
  for (let next: { nextPageToken?: Uint8Array } = {}; ; ) {
    const page = await ask(next);
    yield page;
    if (!page.nextPageToken?.length) return;
    next = { nextPageToken: page.nextPageToken };
  }
}

/** Every row of every table, bytes as the text that they are. */
export async function readTables(dataSource: DataSource): Promise<string> {
  const tables: { name: string }[] = await dataSource.query(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  );
  const texts: string[] = [];
  for (const { name } of tables)
    texts.push(name, await toText(await dataSource.query(`SELECT * FROM ${name}`)));
  return texts.join('\n');
}

/** Answers of every GET of the API that `parameters` (`runs.id` for what stands behind `runs/`) can fill in. */
export async function readAnswers(
  { url, authorization: headers }: Pick<TestPlatform, 'url' | 'authorization'>,
  parameters: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, string>> {
  const document = await fetch(`${url}/docs-json`, { headers });
  const description = (await document.json()) as { paths: Record<string, object> };
  const answers = new Map<string, string>();
  for (const [path, methods] of Object.entries(description.paths)) {
    if (!('get' in methods)) continue;
    const filled = path.replace(/([a-z-]+)\/\{(\w+)\}/g, (whole, resource: string, name: string) => {
      const value = parameters[`${resource}.${name}`];
      return value === undefined ? whole : `${resource}/${encodeURIComponent(value)}`;
    });
    if (filled.includes('{')) continue;
    const response = await fetch(`${url}${filled}`, { headers, signal: AbortSignal.timeout(60_000) });
    answers.set(filled, `${JSON.stringify([...response.headers])}\n${await response.text()}`);
  }
  return answers;
}

/** Names and contents of all files below a folder. */
export async function readFiles(folder: string, except: readonly string[] = []): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !except.some((name) => path.startsWith(join(folder, name))));
  const texts = await Promise.all(paths.map(async (path) => `${path}\n${await readFile(path, 'latin1')}`));
  return texts.join('\n');
}

/** Of a value that may hold bytes and Temporal's payloads at any depth. */
async function toText(value: unknown): Promise<string> {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'object' || value === null) return String(value);
  if (isPayload(value)) {
    const [decoded] = await compressingCodec.decode([value]);
    return Buffer.from(decoded?.data ?? []).toString('utf8');
  }
  const members = Object.entries(value).filter(([, member]) => typeof member !== 'function');
  const texts = await Promise.all(members.map(async ([name, member]) => `${name}: ${await toText(member)}`));
  return texts.join('\n');
}

function toRawText(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.values(value).map(toRawText).join('\n');
}

function isPayload(value: object): value is Payload {
  return 'metadata' in value && 'data' in value && value.data instanceof Uint8Array;
}
