import 'reflect-metadata';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { allMessages } from '@waymark/contracts';
import { messagesOf } from '@waymark/service-kit';
import { definitions } from '@waymark/services';
import { asyncApiOf } from './async-api.js';
import { asyncApiFile, readRecord, recordFile } from './papers.js';
import { IncompatibleChange, recordOf } from './published-record.js';

function write(file: string, content: object): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(content, undefined, 2)}\n`);
}

/** `npm run messages`: records new messages and new optional fields, and writes `docs/asyncapi.json`. Answers the exit code. */
export function main(): number {
  try {
    const records = allMessages.map((contract) => ({ contract, record: recordOf(readRecord(contract), contract) }));
    for (const { contract, record } of records) write(recordFile(contract), record);
    write(asyncApiFile, asyncApiOf(definitions.map(messagesOf)));
    console.log(`${records.length} messages recorded; docs/asyncapi.json written`);
    return 0;
  } catch (error) {
    if (!(error instanceof IncompatibleChange)) throw error;
    console.error(error.message);
    return 1;
  }
}
