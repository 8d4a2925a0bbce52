import { createClient } from './client.js';
import { description, TITLE } from './description.js';

/** @import { Plugin } from 'sluice/cicd/plugins/plugin.js' */

/** @type {Plugin} */
export default {
  apiVersion: 1,
  platforms: (kit) => [
    {
      description,
      connect: (connection) => createClient(kit, connection),
      verifyWebhook: () => ({ valid: false, reason: 'signature-missing' }),
      parseEvent() {
        throw kit.createEventInvalid(TITLE, 'it sends none');
      },
    },
  ],
};
