// Numbers and times as people read them, in the reader's own language.

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const finer = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });
const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });

export const count = (value: number): string => (Math.abs(value) >= 100_000 ? compact.format(value) : whole.format(value));

export const rate = (value: number): string => (value >= 100_000 ? compact.format(value) : value >= 100 ? whole.format(value) : fine.format(value));

export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let at = 0;
  while (value >= 1024 && at < units.length - 1) {
    value /= 1024;
    at++;
  }
  return `${at === 0 || value >= 100 ? whole.format(value) : fine.format(value)} ${units[at]}`;
}

/** Milliseconds, with the unit in which they are a handy number. */
export function milliseconds(value: number | null): string {
  if (value === null) return '–';
  if (value < 1) return `${whole.format(value * 1000)} µs`;
  return value < 1000 ? `${value < 10 ? finer.format(value) : fine.format(value)} ms` : `${fine.format(value / 1000)} s`;
}

export function duration(seconds: number): string {
  if (seconds < 1) return 'now';
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d`;
}

export const ago = (time: number, now: number): string => {
  const text = duration(Math.max(0, now - time) / 1000);
  return text === 'now' ? text : `${text} ago`;
};

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

const short = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

export const shortTime = (time: number): string => short.format(time);
export const clockTime = (time: number): string => clock.format(time);
export const fullTime = (time: number): string => full.format(time);

/** A fixed word of the hub's, such as connections_per_address, as words. */
export const words = (word: string): string => word.replaceAll(/[_-]/g, ' ');
