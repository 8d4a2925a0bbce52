import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Page } from '#contracts/rest/page.js';
import type { LeaseView, LockView, PoolView } from '#contracts/rest/pools.js';
import type { LockRow, PoolRow } from '#persistence/repositories/pool-repository.js';
import { ListedResource } from '../http/list-query.js';
import { AmountsBody } from './pool.body.js';

class LeaseResource implements LeaseView {
  @ApiProperty({ format: 'uuid' }) run: string;
  @ApiProperty({ description: 'Its key.' }) step: string;
  @ApiProperty({ type: AmountsBody }) amounts: AmountsBody;
  @ApiProperty({ format: 'date-time' }) since: string;
}

export class PoolResource implements PoolView {
  @ApiProperty() name: string;
  @ApiProperty({ type: AmountsBody, description: 'What it does not name is not limited.' })
  capacity: AmountsBody;
  @ApiProperty({ type: AmountsBody, description: 'What steps hold of it.' }) used: AmountsBody;
  @ApiProperty({ description: 'Steps that hold something of it.' }) held: number;
  @ApiProperty({ description: 'Steps that wait for it.' }) waiting: number;
  @ApiProperty({ type: [LeaseResource], description: 'The oldest 100.' }) leases: LeaseResource[];
}

export class PoolPage extends ListedResource implements Page<PoolResource> {
  @ApiProperty({ type: [PoolResource] }) items: PoolResource[];
}

class HolderResource {
  @ApiProperty({ format: 'uuid' }) run: string;
  @ApiProperty({ description: 'Its key.' }) step: string;
  @ApiProperty({ format: 'date-time' }) since: string;
}

class WaiterResource extends HolderResource {
  @ApiProperty({ description: '1 first, 5 last.', minimum: 1, maximum: 5 }) priority: number;
}

export class LockResource implements LockView {
  @ApiProperty() name: string;
  @ApiPropertyOptional({ type: HolderResource, description: 'Absent for the moment between two holders.' })
  holder?: HolderResource;
  @ApiProperty({ description: 'Steps that wait for it.' }) queue: number;
  @ApiProperty({
    type: [WaiterResource],
    description: 'The first 100, in the order in which they are served.',
  })
  waiting: WaiterResource[];
}

export class LockPage extends ListedResource implements Page<LockResource> {
  @ApiProperty({ type: [LockResource] }) items: LockResource[];
}

export function toPool(row: PoolRow): PoolResource {
  const { name, capacity, used, held, waiting, leases } = row;
  return { name, capacity, used, held, waiting, leases: leases.map(withTime) };
}

export function toLock({ name, holder, queue, waiting }: LockRow): LockResource {
  return {
    name,
    ...(holder === null ? {} : { holder: withTime(holder) }),
    queue,
    waiting: waiting.map(withTime),
  };
}

function withTime<C extends { readonly since: Date }>(claim: C): Omit<C, 'since'> & { since: string } {
  return { ...claim, since: claim.since.toISOString() };
}
