import { dirname, resolve } from 'node:path';
import { eachMapping, TraceMap } from '@jridgewell/trace-mapping';

/** Where in a compiled text the code of a place of a source lies. */
export interface CompiledPlace {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

/** By path of the source; each source's places in their order. */
export type PlacesOfSources = ReadonlyMap<string, readonly CompiledPlace[]>;

/**
 * @param compiled the text, and the file by which its map names the sources
 * @param map of the text, as JSON
 * @param isWanted whether a source, by its path, is of interest
 */
export function locateSources(
  compiled: { readonly file: string; readonly text: string },
  map: string,
  isWanted: (source: string) => boolean,
): PlacesOfSources {
  const starts = startsOfLines(compiled.text);
  const places = new Map<string, CompiledPlace[]>();
  const paths = new Map<string, string | undefined>();
  eachMapping(new TraceMap(map), (mapping) => {
    if (mapping.source === null) return;
    if (!paths.has(mapping.source)) {
      const path = resolve(dirname(compiled.file), mapping.source);
      paths.set(mapping.source, isWanted(path) ? path : undefined);
    }
    const path = paths.get(mapping.source);
    if (path === undefined) return;
    const offset = starts[mapping.generatedLine - 1]! + mapping.generatedColumn;
    const place = { line: mapping.originalLine, column: mapping.originalColumn, offset };
    const known = places.get(path);
    if (known === undefined) places.set(path, [place]);
    else known.push(place);
  });
  for (const known of places.values()) known.sort((a, b) => a.line - b.line || a.column - b.column);
  return places;
}

/** The code made of what begins at a place, or after it on the same line. Absent where nothing was made of it. */
export function findPlace(
  places: readonly CompiledPlace[],
  line: number,
  column: number,
): CompiledPlace | undefined {
  let from = 0;
  let to = places.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    const place = places[middle]!;
    if (place.line < line || (place.line === line && place.column < column)) from = middle + 1;
    else to = middle;
  }
  const found = places[from];
  return found?.line === line ? found : undefined;
}

function startsOfLines(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
