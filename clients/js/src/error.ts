/** Why a stream was lost, or a request refused. */
export class SiarError extends Error {
  override readonly name = 'SiarError';

  constructor(
    message: string,
    /** The status of the answer, where there was one. */
    readonly status?: number,
    /** How long the server asked to wait before the next attempt, in milliseconds, where it did. */
    readonly retryAfter?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** Takes what was thrown for what it is. @internal */
  static of(thrown: unknown): SiarError {
    return thrown instanceof SiarError ? thrown : new SiarError(thrown instanceof Error ? thrown.message : String(thrown), undefined, undefined, { cause: thrown });
  }

  /** @internal */
  static async from(response: Response): Promise<SiarError> {
    // The status counts although no sentence comes.
    const said = (await response.text().catch(() => '')).slice(0, 1000);
    return new SiarError(said || `The answer was ${response.status} ${response.statusText}.`, response.status, retryAfter(response.headers));
  }
}

/** What every attempt would meet again: nothing is tried after it. @internal */
export class LastingError extends SiarError {}

/** RFC 9110, 10.2.3: seconds, or a date. */
function retryAfter(headers: Headers): number | undefined {
  const value = headers.get('retry-after');
  if (!value) return undefined;
  const wait = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}
