import { Inject, Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import type { DataSource } from 'typeorm';
import type { Platforms } from '#connectors/cicd/platforms.js';
import type { IntegrationRow } from '#persistence/integrations/integration-repository.js';
import {
  type FullPlatformDeliveryRow,
  PlatformDeliveryRepository,
  type PlatformDeliveryRow,
} from '#persistence/integrations/platform-delivery-repository.js';
import type { Caller } from '../http/caller.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE, PLATFORMS } from '../tokens.js';
import { NoteEvent } from './note-event.js';
import { toPlatformProblem } from './platform-failure.js';
import { readEvent } from './receive-event.js';

/** Reads a delivery once more, as the program does now. */
@Injectable()
export class ReplayEvent {
  private readonly deliveries: PlatformDeliveryRepository;

  constructor(
    @Inject(DATA_SOURCE) dataSource: DataSource,
    @Inject(PLATFORMS) private readonly platforms: Platforms,
    @Inject(NoteEvent) private readonly noteEvent: NoteEvent,
  ) {
    this.deliveries = new PlatformDeliveryRepository(dataSource.manager);
  }

  /** Throws SluiceError `delivery-not-found`. */
  async requireDelivery(integration: IntegrationRow, id: string): Promise<FullPlatformDeliveryRow> {
    const delivery = isUUID(id) ? await this.deliveries.find(integration.id, id.toLowerCase()) : undefined;
    if (delivery === undefined)
      throw problemError('delivery-not-found', 'No delivery of the integration has this id.');
    return delivery;
  }

  /** What is older than what is known still changes nothing. Throws SluiceError `delivery-not-found`, `platform-unknown`. */
  async replay(
    integration: IntegrationRow,
    id: string,
    { caller, reason }: { readonly caller: Caller; readonly reason: string | undefined },
  ): Promise<PlatformDeliveryRow> {
    const { headers, body, id: of } = await this.requireDelivery(integration, id);
    const request = { headers: new Map(Object.entries(headers)), body: Buffer.from(body) };
    const { text, event } = readEvent(this.requirePlatform(integration), request);
    const replay = { of, caller, reason };
    return this.noteEvent.note({ integration, event, headers, text, key: null, content: null, replay });
  }

  private requirePlatform({ platform }: IntegrationRow) {
    try {
      return this.platforms.require(platform);
    } catch (error) {
      throw toPlatformProblem(error, (text) => text);
    }
  }
}
