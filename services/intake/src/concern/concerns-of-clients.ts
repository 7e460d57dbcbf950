import { MarksOfClients } from '@waymark/service-kit';

/** Of all concerns of a client, as the queue has them. */
export const concernsOfClients = new MarksOfClients({
  table: 'concern_queue',
  marks: 'marks_in_log',
  links: ['client_ids'],
});
