import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { RiskModelFacts } from '#contracts/rest/risk.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import { RiskModelRepository, type RiskModelRow } from '#persistence/risk/risk-model-repository.js';
import { readModel, type StoredModel } from '#risk/model/model-file.js';
import { readShippedModel } from '#risk/model/shipped-model.js';
import type { Caller } from '../http/caller.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE } from '../tokens.js';

const REMEMBERED = 16;

/** By which model changes of a project are judged. */
@Injectable()
export class JudgeByModel {
  /** What a digest stands for never changes: those used last are kept as they were read. */
  private readonly known = new Map<string, StoredModel>();

  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  async require(project: string): Promise<StoredModel> {
    const models = new RiskModelRepository(this.dataSource.manager);
    const row = await models.find(project);
    if (row === undefined) return readShippedModel();
    const known = this.known.get(row.digest) ?? (await this.read(models, row));
    this.known.delete(row.digest);
    this.known.set(row.digest, known);
    if (this.known.size > REMEMBERED) this.known.delete(this.known.keys().next().value!);
    return known;
  }

  async describe(project: string): Promise<RiskModelFacts> {
    const row = await new RiskModelRepository(this.dataSource.manager).find(project);
    return row === undefined ? describeModel(readShippedModel()) : toFacts(row);
  }

  /** In place of the one before. Throws SluiceError `risk-model-invalid`. */
  async replace(content: string, caller: Caller): Promise<RiskModelFacts> {
    const { name, digest, trainedOn } = describeModel(readModel(content));
    await this.change(caller, { name, digest }, (models) =>
      models.save({ project: caller.project, name, digest, trainedOn, content, createdBy: caller.actor }),
    );
    return this.describe(caller.project);
  }

  /** Back to the one that comes with Sluice. */
  async remove(caller: Caller): Promise<void> {
    await this.change(caller, null, (models) => models.remove(caller.project));
  }

  private async change(
    caller: Caller,
    after: Pick<RiskModelRow, 'name' | 'digest'> | null,
    change: (models: RiskModelRepository) => Promise<void>,
  ): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const models = new RiskModelRepository(manager);
      const before = await models.find(caller.project);
      if (before?.digest === after?.digest) return;
      await change(models);
      await new AuditRepository(manager).add({
        ...caller,
        action: 'risk.model',
        objectType: 'risk',
        objectId: 'model',
        before: before === undefined ? null : { name: before.name, digest: before.digest },
        after,
      });
    });
  }

  private async read(models: RiskModelRepository, { project, digest }: RiskModelRow): Promise<StoredModel> {
    const content = await models.readContent(project, digest);
    return content === undefined ? this.require(project) : readModel(content);
  }
}

function describeModel({ model, digest }: StoredModel): RiskModelFacts {
  const { projects, changes, from, to } = model.trainedOn;
  const tell = (seconds: number) => {
    const moment = new Date(1_000 * seconds);
    if (!Number.isNaN(moment.getTime())) return moment.toISOString();
    throw problemError('risk-model-invalid', 'The model learnt from changes at times that there are not.');
  };
  return {
    name: model.name,
    digest,
    trainedOn: { projects, changes, from: tell(from), to: tell(to) },
    shipped: digest === readShippedModel().digest,
  };
}

function toFacts({ name, digest, trainedOn, createdBy, createdAt }: RiskModelRow): RiskModelFacts {
  return { name, digest, trainedOn, shipped: false, by: createdBy, at: createdAt.toISOString() };
}
