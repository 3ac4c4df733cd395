import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { ProblemView } from '../http/operation.js';

/** The document of the API, and a page that shows it without asking anybody else on the network. */
export function serveOpenApi(app: NestFastifyApplication, publicUrl: string | undefined): void {
  SwaggerModule.setup('docs', app, () => openApiOf(app, publicUrl), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'Workflows API',
    swaggerOptions: { validatorUrl: null, persistAuthorization: false, tryItOutEnabled: true },
  });
}

export function openApiOf(app: NestFastifyApplication, publicUrl: string | undefined): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('Workflows')
    .setDescription(
      'A workflow engine for conversations. Every refusal is a problem document (RFC 9457) that names the field, the reason and the remedy.',
    )
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addSecurity('tenant', {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'wf_<prefix>_<secret>',
      description: "A tenant's API key.",
    })
    .addSecurity('operator', { type: 'http', scheme: 'bearer', description: 'The OPERATOR_API_KEY of the deployment.' });
  if (publicUrl !== undefined) builder.addServer(publicUrl);
  return SwaggerModule.createDocument(app, builder.build(), {
    extraModels: [ProblemView],
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
}
