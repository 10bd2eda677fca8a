import { afterEach, describe, expect, test, vi } from 'vitest';
import { browserHost, Failure, host, setHost } from './host';
import type { PortalEvent } from './wire';

afterEach(() => vi.unstubAllGlobals());

function answer(body: unknown, status = 200) {
  const asked = vi.fn(
    async () => new Response(typeof body === 'string' ? body : JSON.stringify(body), { status }),
  );
  vi.stubGlobal('fetch', asked);
  return asked;
}

describe('in a browser', () => {
  test('the token is taken out of the address and goes with every call', async () => {
    history.replaceState(null, '', '/?token=secret&x=1');
    const asked = answer([1]);
    await expect(browserHost().call('complete', { search: 'a', cursor: 1 })).resolves.toEqual([1]);
    expect(window.location.search).toBe('?x=1');
    const [path, options] = asked.mock.calls[0] as unknown as [string, RequestInit];
    expect(path).toBe('call/complete');
    expect(options.headers).toMatchObject({ 'X-Portal-Token': 'secret' });
    expect(options.body).toBe('{"search":"a","cursor":1}');
  });

  test('a call says which workspace it is for, where one is known', async () => {
    const asked = answer(null);
    await browserHost().call('company', { id: 'x' }, 'one');
    await browserHost().call('session', {});
    const headers = asked.mock.calls.map(
      (call) => (call as unknown as [string, RequestInit])[1].headers as Record<string, string>,
    );
    expect(headers.map((each) => each['X-Portal-Workspace'])).toEqual(['one', undefined]);
  });

  test('the token outlives a reload', async () => {
    sessionStorage.setItem('portal-token', 'kept');
    history.replaceState(null, '', '/');
    const asked = answer(null);
    await browserHost().call('company', { id: 'x' });
    expect((asked.mock.calls[0] as unknown as [string, RequestInit])[1].headers).toMatchObject({
      'X-Portal-Token': 'kept',
    });
  });

  test('an answer of null is an answer', async () => {
    answer('null');
    await expect(browserHost().call('company', { id: 'x' })).resolves.toBeNull();
  });

  test('a refusal is a failure with its code, sentence and details', async () => {
    answer({ code: 'offline', message: 'We can’t reach Codat.', detail: 'correlation 1' }, 502);
    const failure = await browserHost()
      .call('refreshNow', {})
      .catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({
      code: 'offline',
      message: 'We can’t reach Codat.',
      detail: 'correlation 1',
    });
  });

  test('an answer that is no JSON says so', async () => {
    answer('<html>', 200);
    await expect(browserHost().call('session', {})).rejects.toMatchObject({ code: 'unreadable' });
  });

  test('no answer at all says that the app may have ended', async () => {
    vi.stubGlobal(
      'fetch',
      vi.fn(async () => Promise.reject(new TypeError('failed'))),
    );
    await expect(browserHost().call('session', {})).rejects.toMatchObject({ code: 'noAnswer' });
  });

  test('what happened before the stream was open, the first time or again, is asked for', () => {
    const streams: {
      onopen?: () => void;
      onmessage?: (event: { data: string }) => void;
      close: () => void;
    }[] = [];
    vi.stubGlobal(
      'EventSource',
      class {
        constructor() {
          streams.push(this as never);
        }
        close = vi.fn();
      },
    );
    const heard: PortalEvent[] = [];
    const stop = browserHost().listen((event) => heard.push(event));
    const [stream] = streams;
    stream?.onopen?.();
    expect(heard.map((event) => event.type)).toEqual(['session', 'changed']);
    stream?.onmessage?.({ data: '{"type":"changed","version":3}' });
    stream?.onopen?.();
    expect(heard.map((event) => event.type)).toEqual(['session', 'changed', 'changed', 'session', 'changed']);
    stop();
    expect(stream?.close).toHaveBeenCalled();
  });
});

describe('failures', () => {
  test('whatever is thrown can be shown', () => {
    expect(Failure.from({ code: 'notFound', message: 'Gone.', detail: null })).toMatchObject({
      code: 'notFound',
    });
    expect(Failure.from(new TypeError('x'))).toMatchObject({ code: 'internal', detail: 'TypeError: x' });
    expect(Failure.from('text')).toMatchObject({ code: 'internal', detail: 'text' });
    const failure = Failure.from({ code: 'offline', message: 'm', detail: null });
    expect(Failure.from(failure)).toBe(failure);
  });
});

test('another host can stand in', () => {
  const other = {
    handlesBackButton: true,
    call: vi.fn(),
    listen: vi.fn(),
    saveExport: vi.fn(),
    writeClipboard: vi.fn(),
    files: null,
  };
  setHost(other);
  expect(host()).toBe(other);
});
