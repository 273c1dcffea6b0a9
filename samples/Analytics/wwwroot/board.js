// Shows the figures as they come. What was shown last is kept with its event's id, so that a reload goes on from there.
const byId = (id) => document.getElementById(id);
const money = new Intl.NumberFormat(undefined, { style: 'currency', currency: 'EUR' });
const number = new Intl.NumberFormat();
const clock = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' });
const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function show(figures) {
  byId('time').textContent = `${clock.format(new Date(figures.time))}, the shop’s time · ${number.format(figures.lines)} lines of its log`;
  byId('visitors').textContent = number.format(figures.visitors);
  byId('orders').textContent = number.format(figures.orders);
  byId('revenue').textContent = money.format(figures.revenue);
  byId('hour').textContent = money.format(figures.revenueOfHour);
  byId('errors').textContent = percent.format(figures.errorRate);
  byId('failing').toggleAttribute('data-failing', figures.errorRate >= 0.05);
  const most = Math.max(1, ...figures.pages.map((p) => p.views));
  byId('pages').replaceChildren(...figures.pages.map((page) => {
    const row = element('li', '');
    row.style.setProperty('--share', String((100 * page.views) / most));
    row.append(element('span', page.path), element('b', number.format(page.views)));
    return row;
  }));
  showMinutes(figures.minutes);
  showMap(figures.days, new Date(figures.time));
}

function showMinutes(minutes) {
  const most = Math.max(1, ...minutes);
  const points = minutes.map((views, i) => `${((600 * i) / (minutes.length - 1)).toFixed(1)},${(148 - (140 * views) / most).toFixed(1)}`).join(' L');
  document.querySelector('#minutes .line').setAttribute('d', `M${points}`);
  document.querySelector('#minutes .area').setAttribute('d', `M0,150 L${points} L600,150 Z`);
  byId('minutes').dataset.minutes = minutes.join(' ');
  byId('most').textContent = `at most ${number.format(most)}`;
}

function showMap(days, now) {
  const most = Math.max(1, ...days.flatMap((d) => d.hours));
  const head = element('tr', '');
  head.append(element('td', '', { class: 'coming' }), ...Array.from({ length: 24 }, (_, hour) => element('th', hour % 3 ? '' : String(hour).padStart(2, '0'), { scope: 'col' })));
  const header = element('thead', '');
  header.append(head);
  const body = element('tbody', '');
  body.append(...days.map((day) => {
    const row = element('tr', '');
    const name = weekday.format(new Date(day.day));
    row.append(element('th', name, { scope: 'row' }), ...day.hours.map((views, hour) => {
      const from = Date.parse(day.day) + hour * 3_600_000;
      const when = from > now ? 'coming' : from + 3_600_000 > now ? 'now' : 'past';
      const cell = element('td', '', { class: when, title: `${name}, ${hour} h: ${number.format(views)} views` });
      cell.style.setProperty('--heat', String(Math.round((100 * views) / most)));
      cell.append(element('span', String(views)));
      return cell;
    }));
    return row;
  }));
  byId('map').replaceChildren(header, body);
}

function state(name, text) {
  byId('state').dataset.state = name;
  byId('state').textContent = text;
}

let kept = JSON.parse(sessionStorage.getItem('board') ?? 'null');
if (kept) show(kept.figures);

function open() {
  const source = new EventSource(kept ? `board?lastEventId=${encodeURIComponent(kept.id)}` : 'board');
  source.onopen = () => state('live', 'live');
  source.onerror = () => {
    state('reconnecting', 'connection lost, reconnecting…');
    // The browser comes back by itself after a lost connection, but not after an answer such as a proxy's 502.
    if (source.readyState === EventSource.CLOSED) setTimeout(open, 2000);
  };
  source.onmessage = (event) => {
    kept = { id: event.lastEventId, figures: JSON.parse(event.data) };
    show(kept.figures);
    sessionStorage.setItem('board', JSON.stringify(kept));
  };
}

open();
