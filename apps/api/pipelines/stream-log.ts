import { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { requireSupported } from '../integrations/platform-failure.js';
import { UsePlatform } from '../integrations/use-platform.js';
import { FindExecution } from './find-execution.js';
import { toPlainLog } from './plain-log.js';

/** Of a whole log: whoever reads it slowly keeps a connection to the platform that long. */
const LIMITS = { limitMs: 600_000, patienceMs: 5_000 };

/** Logs of jobs, as their platform has them now. */
@Injectable()
export class StreamLog {
  constructor(
    @Inject(FindExecution) private readonly findExecution: FindExecution,
    @Inject(UsePlatform) private readonly usePlatform: UsePlatform,
  ) {}

  /** In constant memory. Throws SluiceError as FindExecution and UsePlatform do; later, the stream ends early. */
  async open(project: string, id: string, job: string): Promise<Readable> {
    const { integration, reference } = await this.findExecution.requireNamed(project, id);
    return this.usePlatform.run(
      integration,
      async ({ client, platform, hide }) => {
        const { bytes } = requireSupported(await client.logs(reference, job, 0), platform.description);
        return Readable.from(toPlainLog(bytes, hide), { objectMode: false });
      },
      LIMITS,
    );
  }
}
