import { EnvError, makeValidator } from 'envalid';
import { readEnvironment } from './config.js';
import { ShutOutMarks } from './shut-out-marks.js';

const secret = makeValidator<string>((value) => {
  if (Buffer.from(value, 'base64url').length !== 32) throw new EnvError('must be 32 bytes of base64url');
  return value;
});

/** The settings of a service that recognises whom a reporter shut out. */
export const shutOutVariables = {
  SHUT_OUT_SECRET: secret({ desc: 'secret of the marks by which intake tells whom a reporter shut out' }),
};

/** The marks, under the secret that such a service is given. */
export const shutOutMarks = ({ SHUT_OUT_SECRET }: { readonly SHUT_OUT_SECRET: string }): ShutOutMarks =>
  new ShutOutMarks(Buffer.from(SHUT_OUT_SECRET, 'base64url'));

/** The same for who looks at a service from outside. Throws a `ConfigError` when its environment has no secret of the marks. */
export const shutOutMarksIn = (service: string, environment: NodeJS.ProcessEnv): ShutOutMarks =>
  shutOutMarks(readEnvironment(service, environment, shutOutVariables));
