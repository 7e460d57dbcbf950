import { Option, type Command } from 'commander';
import { operatorReasons, type OperatorReason } from '@waymark/messaging';
import { databaseOption } from '../../service-database.js';
import { type OrderingOptions, withOrderingOptions } from '../ordering.js';
import type { LookOptions } from './look.js';
import { type Selection, withSelection } from './selection.js';

export interface OrderOptions extends LookOptions, OrderingOptions, Selection {
  readonly goOn?: boolean;
  readonly reason?: OperatorReason;
  readonly note?: string;
}

export const withOrderOptions = (command: Command, reasonFor: string): Command =>
  withOrderingOptions(
    withSelection(command)
      .addOption(databaseOption())
      .addOption(new Option('--reason <code>', reasonFor).choices(operatorReasons))
      .option('--note <text>', "for your colleagues; kept in the service's own database, not in the log"),
  )
    .option('--json', 'print the result as one line of JSON')
    .option('--quiet', 'print nothing without --json');
