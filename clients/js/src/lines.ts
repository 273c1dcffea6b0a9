import { SiarError } from './error.js';

/**
 * Cuts a stream of UTF-8 into lines. They end at CRLF, LF or CR; a CR ends its line at once, and an LF after it is swallowed when it comes.
 * One byte order mark at the start is taken away.
 * @param held How much the receiver of the lines holds back: it counts, with the unfinished line, against `most` characters.
 * @internal
 */
export function splitLines(take: (line: string) => void, held: () => number, most: number): (chunk: Uint8Array) => void {
  const decoder = new TextDecoder();
  let rest = '';
  let afterCr = false;
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
      take(line);
    }
    rest += text.slice(start);
    if (rest.length + held() > most) throw new SiarError(`An event is longer than ${most} characters.`);
  };
}
