import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import type { ExtractionView, ExtractRequest, InstantiateRequest } from '#contracts/rest/templates.js';
import { parse } from '#domain/definition/parse.js';
import { readWorkflow } from '#domain/front-ends/read-workflow.js';
import { extractTemplate } from '#domain/templates/extract-template.js';
import { instantiate } from '#domain/templates/instantiate.js';
import { proposeVariables } from '#domain/templates/propose-variables.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import type { Caller } from '../http/caller.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE } from '../tokens.js';
import { SaveWorkflow } from '../workflows/save-workflow.js';
import { toWorkflow, type WorkflowResource } from '../workflows/workflow.resource.js';
import { FindTemplate } from './find-template.js';

/** From a template to a definition, and back. */
@Injectable()
export class UseTemplate {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(FindTemplate) private readonly findTemplate: FindTemplate,
    @Inject(SaveWorkflow) private readonly saveWorkflow: SaveWorkflow,
  ) {}

  /**
   * Throws SluiceError `template-not-found`, `template-values-invalid`, `template-result-invalid`; where it is stored
   * also `definition-invalid`, for what only the store knows.
   */
  async instantiate(
    name: string,
    { values = {}, save = false }: InstantiateRequest,
    caller: Caller,
  ): Promise<{ readonly definition: string; readonly workflow?: WorkflowResource }> {
    const { template } = await this.findTemplate.require(caller.project, name);
    const made = instantiate(template, values, ACTIONS);
    if (!made.ok && made.wrong === 'values') {
      const message = made.errors.map(({ path, message }) => `${path} ${message}`).join(' ');
      throw problemError('template-values-invalid', message.slice(0, 1_000), { errors: made.errors });
    }
    if (!made.ok) {
      const of = made.wrong === 'template' ? 'the template' : 'the definition that it makes';
      const message = `With these values, ${of} is not valid: ${made.findings[0]?.message}`;
      throw problemError('template-result-invalid', message, { findings: made.findings });
    }
    if (!save) return { definition: made.text };
    const { workflow, findings } = await this.dataSource.transaction(async (manager) => {
      const saved = await this.saveWorkflow.saveIn(manager, made.text, 'yaml', caller);
      await new AuditRepository(manager).add({
        ...caller,
        action: 'template.instantiate',
        objectType: 'template',
        objectId: name,
        after: { workflow: saved.workflow.name, version: saved.workflow.latestVersion, values },
      });
      return saved;
    });
    return { definition: made.text, workflow: toWorkflow(workflow, findings) };
  }

  /** Throws SluiceError `definition-invalid`, `template-choice-invalid`. */
  extract({ definition, name, description, variables }: ExtractRequest): ExtractionView {
    const { tree } = parse(definition);
    const { workflow, findings } = readWorkflow(definition, ACTIONS);
    if (tree === undefined || workflow === undefined) {
      throw problemError('definition-invalid', 'The definition is not valid.', { findings });
    }
    const proposals = proposeVariables(tree);
    if (variables === undefined) return { proposals };
    const made = extractTemplate(definition, {
      name: name ?? workflow.name,
      ...(description === undefined ? {} : { description }),
      choices: variables,
    });
    if (made.ok) return { template: made.text, proposals };
    const message = made.errors.map(({ path, message }) => `${path} ${message}`).join(' ');
    throw problemError('template-choice-invalid', message.slice(0, 1_000), { errors: made.errors });
  }
}
