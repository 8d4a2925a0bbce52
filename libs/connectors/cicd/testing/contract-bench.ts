import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import type { Execution, ExecutionReference } from '#contracts/cicd/execution.js';
import { isSluiceError, type SluiceError } from '#domain/errors.js';
import { type Connections, createConnections } from '../connections.js';
import {
  type Capability,
  isUnsupported,
  type OrUnsupported,
  type Platform,
  type PlatformClient,
  type TriggerRequest,
} from '../platform.js';
import { connectTo, type TestedConnection } from './fake-connection.js';
import type { FakePlatform, FakeTarget } from './fake-platform.js';

type Way = NonNullable<Parameters<typeof connectTo>[1]>;

/** A fake of a platform, anew for each test, and clients of it. */
export class ContractBench {
  fake!: FakePlatform;
  private connections!: Connections;

  constructor(
    readonly platform: Platform,
    private readonly start: () => Promise<FakePlatform>,
  ) {}

  async open(): Promise<void> {
    this.fake = await this.start();
    this.connections = createConnections({ allow: ['127.0.0.1'] });
  }

  async close(): Promise<void> {
    await this.connections.close();
    await this.fake.close();
  }

  get client(): PlatformClient {
    return this.connect().client;
  }

  connect(way: Way = {}): TestedConnection & { readonly client: PlatformClient } {
    const tested = connectTo(this.fake, { connections: this.connections, ...way });
    return { ...tested, client: this.platform.connect(tested.connection) };
  }

  supports(capability: Capability): boolean {
    return this.platform.description.capabilities[capability].supported;
  }

  /** What the platform answers where it says that it can; undefined where it says, in both places, that it cannot. */
  async answerOf<T>(capability: Capability, asked: Promise<OrUnsupported<T>>): Promise<T | undefined> {
    const answer = await asked;
    expect([capability, isUnsupported(answer)]).toEqual([capability, !this.supports(capability)]);
    if (!isUnsupported(answer)) return answer;
    expect(answer).toEqual({ unsupported: capability, instead: expect.stringMatching(/^[A-Z`].*\.$/s) });
    return undefined;
  }

  requestFor(key: string, target: FakeTarget = this.fake.target): TriggerRequest {
    const inputs = target === this.fake.target ? this.fake.inputs : {};
    return { ...target, inputs, key, keyInput: 'sluice_key' };
  }

  /** One that was started, and its number in the fake. */
  async begin(
    client = this.client,
  ): Promise<{ readonly id: string; readonly reference: ExecutionReference }> {
    const { reference } = await client.trigger(this.requestFor(randomUUID()));
    return { id: this.fake.executions.list.at(-1)!.id, reference };
  }

  /** Started and brought to a state; by the name that it has then. */
  async beginUntil(...states: readonly Execution['state'][]) {
    const { id, reference } = await this.begin();
    for (const state of states) this.fake.executions.advance(id, state);
    const execution = await this.client.status(reference);
    return { id, execution, reference: execution.reference };
  }

  /** Of what must fail: one of ours, without secrets. */
  async refusalOf(asked: Promise<unknown>): Promise<SluiceError> {
    const error: unknown = await asked.then(
      (answer) => new Error(`no refusal but ${JSON.stringify(answer)}`),
      (thrown: unknown) => thrown,
    );
    if (!isSluiceError(error)) throw error;
    const { message, hint, details } = error;
    this.requireHidden(JSON.stringify([message, hint, details, error]));
    return error;
  }

  requireHidden(text: string): void {
    const shown = [...Object.values(this.fake.secrets), ...this.fake.granted].filter((secret) =>
      text.includes(JSON.stringify(secret).slice(1, -1)),
    );
    expect(shown).toEqual([]);
  }
}

export async function readBytes(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  return Buffer.concat(parts);
}
