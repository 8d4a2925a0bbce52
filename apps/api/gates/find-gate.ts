import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { Gate } from '#contracts/judgement/gate.js';
import { GateRepository, type GateRow } from '#persistence/gates/gate-repository.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE } from '../tokens.js';
import { understandGate } from './understand-gate.js';

const REMEMBERED = 64;

@Injectable()
export class FindGate {
  /** Versions never change: those used last are kept as they were read. */
  private readonly known = new Map<string, Gate>();

  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  /** By id or name. Throws SluiceError `gate-not-found`. */
  async require(project: string, idOrName: string): Promise<GateRow> {
    const found = await new GateRepository(this.dataSource.manager).find(project, idOrName);
    if (found === undefined) throw gateNotFound();
    return found;
  }

  /** What a version asks for. Throws SluiceError `gate-version-not-found`. */
  async requireVersion({ id, name }: GateRow, version: number): Promise<Gate> {
    const key = `${id} ${version}`;
    const gate = this.known.get(key) ?? (await this.read(id, name, version));
    this.known.delete(key);
    this.known.set(key, gate);
    if (this.known.size > REMEMBERED) this.known.delete(this.known.keys().next().value!);
    return gate;
  }

  private async read(id: string, name: string, version: number): Promise<Gate> {
    const row = await new GateRepository(this.dataSource.manager).findVersion(id, version);
    if (row === undefined) throw versionNotFound(name, version);
    return understandGate(row.source, name);
  }
}

export function gateNotFound(): Error {
  return problemError('gate-not-found', 'No gate has this id or name.');
}

export function versionNotFound(name: string, version: number): Error {
  return problemError('gate-version-not-found', `${name} has no version ${version}.`);
}
