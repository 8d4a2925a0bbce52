import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isOf, markExecuted, type ScriptCoverage } from './executed-code.js';
import { findPlace, locateSources, type PlacesOfSources } from './source-places.js';

/** Whether the statement that begins there in a source, lines from 1, ran in a process. */
export type RanInProcess = (source: string, line: number, column: number) => boolean;

const BUNDLE = 'workflow-bundle.js';
const INLINE_MAP = /\/\/# sourceMappingURL=data:application\/json;[^,]*base64,([A-Za-z0-9+/=]+)\s*$/;

/**
 * Reads what processes run from `dist` left in the folder that NODE_V8_COVERAGE named. A process that was killed left
 * nothing, so it is not counted.
 */
export function readProcesses(folder: string, root: string): RanInProcess {
  const executed = new Map<string, { readonly text: string; readonly executed: Uint8Array }>();
  for (const script of readScripts(folder)) {
    const file = compiledFileOf(script.url, join(root, 'dist'));
    if (file === undefined) continue;
    const known = executed.get(file) ?? openCompiled(file);
    executed.set(file, known);
    // Where failures are encrypted, a statement stands before the bundle.
    if (isOf(script, known.text)) markExecuted(script, known.executed);
  }
  const compiled = [...executed].map(([file, { text, executed }]) => ({
    executed,
    places: locateSources({ file, text }, readMap(file, text), (source) => isOwn(source, root)),
  }));
  return (source, line, column) => compiled.some((one) => ranIn(one, source, line, column));
}

function* readScripts(folder: string): Generator<ScriptCoverage> {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const report = parseReport(readFileSync(join(folder, name), 'utf8'));
    yield* report?.result ?? [];
  }
}

/** Absent where the process was killed in the midst of writing. */
function parseReport(text: string): { readonly result: readonly ScriptCoverage[] } | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Workers load the bundle of workflows as a text, under a name that Temporal makes: that of the file, and a digest. */
function compiledFileOf(url: string, dist: string): string | undefined {
  if (!url.startsWith('file://')) return undefined;
  const file = fileURLToPath(url);
  if (/\/workflow-bundle-[0-9a-f]+\.js$/.test(file)) return join(dist, BUNDLE);
  return file.startsWith(dist + sep) && existsSync(file) ? file : undefined;
}

function openCompiled(file: string) {
  const text = readFileSync(file, 'utf8');
  return { text, executed: new Uint8Array(text.length) };
}

function readMap(file: string, text: string): string {
  const inline = INLINE_MAP.exec(text.slice(text.lastIndexOf('\n//# sourceMappingURL=')));
  if (inline !== null) return Buffer.from(inline[1]!, 'base64').toString('utf8');
  return readFileSync(`${file}.map`, 'utf8');
}

function isOwn(source: string, root: string): boolean {
  return dirname(source).startsWith(root + sep) && !source.includes(`${sep}node_modules${sep}`);
}

function ranIn(
  { executed, places }: { readonly executed: Uint8Array; readonly places: PlacesOfSources },
  source: string,
  line: number,
  column: number,
): boolean {
  const place = findPlace(places.get(source) ?? [], line, column);
  return place !== undefined && executed[place.offset] === 1;
}
