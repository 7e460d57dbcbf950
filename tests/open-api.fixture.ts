import type { Stage } from '@waymark/stage';

/** As much of a JSON schema as our bodies use. */
export interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly example?: unknown;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

export interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, object>>;
  readonly 'x-waymark-access': {
    readonly staff?: readonly string[];
    readonly reporter?: string;
    readonly service?: readonly string[];
    readonly anonymous?: boolean;
  };
  readonly 'x-without-idempotency-key'?: boolean;
}

export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export interface Route {
  readonly service: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly operation: Operation;
  readonly document: Document;
}

export async function readDocument(stage: Stage, service: string): Promise<Document> {
  return (await stage.ask(service, 'GET', '/openapi.json')).body;
}

/** Every operation that a service documents. */
export async function readRoutes(stage: Stage, service: string): Promise<readonly Route[]> {
  const document = await readDocument(stage, service);
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      ...{ service, path, operation, document },
      method: method === 'post' ? ('POST' as const) : ('GET' as const),
    })),
  );
}

/** The schema itself, wherever it stands in the document. */
export function resolve(document: Document, schema: Schema): Schema {
  const reference = schema.$ref ?? (schema.allOf?.length === 1 ? schema.allOf[0]?.$ref : undefined);
  if (reference === undefined) return schema;
  const found = document.components.schemas[reference.slice('#/components/schemas/'.length)];
  if (!found) throw new Error(`${reference} is not in the document`);
  return resolve(document, found);
}
