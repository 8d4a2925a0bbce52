import type { EntityManager } from 'typeorm';
import type { StoredValue } from '../entities/stored-value.entity.js';
import { type ListedPage, type Listing, listPage, type PageRequest } from '../listing/list-page.js';

export type ObjectRow = Pick<StoredValue, 'id' | 'step' | 'size' | 'digest' | 'createdAt'>;

export const OBJECT_SORTS = ['createdAt', 'size'] as const;

export type ObjectSort = (typeof OBJECT_SORTS)[number];

/** Large values that the steps of one run have made. */
export function listObjects(
  manager: EntityManager,
  { runId, step }: { readonly runId: string; readonly step?: string | undefined },
  page: Omit<PageRequest<ObjectSort>, 'where'>,
): Promise<ListedPage<ObjectRow>> {
  const where = [
    { sql: 'o.run_id = ?', value: runId },
    ...(step === undefined ? [] : [{ sql: 'o.step = ?', value: step, scans: true }]),
  ];
  return listPage(manager, OBJECTS, { ...page, where });
}

const OBJECTS: Listing<ObjectSort> = {
  columns: 'o.id, o.step, o.size, o.digest, o.created_at AS "createdAt"',
  from: 'objects o',
  sorts: {
    createdAt: { sql: 'o.created_at', type: 'timestamptz' },
    size: { sql: 'o.size', type: 'integer' },
  },
  key: { sql: 'o.id', type: 'uuid' },
};
