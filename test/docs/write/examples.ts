import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Examples } from '../../../apps/api/description/add-examples.js';
import { findOperation, readOperations } from '../guide/operations.js';
import { exchangesOf, readPage } from '../guide/read-page.js';
import { ROOT, readDocument } from '../markdown.js';

/** Of each operation, the first body that the guide to the API shows and that was taken. */
export function collectExamples(): Examples {
  const operations = readOperations();
  const examples: Record<string, Examples[string]> = {};
  for (const name of readdirSync(join(ROOT, 'docs/api')).sort()) {
    for (const { request, answer } of exchangesOf(readPage(readDocument(`docs/api/${name}`)))) {
      const id = findOperation(operations, request.first)?.id;
      const taken = answer?.first.startsWith('HTTP/1.1 2') === true;
      if (id === undefined || !taken || ['', '{}'].includes(request.body) || Object.hasOwn(examples, id))
        continue;
      const mediaType =
        request.headers.find(([header]) => header === 'Content-Type')?.[1] ?? 'application/json';
      const body = mediaType === 'application/json' ? JSON.parse(request.body) : request.body;
      examples[id] = { mediaType, body };
    }
  }
  return Object.fromEntries(Object.entries(examples).sort(([one], [other]) => (one < other ? -1 : 1)));
}

export function renderExamples(): string {
  return `${JSON.stringify(collectExamples(), undefined, 2)}\n`;
}
