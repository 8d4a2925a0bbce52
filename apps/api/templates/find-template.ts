import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { readTemplate } from '#domain/templates/read-template.js';
import type { Template } from '#domain/templates/template.js';
import type { SavedTemplate } from '#persistence/entities/template.entity.js';
import { formatCursor, parseCursor } from '#persistence/listing/cursor.js';
import type { ListedPage, PageRequest } from '#persistence/listing/list-page.js';
import { TemplateRepository, type TemplateSort } from '#persistence/repositories/template-repository.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE } from '../tokens.js';
import { builtInTemplates } from './built-in-templates.js';

/** A template with where it comes from. */
export interface FoundTemplate {
  readonly template: Template;
  /** Absent where it comes with the program. */
  readonly saved?: SavedTemplate;
}

type TemplatePageRequest = Omit<PageRequest<TemplateSort>, 'where'>;

type TemplateFilter = Parameters<TemplateRepository['list']>[0] & {
  /** Whether it comes with the program. */
  readonly builtIn?: boolean | undefined;
};

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

  async list(filter: TemplateFilter, page: TemplatePageRequest): Promise<ListedPage<FoundTemplate>> {
    const builtIn = filter.builtIn === false ? [] : await this.listBuiltIn(filter);
    if (filter.builtIn === true) return listAmong(EMPTY, builtIn, page);
    // One more than the page holds says whether there is a next one.
    const saved = await this.templates.list(filter, { ...page, limit: page.limit + 1 });
    return listAmong({ ...saved, rows: saved.rows.map(toFound) }, builtIn, page);
  }

  /** Those that nobody saved another one for. */
  private async listBuiltIn({ project, text, tag }: TemplateFilter): Promise<FoundTemplate[]> {
    const wanted = text?.toLowerCase() ?? '';
    const all = [...builtInTemplates().values()].filter(
      ({ name, description = '', tags }) =>
        `${name} ${description}`.toLowerCase().includes(wanted) && (tag === undefined || tags.includes(tag)),
    );
    const names = await this.templates.findNames(
      project,
      all.map(({ name }) => name),
    );
    return all.filter(({ name }) => !names.has(name)).map((template) => ({ template }));
  }
}

const EMPTY = { rows: [], total: 0 };

/** Puts those that stand in memory, all of them, among those of the page. */
function listAmong(
  saved: ListedPage<FoundTemplate>,
  builtIn: readonly FoundTemplate[],
  { sort, limit, after, total }: TemplatePageRequest,
): ListedPage<FoundTemplate> {
  const direction = sort === 'name' ? 1 : -1;
  const compare = (a: string, b: string) => (a === b ? 0 : a < b ? -direction : direction);
  const [last] = after === undefined ? [] : parseCursor(after, { ...CURSORS, sort, types: ['text'] });
  const rows = [
    ...saved.rows,
    ...builtIn.filter(({ template }) => last === undefined || compare(template.name, last) > 0),
  ].sort((a, b) => compare(a.template.name, b.template.name));
  const shown = rows.slice(0, limit);
  return {
    rows: shown,
    ...(rows.length > limit
      ? { next: formatCursor({ ...CURSORS, sort }, [shown.at(-1)!.template.name]) }
      : {}),
    ...(total === true ? { total: (saved.total ?? 0) + builtIn.length } : {}),
  };
}

const CURSORS = { list: 'templates' };

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
