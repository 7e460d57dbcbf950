import type { Account, CommandAccount, ReceiptAccount } from '../checker/account.js';

/** What the callers know, written down as they learn it. The checker gets it at the end, and nothing else of theirs. */
export class AccountBook implements Account {
  readonly commands: CommandAccount[] = [];
  readonly receipts: ReceiptAccount[] = [];
  /** Attempts beyond the first, over all commands. */
  retries = 0;
  mattersBegun = 0;
  mattersEnded = 0;
  /** Answers that ended a command without doing it, by command, status and code. */
  readonly refusals = new Map<string, number>();
  /** Faults of the load's own script: its figures would be worth nothing. */
  readonly scriptFaults: string[] = [];

  count(fate: CommandAccount['fate']): number {
    return this.commands.filter((command) => command.fate === fate).length;
  }
}
