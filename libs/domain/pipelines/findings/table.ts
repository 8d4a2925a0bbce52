import { findDuplicatedBuilds } from './build-duplicated.js';
import { findMissingCaches } from './cache-missing.js';
import { findOverlappingDeployments } from './deployments-overlap.js';
import type { Finder } from './finding.js';
import { findAbsentPermissions, findDoubledRuns } from './github-rights.js';
import { findWholeHistories } from './history-whole.js';
import { findSerialJobs } from './jobs-serial.js';
import { findPrintedSecrets } from './secret-printed.js';
import { findStrangersCode, findStrangersTexts } from './strangers.js';
import { findMissingTimeLimits } from './time-limit-missing.js';
import { findUnpinned } from './unpinned.js';

/** Everything that is looked for. */
export const FINDERS: readonly Finder[] = [
  findStrangersCode,
  findStrangersTexts,
  findPrintedSecrets,
  findUnpinned,
  findMissingTimeLimits,
  findAbsentPermissions,
  findOverlappingDeployments,
  findDuplicatedBuilds,
  findMissingCaches,
  findSerialJobs,
  findDoubledRuns,
  findWholeHistories,
];
