using System.Buffers;

namespace Siar.UrlPatterns.Regexes;

/// <summary>
/// Matches a whole text in time linear in its length: all the ways to match go forward together, one character at a time, and two ways
/// that meet at the same instruction go on as one. Of several matches the one counts that a backtracking engine would find first.
/// Immutable; may be used from any thread.
/// </summary>
internal sealed class MatchProgram(Instruction[] code, int captures, int slots)
{
    private const int OnStack = 512;

    /// <summary>The number of instructions: what one character costs at most.</summary>
    public int Size => code.Length;

    /// <summary>Whether the text matches.</summary>
    /// <param name="text">ASCII text.</param>
    /// <param name="work">How many instructions were looked at: at most <see cref="Size"/> times the length and a constant.</param>
    public bool IsMatch(ReadOnlySpan<char> text, out long work) => Run(text, [], 0, out work);

    /// <summary>The start and end of each group that took part in the match, -1 for one that did not; null when the text does not match.</summary>
    public int[]? Match(ReadOnlySpan<char> text)
    {
        var result = new int[slots];
        return Run(text, result, slots, out _) ? result[..(2 * captures)] : null;
    }

    private bool Run(ReadOnlySpan<char> text, Span<int> result, int slotCount, out long work)
    {
        var size = ThreadMachine.Memory(code.Length, slotCount);
        var rented = size <= OnStack ? null : ArrayPool<int>.Shared.Rent(size);
        var machine = new ThreadMachine(code, text, slotCount, rented is null ? stackalloc int[OnStack] : rented);
        var matched = machine.Run(result);
        work = machine.Work;
        if (rented is not null) ArrayPool<int>.Shared.Return(rented);
        return matched;
    }
}
