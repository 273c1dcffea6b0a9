// The token that the page shows with its requests, kept until the tab is closed.

const key = 'siar-token';
const watchers = new Set<() => void>();

export const token = (): string | null => sessionStorage.getItem(key);

export function setToken(value: string | null): void {
  if (value) sessionStorage.setItem(key, value);
  else sessionStorage.removeItem(key);
  for (const watcher of [...watchers]) watcher();
}

/** Calls back when another token is set; what is returned ends that. */
export function onToken(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export const authorization = (value = token()): Record<string, string> => (value ? { authorization: `Bearer ${value}` } : {});

/** What a token says of itself; null for a text that is none. */
export function claimsOf(value: string): Record<string, unknown> | null {
  try {
    const text = atob(value.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/'));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(text, (c) => c.charCodeAt(0)))) as Record<string, unknown>;
  } catch {
    return null;
  }
}

/** When a token ends, in milliseconds since 1970; null where it does not say. */
export function endOf(value: string): number | null {
  const exp = claimsOf(value)?.['exp'];
  return typeof exp === 'number' ? exp * 1000 : null;
}

/** A path below the page, as a full address. */
export const address = (path: string): string => new URL(path, document.baseURI).href;
