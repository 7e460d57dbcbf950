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
