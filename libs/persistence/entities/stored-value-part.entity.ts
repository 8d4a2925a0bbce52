import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { StoredValue } from './stored-value.entity.js';

@Entity('object_parts')
export class StoredValuePart {
  @PrimaryColumn('uuid') objectId: string;
  /** From 0. */
  @PrimaryColumn('integer') part: number;
  @Column('text', { default: 'default' }) project: string;
  @Column('bytea') bytes: Buffer;

  @ManyToOne(() => StoredValue, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'object_id' })
  object?: Relation<StoredValue>;
}
