/** What a timer can wait for at most, some 25 days: browsers and Node.js fire at once where more is asked for. @internal */
export const longest = 0x7fffffff;

/** A time that a timer can wait for; what is no number waits longest. @internal */
export const bounded = (milliseconds: number): number => (milliseconds < longest ? milliseconds : longest);

/** All timers are set here. @internal */
export const later = (act: () => void, milliseconds: number): ReturnType<typeof setTimeout> => setTimeout(act, bounded(milliseconds));
