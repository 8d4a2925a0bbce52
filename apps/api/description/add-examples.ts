import type { OpenAPIObject } from '@nestjs/swagger';

/** Bodies of requests by the operation's id, each for one media type. */
export type Examples = Readonly<Record<string, { readonly mediaType: string; readonly body: unknown }>>;

/** Gives the bodies of requests an example each. */
export function addExamples({ paths }: Pick<OpenAPIObject, 'paths'>, examples: Examples): void {
  for (const item of Object.values(paths)) {
    for (const operation of [item.post, item.put, item.patch]) {
      const { requestBody, operationId = '' } = operation ?? {};
      const example = Object.hasOwn(examples, operationId) ? examples[operationId] : undefined;
      if (example === undefined || requestBody === undefined || !('content' in requestBody)) continue;
      const media = requestBody.content[example.mediaType];
      if (media !== undefined) media.example = example.body;
    }
  }
}
