import { ApiExtension, DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { type DeclaredRoute, listRoutes, resourceTypeOf } from '@waymark/access';
import { statedPurposes } from '@waymark/contracts';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** The schema of every refusal. */
const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail', 'instance'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'Stable name of the refusal.' },
    detail: { type: 'string', description: 'For people.' },
    instance: { type: 'string', description: 'Names this one request, for support.' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['field', 'rule', 'message'],
        properties: { field: { type: 'string' }, rule: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
} as const;

const answers: Readonly<Record<string, string>> = {
  400: 'Malformed: an address that cannot be decoded, bad JSON, or Idempotency-Key, If-Match or X-Purpose missing or malformed.',
  401: 'No token, or one that is not valid here.',
  403: 'None of your roles may do this, or not for the purpose stated.',
  404: 'Does not exist, or you may not see it.',
  409: 'A rule of the domain refuses it (where one field breaks it, `errors` names it), or somebody changed it at the same moment.',
  412: 'If-Match names another revision.',
  413: 'The body is too large.',
  415: 'The body is not application/json in UTF-8, or compressed.',
  422: 'A field breaks a rule (`errors` names field and rule), or the Idempotency-Key was used with another body.',
  429: 'Too many requests or attempts; Retry-After says when to try again.',
  500: 'Something went wrong on our side.',
  503: 'A part that is needed cannot be reached; nothing was done.',
};

/** For a route about no one thing that may answer 404 all the same: its document says so. */
export const MayNotExist = (): MethodDecorator => ApiExtension('x-may-not-exist', true);

/** Serves the OpenAPI 3.1 document at `/openapi.json` and a page for people at `/docs`. */
export function publishOpenApi(
  app: NestFastifyApplication,
  definition: { readonly title: string; readonly description: string },
): void {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(definition.title)
    .setDescription(definition.description)
    .setVersion('1')
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'Access token of a member of staff.' },
      'staff',
    )
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'Session opened with a receipt.' },
      'receipt',
    )
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'Access token of another service.' },
      'service',
    )
    .build();
  SwaggerModule.setup(
    'docs',
    app,
    () => complete(SwaggerModule.createDocument(app, config, { deepScanRoutes: true }), listRoutes(app)),
    {
      jsonDocumentUrl: 'openapi.json',
      yamlDocumentUrl: 'openapi.yaml',
      customSiteTitle: definition.title,
    },
  );
}

type Operation = NonNullable<OpenAPIObject['paths'][string]['post']>;

/** Adds what holds for all routes: the headers of commands, and every refusal that can come. */
function complete(document: OpenAPIObject, routes: readonly DeclaredRoute[]): OpenAPIObject {
  const schemas = { ...document.components?.schemas, Problem: problemSchema as never };
  document.components = { ...document.components, schemas };
  for (const [path, item] of Object.entries(document.paths))
    for (const method of ['get', 'post'] as const) {
      const operation = item[method];
      if (operation) completeOperation(operation, method, path, routes);
    }
  return document;
}

function completeOperation(
  operation: Operation,
  method: 'get' | 'post',
  path: string,
  routes: readonly DeclaredRoute[],
): void {
  const route = routes.find(
    (each) => each.method.toLowerCase() === method && each.path.replace(/:(\w+)/g, '{$1}') === path,
  );
  const guarded = !route?.access?.anonymous;
  const keyed = method === 'post' && !('x-without-idempotency-key' in operation);
  const statuses = [
    ...(guarded ? ['401', '403'] : []),
    ...(isAboutAThing(path, route) || 'x-may-not-exist' in operation ? ['404'] : []),
    '400',
    ...(method === 'post' ? ['409', '412', '413', '415'] : []),
    '422',
    '429',
    '500',
    '503',
  ];
  for (const status of statuses)
    operation.responses[status] ??= {
      description: answers[status] ?? '',
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    };
  for (const parameter of operation.parameters ?? [])
    if ('in' in parameter && parameter.name === 'waymark-position')
      Object.assign(parameter, { required: false, description: positionHelp });
  if (route?.access?.staff) operation.parameters = [...(operation.parameters ?? []), purposeHeader];
  if (!keyed) return;
  const others = (operation.parameters ?? []).filter(
    (each) => !('name' in each) || each.name.toLowerCase() !== 'idempotency-key',
  );
  operation.parameters = [...others, ...commandHeaders];
}

/** Of what it does not find it answers like of what the caller may not see. */
const isAboutAThing = (path: string, route: DeclaredRoute | undefined): boolean =>
  path.includes('{') || (route?.access !== undefined && resourceTypeOf(route.access.action) !== 'Waymark');

/** Nest takes every header of a signature for required. */
const positionHelp = 'The Waymark-Position of an earlier answer: what it changed is shown for sure.';

const purposeHeader: NonNullable<Operation['parameters']>[number] = {
  name: 'X-Purpose',
  in: 'header',
  required: false,
  description:
    'What you ask for it for: goes to the record of who read what. When left out, what is usual for who asks.',
  schema: { type: 'string', enum: [...statedPurposes] },
};

const commandHeaders: NonNullable<Operation['parameters']> = [
  {
    name: 'Idempotency-Key',
    in: 'header',
    required: true,
    description:
      'Random, at least 128 bits, such as a UUID; a retry with the same key gets the first answer, for 30 days unless the operator sets another time. Keep it secret.',
    schema: { type: 'string', minLength: 22, maxLength: 200 },
  },
  {
    name: 'If-Match',
    in: 'header',
    required: false,
    description: 'The ETag you insist on.',
    schema: { type: 'string', pattern: '^"\\d+"$' },
  },
];
