import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { isNativeError } from 'node:util/types';

const run = promisify(execFile);

export const KAFKA_VERSION = '4.3.0';

/** The folder with Kafka's jars, outside the repository so that every clone shares it; filled by Maven once. */
export async function kafkaJars(): Promise<string> {
  const jars = jarsFolder();
  if (await isThere(jars)) return jars;
  await mkdir(path.dirname(jars), { recursive: true });
  const unfinished = await mkdtemp(`${jars}-`);
  try {
    await writeFile(path.join(unfinished, 'pom.xml'), POM);
    await runMaven(unfinished);
    await rename(path.join(unfinished, 'jars'), jars).catch(async (error: unknown) => {
      // Another run was faster, and its jars are the same.
      if (!(await isThere(jars))) throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return jars;
}

async function runMaven(folder: string): Promise<void> {
  const goal = ['--batch-mode', '--quiet', 'dependency:copy-dependencies', '-DoutputDirectory=jars'];
  try {
    await run('mvn', goal, { cwd: folder });
  } catch (error) {
    // Maven reports its errors on standard output.
    const reason = isNativeError(error) && 'stdout' in error && error.stdout ? error.stdout : error;
    throw new Error(`Maven could not fetch Kafka ${KAFKA_VERSION}: ${String(reason)}`);
  }
}

export function areKafkaJarsThere(): Promise<boolean> {
  return isThere(jarsFolder());
}

function jarsFolder(): string {
  return path.join(
    process.env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache'),
    'waymark',
    `kafka-${KAFKA_VERSION}`,
  );
}

async function isThere(folder: string): Promise<boolean> {
  return stat(folder).then(
    () => true,
    () => false,
  );
}

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>waymark</groupId>
  <artifactId>kafka-for-tests</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>${KAFKA_VERSION}</version>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId>
      <artifactId>log4j-slf4j-impl</artifactId>
      <version>2.24.3</version>
    </dependency>
  </dependencies>
</project>
`;
