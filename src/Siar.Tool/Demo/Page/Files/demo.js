// Shows the figures that arrive on one EventSource: each kind is an event type and has a tile.
const kinds = ['cpu', 'memory', 'network', 'disk', 'load', 'process', 'hub'];
const historyLength = 60;

const percent = share => `${(share * 100).toFixed(0)} %`;
const number = value => value.toLocaleString('en', { maximumFractionDigits: 1 });
const sum = values => values.reduce((total, value) => total + value, 0);

function bytes(count) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let at = 0;
  while (count >= 1024 && at < units.length - 1) {
    count /= 1024;
    at++;
  }
  return `${count.toFixed(at === 0 || count >= 100 ? 0 : 1)} ${units[at]}`;
}

function duration(seconds) {
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

// For each kind: the large figure, the value that its line draws and the line's full height, and the small rows.
const views = {
  cpu: f => ({
    figure: percent(f.busy), value: f.busy, full: 1,
    rows: f.cores.map((busy, core) => [`core ${core}`, percent(busy)]),
  }),
  memory: f => ({
    figure: `${bytes(f.used)} of ${bytes(f.total)}`, value: f.used, full: f.total,
    rows: [['used', percent(f.used / f.total)], ['cached', bytes(f.cached)], ['swap', `${bytes(f.swapUsed)} of ${bytes(f.swapTotal)}`]],
  }),
  network: f => {
    const total = sum(f.interfaces.map(i => i.received + i.sent));
    return {
      figure: `${bytes(total)}/s`, value: total,
      rows: f.interfaces.map(i => [i.name, `↓ ${bytes(i.received)}/s  ↑ ${bytes(i.sent)}/s`]),
    };
  },
  disk: f => {
    const total = sum(f.disks.map(d => d.read + d.written));
    return {
      figure: `${bytes(total)}/s`, value: total,
      rows: f.disks.flatMap(d => [[d.name, `read ${bytes(d.read)}/s`], [percent(d.busy) + ' busy', `written ${bytes(d.written)}/s`]]),
    };
  },
  load: f => ({
    figure: f.one.toFixed(2), value: f.one,
    rows: [['5 minutes', f.five.toFixed(2)], ['15 minutes', f.fifteen.toFixed(2)], ['tasks', `${f.running} of ${f.tasks} running`]],
  }),
  process: f => ({
    figure: percent(f.busy), value: f.busy,
    rows: [['memory', bytes(f.memory)], ['managed heap', bytes(f.heap)], ['threads', number(f.threads)], ['up', duration(f.uptime)]],
  }),
  hub: f => ({
    figure: `${number(f.deliveries)} deliveries/s`, value: f.deliveries,
    rows: [
      ['streams', number(f.subscribers)], ['behind', number(f.behind)], ['publishes', `${number(f.publishes)}/s`],
      ['sent', `${bytes(f.bytes)}/s`], ['gaps', number(f.gaps)], ['window', bytes(f.window)], ['events so far', number(f.events)],
    ],
  }),
};

const histories = Object.fromEntries(kinds.map(kind => [kind, []]));
let received = 0;

function show(kind, figures) {
  const view = views[kind](figures);
  const tile = document.querySelector(`[data-kind="${kind}"]`);
  tile.querySelector('output').textContent = view.figure;
  draw(tile.querySelector('polyline'), histories[kind], view);
  list(tile.querySelector('dl'), view.rows);
  document.getElementById('count').textContent = number(++received);
}

function draw(line, history, view) {
  history.push(view.value);
  if (history.length > historyLength) history.shift();
  const full = view.full || Math.max(...history) || 1;
  const start = historyLength - history.length;
  line.setAttribute('points', history.map((value, i) => `${start + i},${(19 - 18 * value / full).toFixed(2)}`).join(' '));
}

function list(target, rows) {
  const cells = rows.flatMap(([name, value]) => [['dt', name], ['dd', value]]);
  if (target.children.length !== cells.length) target.replaceChildren(...cells.map(([tag]) => document.createElement(tag)));
  cells.forEach(([, text], i) => {
    if (target.children[i].textContent !== text) target.children[i].textContent = text;
  });
}

function state(name, text) {
  const at = document.getElementById('state');
  if (at.dataset.state === name && document.getElementById('state-text').textContent === text) return;
  at.dataset.state = name;
  document.getElementById('state-text').textContent = text;
  document.body.classList.toggle('stale', name !== 'live');
}

const gapReasons = {
  trimmed: 'the log had dropped them',
  'unknown-id': 'the hub does not know the last one',
  'other-epoch': 'the hub was started anew, and its log is in memory',
};

function gap(data) {
  const notice = document.getElementById('gap');
  const time = new Date().toLocaleTimeString();
  notice.textContent = `A gap at ${time}: events between the last one shown here and the next are gone: ${gapReasons[data.reason] ?? data.reason}.`;
  notice.hidden = false;
}

const source = new EventSource('/events?' + kinds.map(kind => `topic=demo/${kind}`).join('&'));
source.onopen = () => state('live', 'live');
source.onerror = () => source.readyState === EventSource.CLOSED
  ? state('ended', 'ended: the hub refused the stream; reload to try again')
  : state('reconnecting', 'connection lost, reconnecting…');
source.addEventListener('siar.gap', event => gap(JSON.parse(event.data)));
for (const kind of kinds) source.addEventListener(kind, event => show(kind, JSON.parse(event.data)));
