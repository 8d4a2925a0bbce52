import type { SettingType } from '../setting-type.js';

export type Program = 'start' | 'api' | 'worker' | 'cli';

/** One variable of the environment. */
export interface Setting {
  readonly name: string;
  /** As text; undefined where there is none. */
  readonly default?: string;
  /** Of the value; any text where there is none. Limits stand here, and nowhere else. */
  readonly type?: SettingType;
  readonly meaning: string;
  readonly readBy: readonly Program[];
}
