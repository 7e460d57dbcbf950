const text = (description: string) => ({ type: 'string', minLength: 1, description });
const time = (description: string) => ({ type: 'string', format: 'date-time', description });

/** The attributes of every message: CloudEvents 1.0 and our extensions. Open, because a reader passes over attributes it does not know. */
export const envelopeSchema = {
  type: 'object',
  required: [
    ...['specversion', 'id', 'source', 'type', 'subject', 'time', 'datacontenttype'],
    ...['sequence', 'correlationid', 'causationid', 'data'],
  ],
  properties: {
    specversion: { type: 'string', const: '1.0' },
    id: text('The same for the same cause for ever: repeats are dropped by it.'),
    source: { ...text('The part that publishes.'), format: 'uri-reference' },
    type: text('The name of the message with its version.'),
    subject: text('Id of the aggregate: messages about one stay in order.'),
    time: time('When it happened.'),
    datacontenttype: { type: 'string', const: 'application/json' },
    sequence: {
      ...{ type: 'integer', minimum: 1, maximum: 2_147_483_647 },
      description: 'Dense per source and subject, from 1.',
    },
    partitionkey: text('The subject again; absent from the oldest messages.'),
    correlationid: text('What belongs to one request has the same.'),
    causationid: text('Id of the event that it follows from.'),
    traceparent: text('W3C Trace Context of the request.'),
    data: { type: 'object' },
  },
} as const;

const { data: _data, datacontenttype: _datacontenttype, ...attributes } = envelopeSchema.properties;

/** The headers of a Kafka record: the content type of the structured mode, and each attribute again as text. */
export const headersSchema = {
  type: 'object',
  required: [
    'content-type',
    ...envelopeSchema.required.filter((name) => name in attributes).map((name) => `ce_${name}`),
  ],
  properties: {
    'content-type': { type: 'string', const: 'application/cloudevents+json' },
    ...Object.fromEntries(Object.keys(attributes).map((name) => [`ce_${name}`, { type: 'string' }])),
  },
};
