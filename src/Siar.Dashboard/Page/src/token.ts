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

export function authorization(): Record<string, string> {
  const value = token();
  return value ? { authorization: `Bearer ${value}` } : {};
}

/** A path below the page, as a full address. */
export const address = (path: string): string => new URL(path, document.baseURI).href;
