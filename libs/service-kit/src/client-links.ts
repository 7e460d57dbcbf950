import type { MigrationInterface, QueryRunner } from 'typeorm';
import { consentMessages } from '@waymark/contracts';
import { handling } from './consumption.js';

/**
 * Keeps a service's own copy, in its table `client_links`, of which ids consent keeps for one person, also where no case of theirs
 * tells. What is linked stays linked; each link stands there from both ends.
 */
export const keepClientLinks = handling(consentMessages.linkAnswered, async ({ data }, { manager }) => {
  const { clientId, earlierClientId, outcome } = data;
  if (outcome !== 'linked') return;
  // In one order, so that two who are linked to each other at once do not wait for each other.
  await manager.query(
    `INSERT INTO client_links (client_id, linked_client_id) VALUES ($1, $2), ($2, $1) ON CONFLICT DO NOTHING`,
    [clientId, earlierClientId].sort(),
  );
});

/** Table of that copy. Links that were answered before it was there are not in it. */
export class CreateClientLinks1764413000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE client_links (
        client_id uuid NOT NULL,
        linked_client_id uuid NOT NULL,
        PRIMARY KEY (client_id, linked_client_id)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE client_links');
  }
}
