import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes in a file, or in all that lie in a folder; what is gone meanwhile counts nothing. */
export async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.size;
  const names = await readdir(path).catch(() => []);
  const sizes = await Promise.all(names.map((name) => sizeOf(join(path, name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Of a database of SQLite with its log. */
export async function sizeOfSqlite(file: string): Promise<number> {
  return (await sizeOf(file)) + (await sizeOf(`${file}-wal`));
}
