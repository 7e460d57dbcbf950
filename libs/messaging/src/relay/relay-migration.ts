/**
 * What a relay keeps in the database of its own service: how far the log is published, under which leadership, and the last
 * sequence of each subject. All of it can be computed again from the log.
 */
export const relayMigration = `
create table if not exists relay_checkpoint (
  service text primary key,
  position bigint not null default 0,
  epoch bigint not null default 0
);
create table if not exists relay_sequence (
  service text not null,
  subject text not null,
  last bigint not null,
  primary key (service, subject)
);
`;
