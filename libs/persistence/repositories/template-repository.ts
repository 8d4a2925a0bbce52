import type { EntityManager } from 'typeorm';
import { SavedTemplate } from '../entities/template.entity.js';
import { type ListedPage, type Listing, listPage, type PageRequest } from '../listing/list-page.js';
import { createUuidV7 } from '../uuid-v7.js';

type TemplateDraft = Pick<
  SavedTemplate,
  'project' | 'name' | 'description' | 'tags' | 'source' | 'createdBy'
>;

export const TEMPLATE_SORTS = ['name'] as const;

export type TemplateSort = (typeof TEMPLATE_SORTS)[number];

/** Without upper case and in any place. */
interface TemplateFilter {
  readonly project: string;
  readonly text?: string | undefined;
  readonly tag?: string | undefined;
}

/** Any constant will do: saves of one project take turns, so that their number is right. */
const SAVE_LOCK = 7_582_471;

export class TemplateRepository {
  constructor(private readonly manager: EntityManager) {}

  /**
   * A new template, or new text of the one with this name; `before` is the text that it had, `limit-reached` where it
   * would be one too many. Call in a transaction.
   */
  async save(
    draft: TemplateDraft,
    limit: number,
  ): Promise<{ readonly before: string | undefined } | 'limit-reached'> {
    await this.manager.query('SELECT pg_advisory_xact_lock($1)', [SAVE_LOCK]);
    const before = await this.find(draft.project, draft.name);
    if (before === undefined) {
      const [{ count }] = await this.manager.query(
        'SELECT count(*)::integer AS count FROM templates WHERE project = $1',
        [draft.project],
      );
      if (count >= limit) return 'limit-reached';
    }
    await this.manager.query(
      `INSERT INTO templates (id, project, name, description, tags, source, created_by)
       VALUES ($1, $2, $3, $4, $5::json, $6, $7)
       ON CONFLICT (project, name) DO UPDATE
       SET description = excluded.description, tags = excluded.tags, source = excluded.source, updated_at = now()`,
      [
        createUuidV7(),
        draft.project,
        draft.name,
        draft.description,
        JSON.stringify(draft.tags),
        draft.source,
        draft.createdBy,
      ],
    );
    return { before: before?.source };
  }

  async find(project: string, name: string): Promise<SavedTemplate | undefined> {
    return (await this.manager.findOneBy(SavedTemplate, { project, name })) ?? undefined;
  }

  list(
    { project, text, tag }: TemplateFilter,
    page: Omit<PageRequest<TemplateSort>, 'where'>,
  ): Promise<ListedPage<SavedTemplate>> {
    const where = [
      { sql: 't.project = ?', value: project },
      ...(text === undefined
        ? []
        : [
            { sql: `strpos(lower(t.name || ' ' || coalesce(t.description, '')), lower(?)) > 0`, value: text },
          ]),
      ...(tag === undefined ? [] : [{ sql: '? IN (SELECT json_array_elements_text(t.tags))', value: tag }]),
    ];
    return listPage(this.manager, TEMPLATES, { ...page, where });
  }

  /** Those of the names by which there is one. */
  async findNames(project: string, names: readonly string[]): Promise<ReadonlySet<string>> {
    const rows: { name: string }[] = await this.manager.query(
      'SELECT name FROM templates WHERE project = $1 AND name = ANY ($2)',
      [project, names],
    );
    return new Set(rows.map(({ name }) => name));
  }

  /** Its text; undefined when there is none. */
  async remove(project: string, name: string): Promise<string | undefined> {
    const [rows] = await this.manager.query(
      'DELETE FROM templates WHERE project = $1 AND name = $2 RETURNING source',
      [project, name],
    );
    return rows[0]?.source;
  }
}

const TEMPLATES: Listing<TemplateSort> = {
  columns: `t.id, t.project, t.name, t.description, t.tags, t.source, t.created_by AS "createdBy",
    t.created_at AS "createdAt", t.updated_at AS "updatedAt"`,
  from: 'templates t',
  // As JavaScript compares names, by which those that come with the program are put among them.
  sorts: { name: { sql: 't.name COLLATE "C"', type: 'text' } },
  key: { sql: 't.name COLLATE "C"', type: 'text' },
};
