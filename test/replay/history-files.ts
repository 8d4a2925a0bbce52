import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import proto, { type temporal } from '@temporalio/proto';
import { findProjectRoot } from '../../libs/host/project-root.js';
import type { Letter } from './letter.js';

const { History } = proto.temporal.api.history.v1;

export type History = temporal.api.history.v1.IHistory;
export type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** A file is `<version that recorded it>.<name>.binpb.gz`: a temporal.api.history.v1.History, compressed. */
const FOLDER = join(findProjectRoot(), 'test/replay/histories');
const SUFFIX = '.binpb.gz';
/** What each history's code commands and tells, in short. */
const LETTERS = join(FOLDER, 'letters.json');

export interface NamedHistory {
  /** `<version>.<name>` */
  readonly name: string;
  readonly history: History;
}

/** In the order of their names. */
export function readHistories(): NamedHistory[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(SUFFIX))
    .sort()
    .map((file) => ({
      name: file.slice(0, -SUFFIX.length),
      history: History.decode(gunzipSync(readFileSync(join(FOLDER, file)))),
    }));
}

export function encodeHistory(history: History): Buffer {
  return gzipSync(History.encode(history).finish(), { level: 9 });
}

/** Puts these in the place of all that the version had. */
export function replaceHistories(version: string, histories: readonly NamedHistory[]): void {
  for (const file of readdirSync(FOLDER)) {
    if (file.startsWith(`${version}.`) && file.endsWith(SUFFIX)) rmSync(join(FOLDER, file));
  }
  for (const { name, history } of histories)
    writeFileSync(join(FOLDER, `${name}${SUFFIX}`), encodeHistory(history));
}

export function readLetters(): Readonly<Record<string, Letter>> {
  return JSON.parse(readFileSync(LETTERS, 'utf8')) as Record<string, Letter>;
}

export function writeLetters(letters: ReadonlyMap<string, Letter>): void {
  const lines = [...letters].map(([name, letter]) => `  ${JSON.stringify(name)}: ${JSON.stringify(letter)}`);
  writeFileSync(LETTERS, `{\n${lines.join(',\n')}\n}\n`);
}
