import type { Platform } from '../platform.js';
import { GitHubClient } from './client.js';
import { DESCRIPTION } from './description.js';
import { parseEvent, verifyWebhook } from './webhook.js';

/** GitHub Actions: the cloud, Enterprise Servers, and what has their API. */
export const github: Platform = {
  description: DESCRIPTION,
  connect: (connection) => new GitHubClient(connection),
  verifyWebhook,
  parseEvent,
};
