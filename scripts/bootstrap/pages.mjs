import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const FOLDER = 'dist/pages';

/** What the pages that describe the API are made of, with the licences. They need no package once they are copied. */
const FILES = [
  'swagger-ui-dist/swagger-ui.css',
  'swagger-ui-dist/swagger-ui-bundle.js',
  'swagger-ui-dist/swagger-ui-bundle.js.LICENSE.txt',
  'swagger-ui-dist/favicon-32x32.png',
  'swagger-ui-dist/NOTICE',
  'redoc/bundles/redoc.standalone.js',
  'redoc/bundles/redoc.standalone.js.LICENSE.txt',
];

/** Redoc shows the mark of its makers, which lies with them: the pages need nothing from elsewhere. */
const MARK = 'https://cdn.redoc.ly/redoc/logo-mini.svg';
const NO_MARK = 'data:image/svg+xml,%3Csvg%20xmlns=%27http://www.w3.org/2000/svg%27/%3E';

export function hasPages(root) {
  return FILES.every((file) => existsSync(join(root, FOLDER, basename(file))));
}

/** Copies them beside what is compiled. */
export function copyPages(root) {
  if (hasPages(root)) return;
  mkdirSync(join(root, FOLDER), { recursive: true });
  for (const file of FILES) {
    const source = join(root, 'node_modules', file);
    const target = join(root, FOLDER, basename(file));
    if (!file.endsWith('/redoc.standalone.js')) copyFileSync(source, target);
    else writeFileSync(target, readFileSync(source, 'utf8').replaceAll(MARK, NO_MARK));
  }
}
