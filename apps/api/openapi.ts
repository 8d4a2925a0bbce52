import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { describeAccess } from './auth/describe-access.js';

/** The description at /docs, with a page that needs nothing from elsewhere, and /docs-json. */
export function serveOpenApi(app: INestApplication, uiUrl: string | undefined): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('Sluice')
    .setDescription('Errors are problem+json (RFC 9457); their codes are stable.')
    .setVersion('1');
  if (uiUrl !== undefined) builder.setExternalDoc('Temporal Web UI', uiUrl);
  const document = SwaggerModule.createDocument(app, builder.build());
  describeAccess(document);
  SwaggerModule.setup('docs', app, document, { jsonDocumentUrl: 'docs-json', raw: ['json'] });
  return document;
}
