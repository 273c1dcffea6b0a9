// An event's data as a person reads it: JSON and XML indented and coloured, everything else as it is.
import { h } from './dom';

const longest = 100_000;

export type Kind = 'JSON' | 'XML' | 'text';

export function prettify(data: string): { kind: Kind; text: string } {
  if (data.length <= longest) {
    const json = asJson(data);
    if (json !== null) return { kind: 'JSON', text: json };
    const xml = asXml(data);
    if (xml !== null) return { kind: 'XML', text: xml };
  }
  return { kind: 'text', text: data };
}

function asJson(data: string): string | null {
  if (!/^\s*[[{]/.test(data)) return null;
  try {
    return JSON.stringify(JSON.parse(data), null, 2);
  } catch {
    return null;
  }
}

function asXml(data: string): string | null {
  if (!/^\s*</.test(data)) return null;
  const document = new DOMParser().parseFromString(data, 'application/xml');
  return document.querySelector('parsererror') ? null : [...document.childNodes].map((n) => indent(n, '')).join('').trimEnd();
}

function indent(node: Node, margin: string): string {
  const text = new XMLSerializer().serializeToString(node);
  if (!(node instanceof Element) || node.children.length === 0 || [...node.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.nodeValue!.trim())) {
    return text.trim() ? `${margin}${text.trim()}\n` : '';
  }
  const name = node.tagName;
  const start = text.slice(0, text.indexOf('>') + 1);
  return `${margin}${start}\n${[...node.childNodes].map((n) => indent(n, `${margin}  `)).join('')}${margin}</${name}>\n`;
}

const tokens: Record<Kind, RegExp | null> = {
  JSON: /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null)\b|(-?\d[\d.eE+-]*)/g,
  XML: /(<!--[^]*?-->)|(<\/?[^\s>]+|\/?>)/g,
  text: null,
};

/** The text with what it is made of marked. */
export function coloured(kind: Kind, text: string): HTMLElement {
  const code = h('code');
  const pattern = tokens[kind];
  let at = 0;
  for (const match of pattern && text.length <= longest / 5 ? text.matchAll(pattern) : []) {
    code.append(text.slice(at, match.index));
    const name = kind === 'XML' ? (match[1] ? 'literal' : 'name') : match[2] ? 'name' : match[1] ? 'string' : match[3] ? 'literal' : 'digits';
    code.append(h('span', { class: `t-${name}` }, match[0]));
    at = match.index + match[0].length;
  }
  code.append(text.slice(at));
  return h('pre', { class: 'payload', tabindex: '0' }, code);
}
