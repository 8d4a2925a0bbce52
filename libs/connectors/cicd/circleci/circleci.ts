import type { Platform } from '../platform.js';
import { createClient } from './client.js';
import { description } from './description.js';
import { parseEvent, verifyWebhook } from './webhook.js';

export const circleci: Platform = { description, connect: createClient, verifyWebhook, parseEvent };
