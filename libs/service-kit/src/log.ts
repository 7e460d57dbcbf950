import { pino, type DestinationStream, type Logger } from 'pino';

/** JSON log lines. Never bodies, tokens, receipts or names: log ids, codes and durations. */
export type Log = Logger;

export const createLog = (service: string, level: string, destination?: DestinationStream): Log =>
  pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: ['*.authorization', '*.password', '*.token', '*.receipt'], censor: '[redacted]' },
      serializers: { err: errorWithoutContent },
    },
    destination ?? pino.destination(1),
  );

/**
 * Database errors carry parameters and rows in fields of their own: only name, message and stack are kept. Messages quote the
 * value that was wrong (`invalid input syntax for type date: "…"`), and so does the stack, which begins with the message.
 */
const errorWithoutContent = (error: unknown): object =>
  error instanceof Error
    ? { type: error.name, message: withoutQuotes(error.message), stack: withoutQuotes(error.stack ?? '') }
    : { message: withoutQuotes(String(error)) };

const withoutQuotes = (text: string): string => text.replace(/"[^"]*"/g, '"…"');
