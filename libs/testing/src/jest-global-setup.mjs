// Jest loads this file as it is, so what it does lives in TypeScript beside it and is taken from the build.
import { beginTestRun } from '../dist/test-run.js';

export default async function globalSetup() {
  globalThis.waymarkTestRun = await beginTestRun();
}
