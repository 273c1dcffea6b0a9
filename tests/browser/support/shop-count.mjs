import { readFileSync } from 'node:fs';

const line = /^(\S+) \S+ \S+ \[(\d+)\/(\w+)\/(\d+):(\S+) \+0000\] "([A-Z]+) ([^ ?]+)(\S*) [^"]*" (\d{3}) /;
const whole = new Intl.NumberFormat('en-US');
const money = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'EUR' });
const percent = new Intl.NumberFormat('en-US', { style: 'percent', maximumFractionDigits: 1 });
const minute = 60_000;

function groups(items, key) {
  const found = new Map();
  for (const item of items) {
    const name = key(item);
    if (found.has(name)) found.get(name).push(item);
    else found.set(name, [item]);
  }
  return found;
}

/** Reads an access log whole. */
export function readLog(file) {
  return readFileSync(file, 'utf8').split('\n').map((text) => line.exec(text)).filter(Boolean).map(([, client, day, month, year, time, method, path, query, status]) => ({
    client, time: Date.parse(`${day} ${month} ${year} ${time} UTC`), method, path, query, status: Number(status),
  }));
}

/** What the board must show after the first lines of a log, counted all at once in the plainest way. */
export function batch(log, lines) {
  const all = log.slice(0, lines);
  const now = all.reduce((latest, l) => Math.max(latest, l.time), 0);
  const last = (minutes) => (l) => l.time > now - minutes * minute;
  const few = all.filter(last(5));
  const views = all.filter((l) => l.method === 'GET' && l.status < 400 && !l.path.includes('.'));
  const orders = all.filter((l) => l.method === 'POST' && l.path === '/orders' && l.status === 201).map((l) => ({ time: l.time, cents: Math.round(100 * Number(l.query.slice('?total='.length))) }));
  const sum = (some) => money.format(some.reduce((cents, o) => cents + o.cents, 0) / 100);
  const pages = groups(views.filter(last(60)), (l) => l.path);
  const days = groups(views, (l) => new Date(l.time).toISOString().slice(0, 10));
  return {
    visitors: whole.format(new Set(few.map((l) => l.client)).size),
    orders: whole.format(orders.length),
    revenue: sum(orders),
    hour: sum(orders.filter(last(60))),
    errors: percent.format(Math.round((10_000 * few.filter((l) => l.status >= 500).length) / few.length) / 10_000),
    pages: [...pages].map(([path, v]) => [path, v.length]).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, 8).map(([path, n]) => `${path} ${whole.format(n)}`),
    minutes: Array.from({ length: 60 }, (_, i) => views.filter((l) => l.time > now - 60 * minute && Math.floor((now - l.time) / minute) === 59 - i).length).join(' '),
    map: [...days].sort().slice(-7).flatMap(([, v]) => Array.from({ length: 24 }, (_, hour) => v.filter((l) => new Date(l.time).getUTCHours() === hour).length)),
  };
}
