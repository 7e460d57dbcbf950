export default async function globalTeardown() {
  await globalThis.waymarkTestRun?.end();
}
