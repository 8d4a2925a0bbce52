import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A worker that holds workspaces, by the task queue that it alone serves. */
@Entity('workers')
export class Worker {
  @PrimaryColumn('text') queue: string;
  @Column('text', { default: 'default' }) project: string;
  @Column('text') identity: string;
  @Column('timestamptz', { default: () => 'now()' }) firstSeenAt: Date;
  @Column('timestamptz', { default: () => 'now()' }) seenAt: Date;
}
