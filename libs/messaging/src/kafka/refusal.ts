import kafkajs from 'kafkajs';

const distrust = /certificate|ERR_TLS/i;

/** Why a broker and this client will not come together until somebody changes a setting; undefined for what passes by itself. */
export function refusalOf(error: unknown): string | undefined {
  if (error instanceof kafkajs.KafkaJSSASLAuthenticationError) return 'refused: name or password is wrong';
  if (error instanceof kafkajs.KafkaJSConnectionError && distrust.test(error.message))
    return "refused: the broker's certificate is not trusted, or is not for this name";
  if (error instanceof kafkajs.KafkaJSProtocolError && error.type.endsWith('_AUTHORIZATION_FAILED'))
    return 'refused: this user has no right to a topic or group that it needs';
  if (error instanceof kafkajs.KafkaJSNonRetriableError && error.cause instanceof Error) return refusalOf(error.cause);
  return undefined;
}

/** Whether the broker has no such topic, be it for the first time or the last that kafkajs has asked. */
export function isTopicGone(error: unknown): boolean {
  if (error instanceof kafkajs.KafkaJSNonRetriableError) return isTopicGone(error.cause);
  return error instanceof kafkajs.KafkaJSProtocolError && error.type === 'UNKNOWN_TOPIC_OR_PARTITION';
}
