import { LastingError } from './error.js';
import type { SiarEventSourceOptions } from './options.js';

/**
 * What `fetch` refuses by itself, it refuses each time. It throws the same for that as for a network that fails, so that only a second look tells: HTML
 * Standard, 9.2.3, "unless the user agent knows that to be futile, in which case the user agent may fail the connection".
 * @internal
 */
export function refusal(thrown: unknown, url: string, { method, headers, body }: SiarEventSourceOptions): LastingError | undefined {
  if (!(thrown instanceof TypeError)) return undefined;
  const { protocol } = new URL(url);
  if (!/^https?:$/.test(protocol)) return new LastingError(`No stream can be read from an address that begins with '${protocol}': it must begin with http: or https:.`);
  try {
    void new Request(url, { method: method!, headers: headers!, body: body! });
    return undefined;
  } catch (thrown) {
    return new LastingError((thrown as Error).message, undefined, undefined, { cause: thrown });
  }
}
