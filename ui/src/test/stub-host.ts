// A host for tests: each test gives the answers to the calls that it needs, and no others.
import { afterEach, expect } from 'vitest';
import type { CommandName } from '../lib/calls';
import { Failure, setHost, type Host } from '../lib/host';
import type { Code, Commands, PortalEvent } from '../lib/wire';

/** Answers to calls. An answer of a wrong shape does not compile. */
export type Stubs = {
  [Name in CommandName]?: (
    args: Commands[Name]['args'],
  ) => Commands[Name]['result'] | Promise<Commands[Name]['result']>;
};

/** The host of one test. */
export interface StubHost extends Host {
  /** What each call answers; a test may change it at any time. */
  stubs: Stubs;
  /** All calls so far, in their order. */
  readonly calls: readonly { name: CommandName; args: unknown }[];
  /** Texts that the page put on the clipboard. */
  readonly clipboard: readonly string[];
  /** Exports that the page saved. */
  readonly saved: readonly string[];
  /** The arguments of all calls of this name, in their order. */
  argsOf: <Name extends CommandName>(name: Name) => Commands[Name]['args'][];
  /** Sends an event to the page. */
  emit: (event: PortalEvent) => void;
}

/** Calls for which a test had no stub. The page may have caught the error, so the test fails at its end. */
const withoutStub: string[] = [];

afterEach(() => {
  expect(withoutStub.splice(0), 'calls without a stub').toEqual([]);
});

/** Makes a host and puts it in place. */
export function stubHost(stubs: Stubs = {}): StubHost {
  const calls: { name: CommandName; args: unknown }[] = [];
  const listeners = new Set<(event: PortalEvent) => void>();
  const clipboard: string[] = [];
  const saved: string[] = [];
  const stub: StubHost = {
    handlesBackButton: true,
    stubs: { ...stubs },
    calls,
    clipboard,
    saved,
    argsOf: (name) => calls.filter((call) => call.name === name).map(({ args }) => args as never),
    emit: (event) => listeners.forEach((listener) => listener(event)),
    async call(called, args) {
      const name = called as CommandName;
      calls.push({ name, args });
      const answer = stub.stubs[name] as ((args: unknown) => unknown) | undefined;
      if (answer === undefined) {
        withoutStub.push(name);
        throw new Error(`The test has no stub for the call ${name}.`);
      }
      // A copy: the page must not share objects with the test.
      return structuredClone(await answer(args));
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    saveExport: (id) => void saved.push(id),
    writeClipboard: async (text) => void clipboard.push(text),
    files: null,
  };
  setHost(stub);
  return stub;
}

/** A stub of a call that fails. */
export function fails(code: Code, message = ''): () => never {
  return () => {
    throw new Failure({ code, message, detail: null });
  };
}
