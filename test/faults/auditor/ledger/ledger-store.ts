import { DatabaseSync } from 'node:sqlite';
import type { Acceptance, EffectEntry, LedgerEntries } from './entries.js';

const TABLES = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS acceptances (key TEXT NOT NULL, run TEXT NOT NULL, UNIQUE (key, run));
  CREATE TABLE IF NOT EXISTS effects (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, effect INTEGER NOT NULL, kind TEXT NOT NULL,
    run TEXT NOT NULL, step TEXT NOT NULL, key TEXT NOT NULL, at TEXT NOT NULL);
`;

/** Entries in a file of SQLite: on the disk when a call returns, only ever added to. */
export class LedgerStore {
  private readonly database: DatabaseSync;

  constructor(file: string) {
    this.database = new DatabaseSync(file);
    this.database.exec(TABLES);
  }

  accept({ key, run }: Acceptance): void {
    this.database.prepare('INSERT OR IGNORE INTO acceptances (key, run) VALUES (?, ?)').run(key, run);
  }

  add(entry: Omit<EffectEntry, 'sequence' | 'at'>): void {
    const { effect, kind, run, step, key } = entry;
    this.database
      .prepare('INSERT INTO effects (effect, kind, run, step, key, at) VALUES (?, ?, ?, ?, ?, ?)')
      .run(effect, kind, run, step, key, new Date().toISOString());
  }

  read(): LedgerEntries {
    const all = (statement: string): unknown => this.database.prepare(statement).all();
    return {
      acceptances: all('SELECT key, run FROM acceptances ORDER BY rowid') as Acceptance[],
      effects: all('SELECT * FROM effects ORDER BY sequence') as EffectEntry[],
    };
  }

  close(): void {
    this.database.close();
  }
}
