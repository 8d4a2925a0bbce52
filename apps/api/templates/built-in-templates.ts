import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTemplate } from '#domain/templates/read-template.js';
import type { Template } from '#domain/templates/template.js';
import { findProjectRoot } from '../../../libs/host/project-root.js';

let known: ReadonlyMap<string, Template> | undefined;

/** Those of the folder `templates/`, by name. Read once; throws where one of them is not valid. */
export function builtInTemplates(): ReadonlyMap<string, Template> {
  known ??= new Map(readFolder(join(findProjectRoot(), 'templates')).map((each) => [each.name, each]));
  return known;
}

function readFolder(folder: string): Template[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => {
      const { template, findings } = readTemplate(readFileSync(join(folder, file), 'utf8'));
      if (template === undefined) throw new Error(`${file} is no template: ${findings[0]?.message}`);
      return template;
    });
}
