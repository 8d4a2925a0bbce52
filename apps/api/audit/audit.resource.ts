import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { AuditEntryView, AuditVerdictView } from '#contracts/rest/audit.js';
import type { Page } from '#contracts/rest/page.js';
import type { ChainLink, ErasablePart, ErasedPart } from '#domain/audit/entry.js';
import type { Json } from '#domain/json.js';
import { type ChainRow, toChainedEntry } from '#persistence/audit/entry-row.js';

class ChainLinkResource implements ChainLink {
  @ApiProperty({ description: 'From 1, without gaps in a project.' }) sequence: number;
  @ApiProperty({ description: 'Hash of the entry before.' }) previous: string;
  @ApiProperty({ description: 'SHA-256 of the entry; see docs/audit.md.' }) hash: string;
  @ApiProperty({
    type: Object,
    additionalProperties: { type: 'string' },
    description: 'Of the parts that may name a person.',
  })
  salts: Readonly<Partial<Record<ErasablePart, string>>>;
  @ApiPropertyOptional({
    type: Object,
    additionalProperties: true,
    description: 'Parts that were erased, by their names.',
  })
  erased?: Readonly<Partial<Record<ErasablePart, ErasedPart>>>;
}

export class AuditEntryResource implements AuditEntryView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() project: string;
  @ApiProperty({ format: 'date-time' }) at: string;
  @ApiProperty({ description: 'Who.' }) actor: string;
  @ApiProperty({ description: 'What.', example: 'run.start' }) action: string;
  @ApiProperty({ description: 'The kind of thing that it happened to.' }) objectType: string;
  @ApiProperty() objectId: string;
  @ApiPropertyOptional({ description: 'Any JSON; secrets are hidden, what is large is shortened.' })
  before?: Json;
  @ApiPropertyOptional({ description: 'As `before`.' }) after?: Json;
  @ApiPropertyOptional() reason?: string;
  @ApiPropertyOptional() correlationId?: string;
  @ApiPropertyOptional({
    type: ChainLinkResource,
    description: 'Its place in the chain, which it gets some moments after it was written.',
  })
  chain?: ChainLink;
}

export class AuditEntryPage implements Page<AuditEntryResource> {
  @ApiProperty({ type: [AuditEntryResource] }) items: AuditEntryResource[];
  @ApiPropertyOptional() next?: string;
  @ApiPropertyOptional() total?: number;
}

class ChainPlaceResource {
  @ApiProperty() sequence: number;
  @ApiProperty() hash: string;
}

class ChainFaultResource {
  @ApiProperty({ enum: ['altered', 'missing', 'inserted'] }) kind: 'altered' | 'missing' | 'inserted';
  @ApiProperty({ description: 'Of the entry, or of the first one that is missing.' }) sequence: number;
  @ApiPropertyOptional({ format: 'uuid' }) id?: string;
  @ApiProperty() message: string;
}

export class AuditVerdictResource implements AuditVerdictView {
  @ApiProperty() valid: boolean;
  @ApiPropertyOptional({ type: ChainFaultResource, description: 'The first place that is not right.' })
  fault?: ChainFaultResource;
  @ApiProperty({
    type: ChainPlaceResource,
    description: 'The last entry that is right; keep it elsewhere, and expect it next time.',
  })
  head: ChainPlaceResource;
  @ApiProperty({ description: 'Entries that were read.' }) checked: number;
  @ApiProperty({ description: 'Entries up to this one are archived.' }) archived: number;
  @ApiProperty({ description: 'Entries without a place in the chain yet: those of the last seconds.' })
  unsealed: number;
  @ApiPropertyOptional({ format: 'date-time' }) oldestUnsealed?: string;
}

export function toAuditEntry(row: ChainRow): AuditEntryResource {
  const { chain, before, after, reason, correlationId, ...facts } = toChainedEntry(row);
  return {
    ...facts,
    ...(before === null ? {} : { before }),
    ...(after === null ? {} : { after }),
    ...(reason === null ? {} : { reason }),
    ...(correlationId === null ? {} : { correlationId }),
    ...(row.sequence === null ? {} : { chain }),
  };
}
