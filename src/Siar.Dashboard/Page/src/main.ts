// The page: which view is shown, whether the hub can be reached, and who is asked for a token.
import './style/base.css';
import './style/parts.css';
import './style/views.css';
import { h, setText } from './dom';
import { shortTime } from './format';
import { Hub } from './hub';
import { Notice } from './notice';
import { endOf, setToken, token } from './token';
import { theme } from './theme';
import { ConnectionsView } from './views/connections';
import { NowView } from './views/now';
import { TopicEventsView } from './views/topic-events';
import { TopicsView } from './views/topics';
import { TryView } from './views/try';
import type { View } from './views/view';

// Addresses with only a fragment are relative to the base, which ends in a slash.
const base = new URL(document.baseURI);
if (location.pathname !== base.pathname) history.replaceState(null, '', base.pathname + location.search + location.hash);

const hub = new Hub();
const main = document.getElementById('main')!;
const notice = new Notice(document.getElementById('notice')!, main, hub);
let view: View | null = null;

function viewOf(hash: string): { name: string; title: string; view: View } {
  const [name, ...rest] = hash.replace(/^#/, '').split('/');
  const argument = decodeURIComponent(rest.join('/'));
  if (name === 'topics' && argument) return { name, title: argument, view: new TopicEventsView(hub, argument) };
  if (name === 'topics') return { name, title: 'Topics', view: new TopicsView() };
  if (name === 'connections') return { name, title: 'Connections', view: new ConnectionsView(hub) };
  if (name === 'try') return { name, title: 'Try it', view: new TryView(hub, argument) };
  return { name: 'now', title: 'Now', view: new NowView(hub) };
}

function show(): void {
  if (location.hash === '#main') return;
  view?.destroy();
  const shown = viewOf(location.hash);
  view = shown.view;
  document.title = `${shown.title} · Siar`;
  main.replaceChildren(view.element);
  for (const link of document.querySelectorAll('nav a')) {
    if (link.getAttribute('href') === `#${shown.name}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

const texts = { connecting: 'Connecting…', live: 'Live', refused: 'Not allowed' } as const;

function tell(): void {
  const state = hub.state;
  const lamp = document.getElementById('state')!;
  lamp.dataset.state = state.kind;
  // The seconds would be read out one by one.
  setText(document.getElementById('state-text')!, state.kind === 'waiting' ? 'Reconnecting…' : texts[state.kind]);
  document.body.classList.toggle('stale', state.kind === 'waiting' || state.kind === 'refused');
  notice.tell(state);
  tellAbout();
}

function tellAbout(): void {
  const about = hub.about;
  const shown = token();
  const end = shown && endOf(shown);
  document.getElementById('about')!.replaceChildren(
    ...(about ? [`Siar ${about.version} · events are kept ${about.store === 'memory' ? 'in memory, until the hub stops' : 'in a durable log'}`] : []),
    ...(about?.development ? [' · development mode: everybody on this machine may publish and read'] : []),
    ...(about?.demo ? [' · ', h('a', { href: new URL(about.demo, location.origin).href }, 'this machine’s figures')] : []),
    ...(about && shown && hub.state.kind !== 'refused' ? [` · with a token${end ? ` until ${shortTime(end)}` : ''} `, h('button', { type: 'button', class: 'quiet', click: () => setToken(null) }, 'Forget it')] : []),
  );
}

theme(document.getElementById('theme') as HTMLButtonElement, () => view?.repaint?.());
addEventListener('hashchange', show);
hub.watch(tell);
hub.start();
tell();
show();
