import { randomUUID } from 'node:crypto';
import fastify from 'fastify';
import pg from 'pg';

/** Fastify and one insert, as a process of its own: what a command would cost if nothing were checked, sealed, decided or proved. */
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
await pool.query(
  'CREATE TABLE contacts (id uuid PRIMARY KEY, body jsonb NOT NULL, at timestamptz NOT NULL DEFAULT now())',
);

const server = fastify();
server.get('/health/ready', () => ({ status: 'ok' }));
server.post('/v1/contacts', async (request, reply) => {
  const id = randomUUID();
  await pool.query('INSERT INTO contacts (id, body) VALUES ($1, $2)', [id, JSON.stringify(request.body)]);
  return reply.status(201).send({ id });
});
await server.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
