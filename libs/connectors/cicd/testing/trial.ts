import type { ExecutionReference } from '#contracts/cicd/execution.js';
import type { SluiceError } from '#domain/errors.js';
import { isUnsupported, type Platform, type PlatformClient } from '../platform.js';
import { connectTo, type TestedConnection } from './fake-connection.js';
import type { FakePlatform } from './fake-platform.js';

/** A fake and a client of it, for what is peculiar to one platform. */
export class Trial<F extends FakePlatform> {
  fake!: F;
  tested!: TestedConnection;
  client!: PlatformClient;

  private isOpen = false;

  constructor(private readonly platform: Platform) {}

  async open(fake: Promise<F>, way: Parameters<typeof connectTo>[1] = {}): Promise<void> {
    this.fake = await fake;
    this.isOpen = true;
    this.tested = connectTo(this.fake, way);
    this.client = this.platform.connect(this.tested.connection);
  }

  /** Also where nothing was opened, or not again. */
  async close(): Promise<void> {
    if (!this.isOpen) return;
    this.isOpen = false;
    await this.tested.close();
    await this.fake.close();
  }

  /** What the log of a job holds from an offset on. */
  async readLog(
    reference: ExecutionReference,
    job: string,
    offset = 0,
  ): Promise<{ readonly text: string; readonly complete: boolean }> {
    const part = await this.client.logs(reference, job, offset);
    if (isUnsupported(part)) throw new Error(part.instead);
    return { text: await readText(part.bytes), complete: part.complete };
  }

  /** As another process has it, which knows nothing of what this one has read. */
  async elsewhere<T>(use: () => Promise<T>): Promise<T> {
    const [{ client }, other] = [this, connectTo(this.fake)];
    this.client = this.platform.connect(other.connection);
    try {
      return await use();
    } finally {
      this.client = client;
      await other.close();
    }
  }
}

export async function readText(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

/** The error that something must end with. */
export async function failureOf(asked: Promise<unknown>): Promise<SluiceError> {
  const error: unknown = await asked.then(
    () => new Error('it went through'),
    (thrown: unknown) => thrown,
  );
  return error as SluiceError;
}
