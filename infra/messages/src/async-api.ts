import { type MessageContract, toJsonSchema } from '@waymark/contracts';
import { envelopeSchema, headersSchema } from './envelope-schema.js';
import { exampleMessage } from './example-message.js';

/** What a service says and listens to, as its definition declares it. */
export interface MessagingService {
  readonly name: string;
  readonly title: string;
  readonly publishes: readonly MessageContract[];
  readonly hears: readonly MessageContract[];
}

const contentType = 'application/cloudevents+json';
const reference = (...path: readonly string[]) => ({ $ref: ['#', ...path].join('/') });
const byName = <Item, Value>(items: readonly Item[], entry: (item: Item) => readonly [string, Value]) =>
  Object.fromEntries(items.map(entry).sort(([a], [b]) => (a < b ? -1 : 1)));

/** The AsyncAPI 3.0 document of these services: who sends and receives what on which topic, with schemas and examples. */
export function asyncApiOf(services: readonly MessagingService[]) {
  // What is retired is published by nobody, and still read.
  const contracts = [...new Set(services.flatMap(({ publishes, hears }) => [...publishes, ...hears]))];
  const topics = [...new Set(contracts.map(({ topic }) => topic))];
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Waymark messages',
      version: '1',
      description:
        'What the services of Waymark tell each other: CloudEvents 1.0 with codes, ids and times, never sealed or free text.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: contentType,
    servers: servers(),
    channels: byName(topics, (topic) => [topic, channel(topic, contracts)]),
    operations: byName(services.flatMap(operationsOf), ([name, operation]) => [name, operation]),
    components: {
      messages: byName(contracts, (contract) => [contract.type, message(contract)]),
      schemas: {
        envelope: envelopeSchema,
        headers: headersSchema,
        ...byName(contracts, ({ type, schema }) => [type, toJsonSchema(schema)]),
      },
      securitySchemes: {
        databaseRole: {
          type: 'userPassword',
          description: 'The role of the service; it may publish to and read only the topics it was granted.',
        },
      },
    },
  };
}

const servers = () => ({
  kafka: {
    host: 'kafka:9092',
    protocol: 'kafka',
    description:
      'Inside the network of the deployment, KAFKA_BROKERS. Brokers are not asked for a password: who can reach them can read the topics.',
  },
  postgres: {
    host: '127.0.0.1:5432',
    protocol: 'postgres',
    description: 'The bus of the platform in one process, BUS_URL: the same messages in tables.',
    security: [reference('components', 'securitySchemes', 'databaseRole')],
  },
});

const channel = (topic: string, contracts: readonly MessageContract[]) => ({
  address: topic,
  messages: byName(
    contracts.filter((contract) => contract.topic === topic),
    ({ type }) => [type, reference('components', 'messages', type)],
  ),
  bindings: {
    kafka: {
      topic,
      topicConfiguration: { 'cleanup.policy': ['delete'], 'retention.ms': -1 },
      bindingVersion: '0.5.0',
    },
  },
});

const message = (contract: MessageContract) => ({
  name: contract.type,
  title: contract.title,
  summary: contract.summary,
  contentType,
  headers: reference('components', 'schemas', 'headers'),
  payload: {
    allOf: [
      reference('components', 'schemas', 'envelope'),
      {
        type: 'object',
        properties: {
          type: { const: contract.type },
          source: { const: contract.source },
          data: reference('components', 'schemas', contract.type),
        },
      },
    ],
  },
  correlationId: { location: '$message.payload#/correlationid' },
  bindings: {
    kafka: { key: { type: 'string', description: `Id of the ${contract.key}` }, bindingVersion: '0.5.0' },
  },
  examples: contract.examples.map((example, index) => ({
    name: `example-${index + 1}`,
    payload: exampleMessage(contract, example),
  })),
  'x-key': contract.key,
  'x-classification': contract.classification,
});

function operationsOf({ name, title, publishes, hears }: MessagingService) {
  const operation = (action: 'send' | 'receive', topic: string, contracts: readonly MessageContract[]) =>
    [
      `${name}.${action}.${topic}`,
      {
        action,
        channel: reference('channels', topic),
        summary: `${title} ${action === 'send' ? 'publishes' : 'reacts'}`,
        ...(action === 'receive'
          ? { bindings: { kafka: { groupId: { type: 'string', enum: [name] }, bindingVersion: '0.5.0' } } }
          : {}),
        messages: contracts
          .filter((contract) => contract.topic === topic)
          .map(({ type }) => reference('channels', topic, 'messages', type)),
      },
    ] as const;
  const all = (action: 'send' | 'receive', contracts: readonly MessageContract[]) =>
    [...new Set(contracts.map(({ topic }) => topic))].map((topic) => operation(action, topic, contracts));
  return [...all('send', publishes), ...all('receive', hears)];
}
