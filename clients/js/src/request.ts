import { SiarError } from './error.js';
import type { RequestOptions } from './options.js';

/** Makes a request. It ends with the signal even when the token's provider or `fetch` does not heed that. @internal */
export async function send(
  url: string | URL,
  { headers, token, withCredentials, fetch = globalThis.fetch }: RequestOptions,
  more: Record<string, string>,
  init: RequestInit,
): Promise<Response> {
  const { signal } = init;
  const all = new Headers(headers);
  for (const name in more) all.set(name, more[name]!);
  const request = async () => {
    const bearer = typeof token === 'function' ? await token() : token;
    if (bearer) all.set('authorization', `Bearer ${bearer}`);
    signal?.throwIfAborted();
    const full = { cache: 'no-store', credentials: withCredentials ? 'include' : 'same-origin', ...init, headers: all } satisfies RequestInit;
    // A browser lets nobody else follow its redirects; and what has no secret can be led anywhere.
    if (globalThis.location || !(headers || bearer)) return fetch(url, full);
    return (await import('./redirects.js')).follow(fetch, url, full, more);
  };
  if (!signal) return request();
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop);
    // A signal may live as long as the page.
    void request().then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** Refuses an answer that is not what was asked for: a status but 200, or another content type, parameters aside. @internal */
export async function expect(response: Response, type: string): Promise<void> {
  if (response.status !== 200) throw await SiarError.from(response);
  const is = (response.headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase();
  if (is !== type) throw new SiarError(`The answer is of type '${is}' where ${type} was asked for.`, 200);
}
