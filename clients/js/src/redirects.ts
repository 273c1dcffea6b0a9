/** What a browser follows by itself (Fetch Standard, "redirect status"). */
const redirects = [301, 302, 303, 307, 308];

/**
 * Follows redirects as `fetch` does (Fetch Standard, 4.4, "HTTP-redirect fetch"), but takes no secret to another origin: `fetch` leaves the token behind,
 * and takes along what an application has put into headers of its own.
 * @param own The headers that the client itself sets: they hold no secret.
 * @internal
 */
export async function follow(fetch: typeof globalThis.fetch, url: string | URL, init: RequestInit, own: object): Promise<Response> {
  let at = new URL(url);
  // "If request's redirect count is 20, then return a network error."
  for (let count = 0; count <= 20; count++) {
    const response = await fetch(at.href, { ...init, redirect: 'manual' });
    const { status, body } = response;
    const location = redirects.includes(status) && response.headers.get('location');
    if (!location) return response;
    void body?.cancel().catch(() => {});
    const to = new URL(location, at);
    const headers = new Headers(init.headers);
    init = { ...init, headers };
    // "301 or 302 and request's method is `POST`", "303 and request's method is not `GET` or `HEAD`"
    if (status < 303 ? init.method === 'POST' : status === 303 && init.method !== 'HEAD') {
      Object.assign(init, { method: 'GET', body: null });
      headers.delete('content-type');
    }

    if (to.origin !== at.origin) for (const name of [...headers.keys()]) if (!(name in own)) headers.delete(name);
    at = to;
  }

  throw new TypeError('The address redirects without end.');
}
