namespace Siar.UrlPatterns.Regexes;

/// <summary>What a step of a <see cref="MatchProgram"/> does.</summary>
internal enum Opcode
{
    /// <summary>Takes one character of the set.</summary>
    Take,

    /// <summary>Goes on at both targets; the first is preferred.</summary>
    Split,

    /// <summary>Goes on at the first target.</summary>
    Jump,

    /// <summary>Keeps the position in a slot.</summary>
    Save,

    /// <summary>Gives up unless the position has moved on since it was kept in the slot: a repetition that takes nothing does not count.</summary>
    Progress,

    /// <summary>Gives up unless at the start.</summary>
    AtStart,

    /// <summary>Gives up unless at the end.</summary>
    AtEnd,

    /// <summary>Gives up unless at a word's edge.</summary>
    AtWordEdge,

    /// <summary>Gives up at a word's edge.</summary>
    InsideWordOrOutside,

    /// <summary>A match, at the end of the text.</summary>
    Accept,
}

/// <summary>One step of a <see cref="MatchProgram"/>.</summary>
/// <param name="Opcode">What it does.</param>
/// <param name="First">The slot, or the index of the first target.</param>
/// <param name="Second">The index of the second target.</param>
/// <param name="Set">The characters that may be taken.</param>
internal readonly record struct Instruction(Opcode Opcode, int First = 0, int Second = 0, AsciiSet Set = default);
