import { describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { describeLinks } from './describe-links.js';

const ok = { description: 'ok' };
const made = {
  description: 'made',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } },
};

function describeThings(property: string) {
  const document = {
    openapi: '3.0.0',
    info: { title: 'things', version: '1' },
    components: { schemas: { Thing: { type: 'object', properties: { [property]: { type: 'string' } } } } },
    paths: {
      '/things': { post: { operationId: 'make', responses: { 201: structuredClone(made), 400: ok } } },
      '/things/{id}': {
        get: { operationId: 'read', responses: { 200: ok } },
        delete: { operationId: 'remove', responses: { 204: ok } },
      },
      '/things/{id}/parts': { get: { operationId: 'parts', responses: { 200: ok } } },
      '/things/{id}/parts/{part}': { get: { operationId: 'part', responses: { 200: ok } } },
      '/things-of-others/{id}': { get: { operationId: 'other', responses: { 200: ok } } },
    },
  } as unknown as OpenAPIObject;
  describeLinks(document);
  return (document.paths['/things']!.post!.responses as Record<string, { links?: object }>)['201']!.links;
}

describe('describeLinks', () => {
  it('leads from what is made to all that needs no more than its id', () => {
    const parameters = { id: '$response.body#/id' };
    expect(describeThings('id')).toEqual({
      read: { operationId: 'read', parameters },
      remove: { operationId: 'remove', parameters },
      parts: { operationId: 'parts', parameters },
    });
  });

  it('leads nowhere where the answer has no such id', () => {
    expect(describeThings('name')).toBeUndefined();
  });
});
