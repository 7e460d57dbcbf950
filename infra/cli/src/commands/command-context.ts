import type { Terminal } from '../terminal.js';
import type { ExitCode } from '../exit-codes.js';

/** What a command is given beside its options. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly end: (code: ExitCode) => void;
}

/** Options that every command has. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** The result, as one line of JSON or as text for people; `quiet` leaves the text out. */
export function report({ stdout }: Terminal, { json, quiet }: CommonOptions, result: object, text: () => string): void {
  if (json) stdout.write(`${JSON.stringify(result)}\n`);
  else if (!quiet) stdout.write(text());
}

/** Under a list that ends before everything is told. */
export const cutOff = ({ limit }: { readonly limit: number }): string =>
  `There are more than are shown: raise --limit, which is ${limit}.\n`;
