import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { GATE_TYPES, type Gate, type GateType } from '#contracts/judgement/gate.js';
import type { BypassMark, BypassView, GateVersionView, GateView } from '#contracts/rest/gates.js';
import type { Page } from '#contracts/rest/page.js';
import type { GateBypassRow } from '#persistence/gates/gate-bypass-repository.js';
import type { GateRow, GateVersionRow } from '#persistence/gates/gate-repository.js';
import { ListedResource } from '../http/list-query.js';
import { isActive } from './change-bypass.js';

export class BypassMarkResource implements BypassMark {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() by: string;
  @ApiProperty() reason: string;
  @ApiProperty({ format: 'date-time', description: 'Its end, or when it was revoked.' }) until: string;
}

export class GateResource implements GateView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() name: string;
  @ApiPropertyOptional({ enum: GATE_TYPES }) type?: GateType;
  @ApiProperty({ description: 'The newest.' }) version: number;
  @ApiProperty({ description: 'Of what the newest version means.' }) digest: string;
  @ApiProperty({ enum: ['sluice', 'keptn'], description: '`keptn`: a file of objectives.' })
  rules: Gate['rules'];
  @ApiProperty({ description: 'How many.' }) criteria: number;
  @ApiPropertyOptional({ type: BypassMarkResource, description: 'While one lasts.' })
  bypass?: BypassMarkResource;
  @ApiProperty() createdBy: string;
  @ApiProperty({ format: 'date-time' }) createdAt: string;
  @ApiProperty({ format: 'date-time' }) updatedAt: string;
}

export class GatePage extends ListedResource implements Page<GateResource> {
  @ApiProperty({ type: [GateResource] }) items: GateResource[];
}

export class GateVersionResource implements GateVersionView {
  @ApiProperty() version: number;
  @ApiProperty({ description: 'Of what it means.' }) digest: string;
  @ApiPropertyOptional({ enum: GATE_TYPES }) type?: GateType;
  @ApiProperty({ enum: ['sluice', 'keptn'] }) rules: Gate['rules'];
  @ApiProperty({ description: 'How many.' }) criteria: number;
  @ApiProperty({ description: 'The text as sent.' }) source: string;
  @ApiProperty({ enum: ['yaml', 'json'] }) format: 'yaml' | 'json';
  @ApiProperty() createdBy: string;
  @ApiProperty({ format: 'date-time' }) createdAt: string;
}

export class GateVersionPage extends ListedResource implements Page<GateVersionResource> {
  @ApiProperty({ type: [GateVersionResource] }) items: GateVersionResource[];
}

export class BypassResource implements BypassView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() reason: string;
  @ApiProperty({ description: 'It lasts.' }) active: boolean;
  @ApiProperty() createdBy: string;
  @ApiProperty({ format: 'date-time' }) createdAt: string;
  @ApiProperty({ format: 'date-time' }) expiresAt: string;
  @ApiPropertyOptional() revokedBy?: string;
  @ApiPropertyOptional({ format: 'date-time' }) revokedAt?: string;
}

export class BypassPage extends ListedResource implements Page<BypassResource> {
  @ApiProperty({ type: [BypassResource] }) items: BypassResource[];
}

export function toGate(row: GateRow, bypass: GateBypassRow | undefined): GateResource {
  return {
    id: row.id,
    name: row.name,
    ...(row.type === null ? {} : { type: row.type }),
    version: row.latestVersion,
    digest: row.digest,
    rules: row.rules,
    criteria: row.criteria,
    ...(bypass === undefined ? {} : { bypass: toMark(bypass) }),
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

export function toGateVersion(row: GateVersionRow): GateVersionResource {
  return {
    version: row.version,
    digest: row.digest,
    ...(row.type === null ? {} : { type: row.type }),
    rules: row.rules,
    criteria: row.criteria,
    source: row.source,
    format: row.format,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
  };
}

/** Of one that lasts. */
export function toMark({ id, reason, createdBy, expiresAt }: GateBypassRow): BypassMarkResource {
  return { id, by: createdBy, reason, until: expiresAt.toISOString() };
}

export function toBypass(row: GateBypassRow, now: number): BypassResource {
  return {
    id: row.id,
    reason: row.reason,
    active: isActive(row, now),
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    ...(row.revokedBy === null ? {} : { revokedBy: row.revokedBy }),
    ...(row.revokedAt === null ? {} : { revokedAt: row.revokedAt.toISOString() }),
  };
}
