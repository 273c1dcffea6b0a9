// Writes src/Siar.UrlPatterns/Idna/idna.txt from the Unicode Character Database.
//
//   node eng/unicode/idna-data.mjs /usr/share/unicode src/Siar.UrlPatterns/Idna/idna.txt
//
// The database is Debian's package unicode-data (Unicode 15.0). The mapping of UTS #46 is derived as its section 7 says, from
// NFKC_Casefold and the general categories.
import fs from 'node:fs';

const [source, target] = process.argv.slice(2);
const LAST = 0x10ffff;

function* rows(file) {
  for (const line of fs.readFileSync(`${source}/${file}`, 'utf8').split('\n')) {
    const fields = line.split('#')[0].split(';').map(f => f.trim());
    if (fields.length < 2) continue;
    const [first, last = first] = fields[0].split('..').map(h => parseInt(h, 16));
    yield { first, last, fields };
  }
}

/** One value for each code point, from the file's rows that `pick` gives a value for. */
function table(file, missing, pick) {
  const values = new Array(LAST + 1).fill(missing);
  for (const row of rows(file)) {
    const value = pick(row.fields);
    if (value !== undefined) values.fill(value, row.first, row.last + 1);
  }
  return values;
}

const category = table('extracted/DerivedGeneralCategory.txt', 'Cn', f => f[1]);
const ignorable = table('DerivedCoreProperties.txt', false, f => (f[1] === 'Default_Ignorable_Code_Point' ? true : undefined));
const casefold = table('DerivedNormalizationProps.txt', undefined, f => (f[1] === 'NFKC_CF' ? f[2] : undefined));
const excluded = table('DerivedNormalizationProps.txt', false, f => (f[1] === 'Full_Composition_Exclusion' ? true : undefined));
const combining = table('extracted/DerivedCombiningClass.txt', '0', f => f[1]);
const bidi = table('extracted/DerivedBidiClass.txt', 'L', f => f[1]);
const joining = table('extracted/DerivedJoiningType.txt', 'U', f => f[1]);

const hex = c => c.toString(16).toUpperCase();
const within = (c, ...ranges) => ranges.some(([first, last]) => c >= first && c <= last);

/** Nothing for what is not allowed, "valid", "ignored", or the text it is mapped to, in hexadecimal. */
function status(c) {
  // Deviations, which are valid since transitional processing went out of use.
  if ([0xdf, 0x3c2, 0x200c, 0x200d].includes(c)) return 'valid';
  if (c === 0x1e9e) return 'DF';
  if (c === 0x3002) return '2E';
  if (['Cn', 'Co', 'Cs'].includes(category[c])) return '';
  if (category[c] === 'Cc') return c < 0x80 ? 'valid' : '';
  if (casefold[c] === '') return isFormat(c) ? '' : 'ignored';
  if (casefold[c] === undefined) return isRefused(c) ? '' : 'valid';
  const mapping = casefold[c].split(' ').map(h => parseInt(h, 16));
  // Only the fullwidth and halfwidth full stops separate labels; what else contains one is not allowed.
  if ([0xff0e, 0xff61].includes(c)) return '2E';
  return mapping.some(m => m === 0x2e || m === 0x3002 || status(m) === '') ? '' : mapping.map(hex).join(' ');
}

/** Invisible characters that change how text around them reads. */
const isFormat = c => within(c, [0x61c, 0x61c], [0x200e, 0x200f], [0x202a, 0x202e], [0x2066, 0x2069], [0xe0000, 0xe00ff]);

const isRefused = c => (c > 0x7f && ['Zs', 'Zl', 'Zp', 'Cf'].includes(category[c])) || ignorable[c] || within(c, [0x2ff0, 0x2fff], [0xfff9, 0xfffd]);

/** Lines `first[-last][/step] [value]`; where a mapping is to one code point, it moves along with the range. */
function ranges(value) {
  const runs = [];
  for (let c = 0; c <= LAST; c++) {
    const v = value(c);
    if (v === undefined) continue;
    const run = runs.at(-1);
    const step = run && (run.last === run.first ? c - run.first : run.step);
    if (run && step <= 2 && c === run.last + step && v === moved(run.value, c - run.first)) {
      [run.step, run.last] = [step, c];
    } else {
      runs.push({ first: c, last: c, step: 1, value: v });
    }
  }
  return runs.map(r => [hex(r.first) + (r.last > r.first ? `-${hex(r.last)}` : '') + (r.step > 1 ? `/${r.step}` : ''), typeof r.value === 'number' ? hex(r.value) : r.value].join(' ').trimEnd());
}

const moved = (value, by) => (typeof value === 'number' ? value + by : value);

/** The pairs that NFC composes. */
function compositions() {
  const lines = [];
  for (const { first, fields } of rows('UnicodeData.txt')) {
    if (/^[0-9A-F]+ [0-9A-F]+$/.test(fields[5]) && !excluded[first]) lines.push(`${hex(first)} ${fields[5].split(' ').map(h => hex(parseInt(h, 16))).join(' ')}`);
  }
  return lines;
}

const all = Array.from({ length: LAST + 1 }, (_, c) => status(c));
const isValid = c => all[c] === 'valid';
const mapping = c => (['', 'valid', 'ignored'].includes(all[c]) ? undefined : all[c].includes(' ') ? all[c] : parseInt(all[c], 16));
const sections = {
  valid: ranges(c => (isValid(c) ? '' : undefined)),
  ignored: ranges(c => (all[c] === 'ignored' ? '' : undefined)),
  mapped: ranges(mapping),
  combining: ranges(c => (combining[c] === '0' ? undefined : combining[c])),
  compositions: compositions(),
  bidi: ranges(c => (isValid(c) && bidi[c] !== 'L' ? bidi[c] : undefined)),
  joining: ranges(c => (isValid(c) && joining[c] !== 'U' ? joining[c] : undefined)),
};
const text = Object.entries(sections).map(([name, lines]) => `[${name}]\n${lines.join('\n')}\n`).join('');
fs.writeFileSync(target, text);
console.log(Object.entries(sections).map(([name, lines]) => `${name} ${lines.length}`).join(', '), `${text.length} bytes`);
