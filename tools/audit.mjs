// npm run audit: known vulnerabilities, high or critical, in what production runs.
import { spawnSync } from 'node:child_process';
import { root } from './prepare.mjs';

const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
});
const report = parsed(stdout);
const counts = report?.metadata?.vulnerabilities;
if (counts === undefined) {
  const reason = report?.error?.summary || report?.message || 'no answer';
  console.log(
    `NOT AUDITED: this registry gives no audit (${withoutAddress(reason)}). Nothing is known about vulnerabilities.`,
  );
} else {
  const grave = Object.values(report.vulnerabilities).filter(({ severity }) => ['high', 'critical'].includes(severity));
  for (const { name, severity, range } of grave) console.log(`${severity}: ${name} ${range}`);
  const { info, low, moderate, high, critical } = counts;
  console.log(`critical ${critical}, high ${high}, moderate ${moderate}, low ${low + info}`);
  process.exitCode = grave.length === 0 ? 0 : 1;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function withoutAddress(reason) {
  return String(reason)
    .replace(/https?:\/\/\S+/g, 'the registry')
    .trim();
}
