import { EnvError, makeValidator } from 'envalid';

/** A variable that is a whole number, and not zero. */
export const fromOne = makeValidator<number>((value) => {
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new EnvError('must be a whole number from 1');
  return Number(value);
});
