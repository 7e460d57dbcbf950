import type { MigrationInterface, QueryRunner } from 'typeorm';
import { inboxForgettingMigration, inboxMovedNumbersMigration } from '@waymark/messaging';

/** Marks in the place of rows, so that the inbox may forget what is old. */
export class LetTheInboxForget1764180000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(inboxForgettingMigration);
  }

  async down(): Promise<void> {
    throw new Error('what was forgotten does not come back');
  }
}

/** A message that comes again with another number is known all the same. */
export class KnowMessagesByAnyNumber1764411000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(inboxMovedNumbersMigration);
  }

  async down(): Promise<void> {
    throw new Error('messages that came again with another number have taken it');
  }
}
