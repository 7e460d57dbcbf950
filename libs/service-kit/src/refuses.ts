import { ApiResponse } from '@nestjs/swagger';

/** Says in the OpenAPI that a route may refuse with this status, where that does not follow from its method, path and rule. */
export const Refuses = (status: number, description: string): MethodDecorator =>
  ApiResponse({
    status,
    description,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  });
