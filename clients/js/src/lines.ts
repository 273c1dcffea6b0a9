import { LastingError } from './error.js';

/**
 * Cuts a stream of UTF-8 into lines. They end at CRLF, LF or CR; a CR ends its line at once, and an LF after it is swallowed when it comes.
 * One byte order mark at the start is taken away.
 * @param held How much the receiver of the lines holds back: it counts, with the line that comes, against `most` characters. Each line is held to it,
 * finished or not, so that the verdict does not depend on how the bytes were cut.
 * @internal
 */
export function splitLines(take: (line: string) => void, held: () => number, most: number): (chunk: Uint8Array) => void {
  const decoder = new TextDecoder();
  let rest = '';
  let afterCr = false;
  const check = (length: number) => {
    if (length + held() > most) throw new LastingError(`An event is longer than ${most} characters.`);
  };
  return (chunk) => {
    let text = decoder.decode(chunk, { stream: true });
    if (!text) return;
    if (afterCr && text[0] === '\n') text = text.slice(1);
    // The last character decides, also when the text was nothing but that LF.
    afterCr = text.endsWith('\r');
    let start = 0;
    for (const end of text.matchAll(/\r\n?|\n/g)) {
      const line = rest + text.slice(start, end.index);
      rest = '';
      start = end.index + end[0].length;
      check(line.length);
      take(line);
    }
    rest += text.slice(start);
    check(rest.length);
  };
}
