import { createMask, type Mask } from './mask.js';

const MAX_RUNS = 500;
const MAX_CHARACTERS = 32 * 1024 * 1024;

/**
 * One mask for all that this process does for a run: a secret that one step wrote into the workspace is hidden when
 * another prints it. Of more runs than a process has at once the mask of the one longest not seen is forgotten.
 */
export function createRunMasks(): (run: string) => Mask {
  const masks = new Map<string, Mask>();
  return (run) => {
    const mask = masks.get(run) ?? createMask();
    masks.delete(run);
    masks.set(run, mask);
    let size = [...masks.values()].reduce((sum, each) => sum + each.size, 0);
    for (const [oldest, each] of masks) {
      if (oldest === run || (masks.size <= MAX_RUNS && size <= MAX_CHARACTERS)) break;
      masks.delete(oldest);
      size -= each.size;
    }
    return mask;
  };
}
