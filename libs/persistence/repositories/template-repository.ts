import type { EntityManager } from 'typeorm';
import { SavedTemplate } from '../entities/template.entity.js';
import { createUuidV7 } from '../uuid-v7.js';

type TemplateDraft = Pick<
  SavedTemplate,
  'project' | 'name' | 'description' | 'tags' | 'source' | 'createdBy'
>;

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

  /** By name, `limit` at most, after the given name. */
  async list(
    project: string,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<SavedTemplate[]> {
    return this.manager.query(
      `SELECT id, project, name, description, tags, source, created_by AS "createdBy", created_at AS "createdAt",
         updated_at AS "updatedAt"
       FROM templates WHERE project = $1 AND ($2::text IS NULL OR name COLLATE "C" > $2) ORDER BY name COLLATE "C" LIMIT $3`,
      [project, page.after ?? null, page.limit],
    );
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
