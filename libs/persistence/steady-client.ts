import { Client, type ClientConfig } from 'pg';

/**
 * A connection of a pool whose loss never ends the process. Between the pool's listener and that of who takes the connection
 * out there is a moment without either, in which an error that came with the last answer would be thrown at nobody; whoever
 * uses the connection next learns of the loss all the same.
 */
export class SteadyClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}
