/** Tells when it makes sense to try at once: the network is back, or the page is seen again. Gives what ends the listening. @internal */
export function onWake(act: (isOnline: boolean) => void): () => void {
  const seen = () => document.visibilityState === 'visible' && act(false);
  return listen([[globalThis, 'online', () => act(true)], [globalThis.document, 'visibilitychange', seen]]);
}

/** Tells when the page goes, perhaps to be kept and shown again, and when it is shown again. @internal */
export const onLeave = (leave: () => void, back: () => void): (() => void) =>
  listen([[globalThis, 'pagehide', leave], [globalThis, 'pageshow', (event) => (event as PageTransitionEvent).persisted && back()]]);

/** Tells when the page is frozen, and when it thaws. @internal */
export const onFreeze = (freeze: () => void, thaw: () => void): (() => void) =>
  listen([[globalThis.document, 'freeze', freeze], [globalThis.document, 'resume', thaw]]);

// A worker has no document, and Node's global object takes no listeners.
function listen(wanted: [target: EventTarget | undefined, type: string, act: (event: Event) => void][]): () => void {
  for (const [target, type, act] of wanted) target?.addEventListener?.(type, act);
  return () => {
    for (const [target, type, act] of wanted) target?.removeEventListener?.(type, act);
  };
}
