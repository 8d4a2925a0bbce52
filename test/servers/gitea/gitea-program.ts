import { chmodSync, cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Provision } from '../../programs/cache.js';
import { buildGoProgram, type GoProgram, type GoTool } from '../../programs/go-program.js';

const MODULE = 'code.gitea.io/gitea';
const VERSION = '1.26.0';
/** Of the module, which holds no front end: pages are without style, the API is whole. */
const ASSETS = ['templates', 'options', 'public'];

/** Some 6 minutes and 3 GB of Go's caches on 2 cores; needs gcc, for SQLite. */
const GITEA: GoProgram = {
  title: `Gitea ${VERSION}`,
  name: 'gitea',
  folder: 'test/servers/gitea/program',
  sources: ['go.mod'],
  package: MODULE,
  tags: ['sqlite', 'sqlite_unlock_notify'],
  variables: { 'main.Version': VERSION },
  furnish: layAssets,
};

/** Throws where Go is missing or fails. */
export function buildGiteaProgram(provision: Provision): Promise<string> {
  return buildGoProgram(GITEA, provision);
}

/** The program reads its texts from files, and Go may clear its cache of modules. */
function layAssets(folder: string, go: GoTool): void {
  const module = go('list', '-m', '-f', '{{.Dir}}', MODULE);
  for (const name of ASSETS) {
    cpSync(join(module, name), join(folder, name), { recursive: true });
    allowWriting(join(folder, name));
  }
  const vite = join(folder, 'public/assets/.vite');
  mkdirSync(vite, { recursive: true });
  writeFileSync(join(vite, 'manifest.json'), '{}');
}

/** In Go's cache of modules folders are read-only. */
function allowWriting(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) allowWriting(join(folder, entry.name));
}
