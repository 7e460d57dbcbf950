import { createHmac } from 'node:crypto';

const secondsEach = 30;
const digits = 6;

/**
 * The code that an authenticator app shows at this moment: RFC 6238 over HMAC-SHA-1, six digits, a new one every 30 seconds. The
 * secret's own bytes are the key.
 */
export function timeBasedCode(secret: string, atMilliseconds: number): string {
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(atMilliseconds / 1000 / secondsEach)));
  const mac = createHmac('sha1', secret).update(step).digest();
  const from = (mac.at(-1) ?? 0) & 0xf;
  const code = (mac.readUInt32BE(from) & 0x7fffffff) % 10 ** digits;
  return String(code).padStart(digits, '0');
}
