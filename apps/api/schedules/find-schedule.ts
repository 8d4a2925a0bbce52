import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { ScheduleRepository, type ScheduleRow } from '#persistence/schedules/schedule-repository.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE } from '../tokens.js';

@Injectable()
export class FindSchedule {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  /** By id or name. Throws SluiceError `schedule-not-found`. */
  async require(project: string, idOrName: string): Promise<ScheduleRow> {
    const schedule = await new ScheduleRepository(this.dataSource.manager).find(project, idOrName);
    if (schedule === undefined) throw scheduleNotFound();
    return schedule;
  }
}

export function scheduleNotFound(): Error {
  return problemError('schedule-not-found', 'No schedule has this id or name.');
}
