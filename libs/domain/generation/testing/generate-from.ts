import { isMap, isScalar, parseDocument, parse as parseYaml } from 'yaml';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import type { Json } from '../../json.js';
import type { Change } from '../facts.js';
import { type Generation, generate, wantsText } from '../generate.js';

export interface Facts {
  readonly files: Readonly<Record<string, string>>;
  readonly name?: string;
  readonly folder?: string;
  /** Paths, each with one line more. */
  readonly changed?: readonly string[];
}

interface Step {
  readonly uses?: string;
  readonly needs?: readonly string[];
  readonly if?: string;
  readonly with?: Readonly<Record<string, Json>>;
  readonly set?: Readonly<Record<string, Json>>;
  readonly approval?: Json;
}

interface Tree {
  readonly sluice: number;
  readonly inputs: Readonly<Record<string, { readonly default?: Json }>>;
  readonly stages: Readonly<
    Record<
      string,
      {
        readonly needs?: readonly string[];
        readonly if?: string;
        readonly steps: Readonly<Record<string, Step>>;
      }
    >
  >;
}

export interface Generated extends Generation {
  readonly tree: Tree;
  /** Of all keys. */
  readonly paths: readonly string[];
}

/** What is generated for files, as a scanner would tell of them; valid, or else it throws. */
export function generateFrom({ files, name = 'shop', folder = '', changed }: Facts): Generated {
  const change: Change | undefined = changed && {
    base: 'main',
    head: 'HEAD',
    files: changed.map((path) => ({ path, added: 1, removed: 0 })),
  };
  const generation = generate(
    {
      name,
      folder,
      address: '/srv/shop',
      files: Object.keys(files),
      texts: new Map(Object.entries(files).filter(([path]) => wantsText(path))),
      notes: [],
      ...(change === undefined ? {} : { change }),
    },
    ACTIONS,
  );
  const paths: string[] = [];
  listPaths(parseDocument(generation.definition).contents, '', paths);
  return { ...generation, tree: parseYaml(generation.definition) as Tree, paths };
}

/** Lines of the definition, that is keys of its maps in the block style. */
function listPaths(node: unknown, path: string, paths: string[]): void {
  if (!isMap(node) || node.flow) return;
  for (const { key, value } of node.items) {
    const here = `${path === '' ? '' : `${path}.`}${isScalar(key) ? String(key.value) : ''}`;
    if (!isMap(value) || value.flow) paths.push(here);
    listPaths(value, here, paths);
  }
}
