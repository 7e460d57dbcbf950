import { InvalidArgumentError } from 'commander';

/** Takes an argument that is the id of such a thing, as `list` prints it. */
export const listedId =
  (what: string) =>
  (text: string): string => {
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text))
      throw new InvalidArgumentError(`It must be the id of ${what}, as list prints it.`);
    return text;
  };
