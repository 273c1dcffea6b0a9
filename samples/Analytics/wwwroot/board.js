// Shows the figures as they come. What was shown last is kept with its event's id, so that a reload goes on from there.
const byId = (id) => document.getElementById(id);
const money = new Intl.NumberFormat(undefined, { style: 'currency', currency: 'EUR' });
const number = new Intl.NumberFormat();
const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function show(figures) {
  byId('time').textContent = `${new Date(figures.time).toLocaleString(undefined, { timeZone: 'UTC' })}, the shop’s time; ${number.format(figures.lines)} lines of its log`;
  byId('visitors').textContent = number.format(figures.visitors);
  byId('orders').textContent = number.format(figures.orders);
  byId('revenue').textContent = money.format(figures.revenue);
  byId('hour').textContent = `${money.format(figures.revenueOfHour)} in the last hour`;
  byId('errors').textContent = percent.format(figures.errorRate);
  const most = Math.max(1, ...figures.pages.map((p) => p.views));
  byId('pages').replaceChildren(...figures.pages.map((page) => {
    const row = element('li', '');
    const bar = element('meter', '', { min: 0, max: most, value: page.views, 'aria-hidden': 'true' });
    row.append(element('span', page.path), bar, element('b', number.format(page.views)));
    return row;
  }));
  showMap(figures.days);
}

function showMap(days) {
  const most = Math.max(1, ...days.flatMap((d) => d.hours));
  const head = element('tr', '');
  head.append(element('td', ''), ...Array.from({ length: 24 }, (_, hour) => element('th', hour % 3 ? '' : String(hour), { scope: 'col' })));
  byId('map').replaceChildren(head, ...days.map((day) => {
    const row = element('tr', '');
    row.append(element('th', day.day, { scope: 'row' }), ...day.hours.map((views, hour) => {
      const cell = element('td', '', { title: `${day.day}, ${hour} h: ${views} views` });
      cell.style.setProperty('--heat', String(Math.round((100 * views) / most)));
      cell.append(element('span', String(views)));
      return cell;
    }));
    return row;
  }));
}

function state(name, text) {
  byId('state').dataset.state = name;
  byId('state').textContent = text;
}

const kept = JSON.parse(sessionStorage.getItem('board') ?? 'null');
if (kept) show(kept.figures);
const source = new EventSource(kept ? `board?lastEventId=${encodeURIComponent(kept.id)}` : 'board');
source.onopen = () => state('live', 'live');
source.onerror = () => state('reconnecting', 'connection lost, reconnecting…');
source.onmessage = (event) => {
  const figures = JSON.parse(event.data);
  show(figures);
  sessionStorage.setItem('board', JSON.stringify({ id: event.lastEventId, figures }));
};
