import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { readTemplate } from '#domain/templates/read-template.js';
import type { Template } from '#domain/templates/template.js';
import type { SavedTemplate } from '#persistence/entities/template.entity.js';
import { TemplateRepository } from '#persistence/repositories/template-repository.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE } from '../tokens.js';
import { builtInTemplates } from './built-in-templates.js';

/** A template with where it comes from. */
export interface FoundTemplate {
  readonly template: Template;
  /** Absent where it comes with the program. */
  readonly saved?: SavedTemplate;
}

/** Forms of names; others are asked for in vain. */
export const TEMPLATE_NAME = /^[a-z][a-z0-9-]{0,99}$/;

@Injectable()
export class FindTemplate {
  private readonly templates: TemplateRepository;

  constructor(@Inject(DATA_SOURCE) dataSource: DataSource) {
    this.templates = new TemplateRepository(dataSource.manager);
  }

  /** What somebody saved goes before what came with the program. Throws SluiceError `template-not-found`. */
  async require(project: string, name: string): Promise<FoundTemplate> {
    const saved = TEMPLATE_NAME.test(name) ? await this.templates.find(project, name) : undefined;
    if (saved !== undefined) return toFound(saved);
    const template = builtInTemplates().get(name);
    if (template === undefined) throw problemError('template-not-found', 'No template has this name.');
    return { template };
  }

  /** By name, `limit` at most, after the given name. */
  async list(
    project: string,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<FoundTemplate[]> {
    const saved = (await this.templates.list(project, page)).map(toFound);
    const names = new Set(saved.map(({ template }) => template.name));
    const builtIn = [...builtInTemplates().values()]
      .filter(({ name }) => !names.has(name) && (page.after === undefined || name > page.after))
      .map((template) => ({ template }));
    return [...saved, ...builtIn]
      .sort((a, b) => (a.template.name < b.template.name ? -1 : 1))
      .slice(0, page.limit);
  }
}

/** It was read when it was saved; should a later program read it otherwise, then without its variables. */
function toFound(saved: SavedTemplate): FoundTemplate {
  const { name, description, tags, source } = saved;
  const template = readTemplate(source).template ?? {
    name,
    ...(description === null ? {} : { description }),
    tags,
    variables: {},
    source,
  };
  return { template, saved };
}
