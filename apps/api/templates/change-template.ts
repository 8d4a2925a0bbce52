import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { readTemplate } from '#domain/templates/read-template.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import { TemplateRepository } from '#persistence/repositories/template-repository.js';
import type { Caller } from '../http/caller.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE } from '../tokens.js';
import { builtInTemplates } from './built-in-templates.js';
import { TEMPLATE_NAME } from './find-template.js';

const MAX_TEMPLATES = 1_000;

/** Saves and removes templates. */
@Injectable()
export class ChangeTemplate {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  /** Throws SluiceError `template-invalid` with every finding, `template-built-in`, `template-limit-reached`. */
  async save(source: string, caller: Caller): Promise<{ readonly name: string; readonly created: boolean }> {
    const { template, findings } = readTemplate(source);
    if (template === undefined) {
      const errors = findings.length;
      const message = `The template has ${errors === 1 ? 'one error' : `${errors} errors`}.`;
      throw problemError('template-invalid', message, { findings });
    }
    const { name, description = null, tags } = template;
    if (builtInTemplates().has(name)) throw refuseBuiltIn(name);
    return this.dataSource.transaction(async (manager) => {
      const draft = {
        project: caller.project,
        name,
        description,
        tags: [...tags],
        source,
        createdBy: caller.actor,
      };
      const saved = await new TemplateRepository(manager).save(draft, MAX_TEMPLATES);
      if (saved === 'limit-reached') {
        throw problemError('template-limit-reached', `There are ${MAX_TEMPLATES} templates already.`);
      }
      const { before } = saved;
      if (before !== source) {
        await new AuditRepository(manager).add({
          ...caller,
          action: before === undefined ? 'template.create' : 'template.change',
          objectType: 'template',
          objectId: name,
          ...(before === undefined ? {} : { before: { source: before } }),
          after: { source },
        });
      }
      return { name, created: before === undefined };
    });
  }

  /** Throws SluiceError `template-not-found`, `template-built-in`. */
  async remove(name: string, caller: Caller): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const source = TEMPLATE_NAME.test(name)
        ? await new TemplateRepository(manager).remove(caller.project, name)
        : undefined;
      if (source === undefined) {
        if (builtInTemplates().has(name)) throw refuseBuiltIn(name);
        throw problemError('template-not-found', 'No template has this name.');
      }
      await new AuditRepository(manager).add({
        ...caller,
        action: 'template.delete',
        objectType: 'template',
        objectId: name,
        before: { source },
      });
    });
  }
}

function refuseBuiltIn(name: string) {
  return problemError('template-built-in', `The template ${name} comes with Sluice.`);
}
