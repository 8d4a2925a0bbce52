import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';

export const ROOT = resolve(import.meta.dirname, '../..');

/** What these tests look at; the whole shape is the Compose schema's. */
export interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly networks: Readonly<Record<string, unknown>>;
  readonly configs: Readonly<Record<string, unknown>>;
}

export interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly target: string };
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly networks: readonly string[];
  readonly configs?: readonly { readonly source: string }[];
  readonly restart: string;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

export function readComposeText(): string {
  return readFileSync(resolve(ROOT, 'docker-compose.yml'), 'utf8');
}

/** With merge keys resolved, as Compose does; variables stay as written. */
export function readComposeFile(): ComposeFile {
  return parse(readComposeText(), { merge: true }) as ComposeFile;
}

/** Values of `${NAME:-default}` and `${NAME:?message}`. Throws where a required one is missing, as Compose does. */
export function interpolate(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(
    /\$\{([A-Z_]+)(?::([-?])([^}]*))?\}/g,
    (_, name: string, kind: string, rest: string) => {
      const value = values[name];
      if (value !== undefined && value !== '') return value;
      if (kind === '-') return rest;
      throw new Error(`${name}: ${rest ?? 'not set'}`);
    },
  );
}
