// In place of `@jest/globals`, for a source that is loaded once for many specs: leads to those of the spec that runs.
import holder from './current-globals.cjs';

const ofTheSpecThatRuns = (name) =>
  new Proxy(function ofTheSpecThatRuns() {}, {
    apply: (_target, _this, args) => holder.current[name](...args),
    get: (_target, property) => holder.current[name][property],
  });

export const afterAll = ofTheSpecThatRuns('afterAll');
export const afterEach = ofTheSpecThatRuns('afterEach');
export const beforeAll = ofTheSpecThatRuns('beforeAll');
export const beforeEach = ofTheSpecThatRuns('beforeEach');
export const describe = ofTheSpecThatRuns('describe');
export const expect = ofTheSpecThatRuns('expect');
export const it = ofTheSpecThatRuns('it');
export const jest = ofTheSpecThatRuns('jest');
export const test = ofTheSpecThatRuns('test');
