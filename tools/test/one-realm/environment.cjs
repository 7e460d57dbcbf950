const vm = require('node:vm');
const { LegacyFakeTimers, ModernFakeTimers } = require('@jest/fake-timers');
const { ModuleMocker } = require('jest-mock');

/** Given to jest where it wants a context of its own. What jest compiles for it is compiled among Node's own globals. */
const nodesOwn = vm.createContext({});

const { compileFunction } = vm;
vm.compileFunction = (code, parameters, options) => {
  const among = options?.parsingContext === nodesOwn ? undefined : options?.parsingContext;
  return compileFunction(code, parameters, { ...options, parsingContext: among });
};

/** Specs run among Node's own globals, as the services do: an Error is the same Error in a spec, in a package and in Node. */
module.exports = class OneRealm {
  #exit = process.exit;

  constructor({ projectConfig: config }) {
    const global = globalThis;
    Error.stackTraceLimit = 100;
    this.global = global;
    this.moduleMocker = new ModuleMocker(global);
    const timerConfig = { idToRef: (id) => id, refToId: (ref) => ref };
    this.fakeTimers = new LegacyFakeTimers({ config, global, moduleMocker: this.moduleMocker, timerConfig });
    this.fakeTimersModern = new ModernFakeTimers({ config, global });
  }

  async setup() {}

  /** The runner puts an exit of its own in place for each spec. */
  async teardown() {
    process.exit = this.#exit;
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  getVmContext() {
    return nodesOwn;
  }
};
