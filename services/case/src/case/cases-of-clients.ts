import { MarksOfClients } from '@waymark/service-kit';

/** Of all cases of a client, as the list of cases has them. */
export const casesOfClients = new MarksOfClients({
  table: 'cases',
  marks: 'shut_out',
  links: ['client_ids', 'client_links'],
});
