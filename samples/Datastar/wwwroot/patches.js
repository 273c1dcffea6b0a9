// The newest Datastar on npm, 1.0.0-beta.11, knows the events of Datastar 1.0 by older names. This gives it them; 1.0 needs no such thing.
document.addEventListener('datastar-sse', ({ detail: { type, elId, argsRaw } }) => {
  const tell = (type, argsRaw) => document.dispatchEvent(new CustomEvent('datastar-sse', { detail: { type, elId, argsRaw } }));
  if (type === 'datastar-patch-elements') tell('datastar-merge-fragments', { fragments: argsRaw.elements });
  if (type === 'datastar-patch-signals') tell('datastar-merge-signals', { signals: argsRaw.signals });
});
