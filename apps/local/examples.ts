import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '#contracts/rest/problem.js';

export interface LoadedExamples {
  readonly loaded: number;
  /** A line for each file that the API refused. */
  readonly refused: readonly string[];
}

const DEFINITION = /(?<!\.test)\.yaml$/;

interface ApiAccess {
  /** Its URL, without path. */
  readonly api: string;
  readonly key: string | undefined;
}

/** Stores every definition of the folder; the API keeps one that it has already as it is. */
export async function loadExamples(folder: string, access: ApiAccess): Promise<LoadedExamples> {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => DEFINITION.test(name)) : [];
  const refused: string[] = [];
  for (const name of names.sort()) {
    const refusal = await store(readFileSync(join(folder, name)), access);
    if (refusal !== undefined) refused.push(`${name}: ${refusal}`);
  }
  return { loaded: names.length - refused.length, refused };
}

/** Why the API did not take it; undefined when it did. */
async function store(
  definition: Uint8Array<ArrayBuffer>,
  { api, key }: ApiAccess,
): Promise<string | undefined> {
  try {
    const response = await fetch(`${api}/api/v1/workflows`, {
      method: 'POST',
      headers: {
        'content-type': 'application/yaml',
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
      },
      body: definition,
    });
    if (response.ok) return undefined;
    const problem = (await response.json().catch(() => undefined)) as Problem | undefined;
    return problem?.detail ?? `HTTP status ${response.status}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
