const readingWithinMs = 3_000;

/**
 * What a metric reads from elsewhere; undefined when it fails or does not come in time: a broker or a database that hangs must not keep
 * the other metrics back.
 */
export async function reading<Value>(asked: Promise<Value>): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), readingWithinMs);
  });
  try {
    return await Promise.race([asked.catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}
