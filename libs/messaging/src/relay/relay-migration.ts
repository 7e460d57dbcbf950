import { orderColumns } from '../orders/order-table.js';

/**
 * What a relay keeps in the database of its own service: how far the log is published, under which leadership, how far each partition
 * of its topic was seen to reach, the history of the server under which it was noted, and the last sequence of each subject. All of it can be computed again from the log. Safe to run again.
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
do $$
begin
  if not exists (select from information_schema.columns where table_name = 'relay_checkpoint' and column_name = 'published') then
    alter table relay_checkpoint add column published bigint not null default 0;
    update relay_checkpoint c set published =
      (select coalesce(sum(last), 0) from relay_sequence s where s.service = c.service);
  end if;
end $$;
alter table relay_checkpoint add column if not exists ends jsonb not null default '{}';
alter table relay_checkpoint add column if not exists history text;
`;

/** Where the windows of a relay ended that publishes in windows. Kept also when everything is published again. Safe to run again. */
export const relayWindowMigration = `
create table if not exists relay_window (
  service text not null,
  ends bigint not null,
  primary key (service, ends)
);
`;

/**
 * Which messages a relay held back from the window in which they lie, and with which they went instead. Kept also when everything is
 * published again. Safe to run again.
 */
export const relayHeldMigration = `
create table if not exists relay_held (
  service text not null,
  stream text not null,
  revision bigint not null,
  place integer not null,
  position bigint not null,
  held_by bigint not null,
  went_with bigint,
  bare boolean not null,
  primary key (service, stream, revision, place)
);
create index if not exists relay_held_by on relay_held (service, held_by);
create index if not exists relay_held_until on relay_held (service, went_with);
`;

/** What operators have ordered to be published again, to be carried out by the relay's own service. Applied once. */
export const relayOrdersMigration = `
create table relay_orders (
  id uuid primary key,
  service text not null,
  ${orderColumns}
);
create unique index relay_orders_open on relay_orders (service) where done_at is null;
`;

/** Several orders of one relay may be open, so that each operator who orders is recorded. Applied once, after `relayOrdersMigration`. */
export const relayOrdersOfSeveralMigration = `
drop index relay_orders_open;
create index relay_orders_open on relay_orders (ordered_at) where done_at is null;
`;
