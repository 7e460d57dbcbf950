import { types } from 'node:util';
import {
  EventStoreError,
  ForeignEvent,
  LogImportError,
  NewerSchemaError,
  UnreadableEventError,
} from '@waymark/event-store';
import { CommanderError } from 'commander';

export const exitCodes = {
  fine: 0,
  faultFound: 1,
  failed: 1,
  wrongUse: 2,
  logUnreachable: 3,
  databaseUnreachable: 3,
  serviceUnreachable: 3,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The command cannot be carried out as it was given. */
export class WrongUse extends Error {
  override readonly name = 'WrongUse';
}

/** A service's own database cannot be reached, or not as this role. */
export class DatabaseUnreachable extends Error {
  override readonly name = 'DatabaseUnreachable';
}

/** A service cannot be reached, or cannot answer at the moment. */
export class ServiceUnreachable extends Error {
  override readonly name = 'ServiceUnreachable';
}

/** What was looked at is not as it must be. */
export class FaultFound extends Error {
  override readonly name = 'FaultFound';
}

/** The exit code for an error that a person can do something about; undefined for a fault of the program itself. */
export function exitCodeOf(error: unknown): ExitCode | undefined {
  if (error instanceof WrongUse || error instanceof NewerSchemaError) return exitCodes.wrongUse;
  if (error instanceof DatabaseUnreachable) return exitCodes.databaseUnreachable;
  if (error instanceof ServiceUnreachable) return exitCodes.serviceUnreachable;
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.fine : exitCodes.wrongUse;
  if (error instanceof FaultFound || error instanceof UnreadableEventError || error instanceof ForeignEvent) {
    return exitCodes.faultFound;
  }
  if (error instanceof LogImportError) {
    return error.code === 'store_not_empty' ? exitCodes.wrongUse : exitCodes.faultFound;
  }
  if (!(error instanceof EventStoreError)) return undefined;
  if (error.code === 'damaged' || error.code === 'beyond_log') return exitCodes.faultFound;
  return error.code === 'unavailable' ? exitCodes.logUnreachable : exitCodes.wrongUse;
}

/** What an operator is told of an error that has an exit code. */
export function reasonOf(error: unknown): string {
  if (!types.isNativeError(error)) return String(error);
  const isOfTheLog = exitCodeOf(error) === exitCodes.logUnreachable;
  if (!isOfTheLog || error instanceof DatabaseUnreachable || error instanceof ServiceUnreachable) return error.message;
  // A host with several addresses fails once for each, in an error without a message.
  const each: readonly unknown[] = error.cause instanceof AggregateError ? error.cause.errors : [error];
  return `the log cannot be reached: ${each.map((one) => (types.isNativeError(one) ? one.message : String(one))).join('; ')}`;
}
