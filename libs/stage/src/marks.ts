import { readFileSync } from 'node:fs';
import { type ShutOut, shutOutMarks } from '@waymark/service-kit';
import type { Stage } from './start-stage.js';

/** Marks of whom a reporter shuts out, as intake makes them: the services that recognise them have the same secret. */
export function marksOf(stage: Stage, concernId: string, excluded: Partial<ShutOut>): readonly string[] {
  const file = String(stage.environmentOf('case').SHUT_OUT_SECRET_FILE);
  const marks = shutOutMarks({ SHUT_OUT_SECRET: readFileSync(file, 'utf8').trim() });
  return marks.of(concernId, { people: [], roles: [], units: [], ...excluded });
}
