import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Call } from './aggregate.js';

export interface WaymarkRequest extends FastifyRequest {
  call?: Call;
}

/** Parameter of a command's endpoint: who calls, as which attempt. */
export const CallOf = createParamDecorator((_data: unknown, context: ExecutionContext): Call => {
  const call = context.switchToHttp().getRequest<WaymarkRequest>().call;
  if (!call) throw new Error('CallOf belongs to POST routes');
  return call;
});

/** A call made by a service's own clock: the same `commandId` for the same due moment. */
export const clockCall = (service: string, commandId: string): Call => ({
  commandId,
  correlationId: commandId,
  actor: { kind: 'clock', id: service, roles: [] },
});

/** A call caused by a message: the same for the same message, however often it is delivered. */
export const messageCall = (service: string, message: { id: string; correlationid: string }): Call => ({
  commandId: message.id,
  correlationId: message.correlationid,
  actor: { kind: 'service', id: service, roles: [] },
});
