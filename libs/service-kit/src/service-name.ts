import { EnvError, makeValidator } from 'envalid';

const desc = 'the service whose environment it is';
const nameOf = (service: string) =>
  makeValidator<string>((value) => {
    if (value !== service) throw new EnvError(`must be ${service}`);
    return value;
  });

/** Whose environment it is, which provisioning writes: nobody acts for one service with what belongs to another. */
export const environmentOfService = (service: string) => ({ WAYMARK_SERVICE: nameOf(service)({ desc }) });

/** The same for the service itself, which may also be given an environment by hand. */
export const environmentOfItself = (service: string) => ({
  WAYMARK_SERVICE: nameOf(service)({ desc, default: undefined }),
});
