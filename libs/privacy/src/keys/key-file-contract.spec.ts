import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeKeyProviderContract } from './contract-suite.js';
import { createKeyFile } from './create-key-file.js';
import { openKeyFile } from './key-file.js';

describeKeyProviderContract('key file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'waymark-keys-'));
  const [path, otherPath] = [join(folder, 'intake.key'), join(folder, 'case.key')];
  await createKeyFile({ path });
  await createKeyFile({ path: otherPath });
  return {
    provider: await openKeyFile({ path }),
    another: await openKeyFile({ path }),
    ofAnotherContext: await openKeyFile({ path: otherPath }),
    cut: () => chmod(path, 0o640),
    mend: () => chmod(path, 0o600),
    close: () => rm(folder, { recursive: true }),
  };
});
