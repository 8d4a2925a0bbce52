import { isJsonObject, type Json, type JsonObject } from '#domain/json.js';
import { matchesLine, toPattern } from '../normalize.js';

/** Stands for more members, more items, or any text. */
const MORE = '…';

/** Numbers under these keys are as they happen to be. */
const MEASURED =
  /(Ms|Seconds|[bB]ytes|Size|uptime|latency)$|^(p50|p95|mean|median|min|max|cursor|rows|size|perDay|remaining|sequence)$/;

/** Strings under these keys are nobody's business, or say nothing to a reader. */
const OPAQUE = /^(next|key|token|ticket|secret|hash|headHash|previousHash)$/;

const KINDS = {
  moment: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
  digest: /^(sha256:)?[0-9a-f]{64}$/,
  trace: /^[0-9a-f]{32}$/,
} as const;
/** Of an API key. */
const KEY_ID = /^[0-9a-z]{16}$/;
const ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/**
 * What a page is to show of an answer, given what it shows by now. Where nothing differs but ids, moments and what was
 * measured, that is what it shows; ids must stay the same ones throughout the page.
 */
export class Refresher {
  /** Ids of the page by those that were answered. */
  private readonly ids = new Map<string, string>();

  json(shown: Json | undefined, actual: Json, key = ''): Json {
    if (typeof actual === 'string') return this.string(shown, actual, key);
    if (typeof actual === 'number' && typeof shown === 'number' && MEASURED.test(key)) return shown;
    if (isJsonObject(actual)) return this.members(shown, actual);
    if (typeof actual === 'object' && actual !== null) return this.items(shown, actual, key);
    return actual;
  }

  /** Lines; one that is `…` stands for any. */
  text(shown: string | undefined, actual: string): string {
    if (shown !== undefined && matchesLines(shown.split('\n'), actual.trimEnd().split('\n'))) return shown;
    const lines = actual.trimEnd().split('\n');
    const cut = lines.slice(0, 8).map((line) => (line.length > 110 ? `${line.slice(0, 100)}${MORE}` : line));
    return this.rename([...cut, ...(lines.length > 8 ? [MORE] : [])].join('\n'));
  }

  string(shown: Json | undefined, actual: string, key = ''): string {
    if (typeof shown === 'string' && shown.includes(MORE) && toPattern(shown).test(actual)) return shown;
    if (OPAQUE.test(key) && actual.length > 20 && !KINDS.moment.test(actual))
      return actual.startsWith('sluice_') ? `sluice_${MORE}` : MORE;
    if (typeof shown === 'string') {
      const kinds = [...Object.values(KINDS), ...(key === 'id' ? [KEY_ID] : [])];
      if (kinds.some((kind) => kind.test(shown) && kind.test(actual))) return shown;
      this.learn(shown, actual);
    }
    return this.rename(actual);
  }

  /** With the ids that the page shows. */
  private rename(text: string): string {
    return text.replace(ID, (id) => this.ids.get(id) ?? id);
  }

  /** Which id of the page is which, where neither is known yet. */
  private learn(shown: string, actual: string): void {
    const written = shown.match(ID) ?? [];
    for (const [index, id] of (actual.match(ID) ?? []).entries()) {
      const known = written[index];
      if (known === undefined || this.ids.has(id) || [...this.ids.values()].includes(known)) continue;
      this.ids.set(id, known);
    }
  }

  private items(shown: Json | undefined, actual: readonly Json[], key: string): Json[] {
    const before: readonly Json[] = Array.isArray(shown) ? shown : [];
    const short = before.at(-1) === MORE && before.length <= actual.length;
    const wanted = short ? actual.slice(0, before.length - 1) : actual;
    const items = wanted.map((item, index) => this.json(before[index], item, key));
    return short ? [...items, MORE] : items;
  }

  private members(shown: Json | undefined, actual: JsonObject): JsonObject {
    const before = isJsonObject(shown) ? shown : {};
    const short = Object.hasOwn(before, MORE);
    const names = Object.keys(actual).filter((name) => !short || Object.hasOwn(before, name));
    const members = names.map((name) => [name, this.json(before[name], actual[name]!, name)] as const);
    const left = short && names.length < Object.keys(actual).length;
    return Object.fromEntries([...members, ...(left ? [[MORE, MORE] as const] : [])]);
  }
}

function matchesLines(shown: readonly string[], actual: readonly string[]): boolean {
  // How many lines of what was answered the lines so far may stand for.
  let reached = new Set([0]);
  for (const line of shown) {
    const next = new Set<number>();
    if (line === MORE) for (let at = Math.min(...reached); at <= actual.length; at++) next.add(at);
    else {
      for (const at of reached) {
        if (at < actual.length && matchesLine(line, actual[at]!)) next.add(at + 1);
      }
    }
    reached = next;
  }
  return reached.has(actual.length);
}
