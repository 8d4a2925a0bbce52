import type { Json } from '#domain/json.js';
import { readModelValue, type StoredModel } from './model-file.js';
import shipped from './shipped.json' with { type: 'json' };

let read: StoredModel | undefined;

/** The model that is there before any history is, learnt from public projects; `npm run train:risk` made it. */
export function readShippedModel(): StoredModel {
  read ??= readModelValue(shipped as Json);
  return read;
}
