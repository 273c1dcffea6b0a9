using System.Buffers;

namespace Siar.UrlPatterns.Regexes;

/// <summary>What a step of a <see cref="MatchProgram"/> does.</summary>
internal enum Opcode
{
    /// <summary>Takes one character of the set.</summary>
    Take,

    /// <summary>Goes on at both targets.</summary>
    Split,

    /// <summary>Goes on at the first target.</summary>
    Jump,

    /// <summary>Gives up unless at the start.</summary>
    AtStart,

    /// <summary>Gives up unless at the end.</summary>
    AtEnd,

    /// <summary>Gives up unless at a word's edge.</summary>
    AtWordEdge,

    /// <summary>Gives up at a word's edge.</summary>
    InsideWordOrOutside,

    /// <summary>A match, at the end of the text. The last step of every program, and of no other place in it.</summary>
    Accept,
}

/// <summary>One step of a <see cref="MatchProgram"/>: a state of the automaton.</summary>
/// <param name="Opcode">What it does.</param>
/// <param name="First">The index of the first target.</param>
/// <param name="Second">The index of the second target.</param>
/// <param name="Set">The characters that may be taken.</param>
internal readonly record struct Instruction(Opcode Opcode, int First = 0, int Second = 0, AsciiSet Set = default);

/// <summary>
/// A nondeterministic automaton that matches a whole text in time linear in its length: the set of all states that it can be in goes forward one character
/// at a time, so whatever the pattern, no character is looked at more than once for each state. Immutable; may be used from any thread.
/// </summary>
internal sealed class MatchProgram(Instruction[] code)
{
    private const int OnStack = 512;

    /// <summary>The number of states: what one character costs at most.</summary>
    public int Size => code.Length;

    /// <summary>Whether the text matches. Allocates nothing.</summary>
    /// <param name="text">ASCII text.</param>
    /// <param name="start">Where to begin; what stands before matters to word edges alone.</param>
    /// <param name="work">How many states were looked at: at most twice <see cref="Size"/> for each character.</param>
    public bool IsMatch(ReadOnlySpan<char> text, int start, out long work)
    {
        var size = States.MemoryFor(code.Length);
        var rented = size <= OnStack ? null : ArrayPool<int>.Shared.Rent(size);
        var states = new States(code, text, rented is null ? stackalloc int[size] : rented);
        var matched = states.Run(start);
        work = states.Work;
        if (rented is not null) ArrayPool<int>.Shared.Return(rented);
        return matched;
    }

    /// <summary>One run: the states that wait for the next character.</summary>
    private ref struct States
    {
        private readonly ReadOnlySpan<Instruction> _code;
        private readonly ReadOnlySpan<char> _text;

        // For each state the place, counted from 1, that it was last reached at: in a place each is followed once.
        private readonly Span<int> _reachedAt;
        private readonly Span<int> _toFollow;
        private Span<int> _current;
        private Span<int> _next;
        private int _nextCount;

        public States(ReadOnlySpan<Instruction> code, ReadOnlySpan<char> text, Span<int> memory)
        {
            _code = code;
            _text = text;
            var n = code.Length;
            _reachedAt = memory[..n];
            _toFollow = memory.Slice(n, n);
            _current = memory.Slice(2 * n, n);
            _next = memory.Slice(3 * n, n);
            _reachedAt.Clear();
        }

        /// <summary>The states looked at so far.</summary>
        public long Work { get; private set; }

        /// <summary>How many integers a run needs.</summary>
        public static int MemoryFor(int states) => checked(4 * states);

        public bool Run(int start)
        {
            Follow(0, start);
            for (var at = start; at < _text.Length; at++)
            {
                if (_nextCount == 0) return false;
                var count = _nextCount;
                var last = _current;
                _current = _next;
                _next = last;
                _nextCount = 0;
                Work += count;
                for (var i = 0; i < count; i++)
                {
                    if (_code[_current[i]].Set.Contains(_text[at])) Follow(_current[i] + 1, at + 1);
                }
            }

            return _reachedAt[_code.Length - 1] == _text.Length + 1;
        }

        /// <summary>Adds the states that a state leads to without taking a character.</summary>
        private void Follow(int start, int at)
        {
            var depth = 0;
            Reach(start, at, ref depth);
            while (depth > 0)
            {
                Work++;
                var index = _toFollow[--depth];
                ref readonly var instruction = ref _code[index];
                switch (instruction.Opcode)
                {
                    case Opcode.Take:
                        _next[_nextCount++] = index;
                        break;
                    case Opcode.Split:
                        Reach(instruction.Second, at, ref depth);
                        Reach(instruction.First, at, ref depth);
                        break;
                    case Opcode.Jump:
                        Reach(instruction.First, at, ref depth);
                        break;
                    case Opcode.AtStart when at == 0:
                    case Opcode.AtEnd when at == _text.Length:
                    case Opcode.AtWordEdge when IsWordEdge(at):
                    case Opcode.InsideWordOrOutside when !IsWordEdge(at):
                        Reach(index + 1, at, ref depth);
                        break;
                }
            }
        }

        private readonly void Reach(int state, int at, ref int depth)
        {
            if (_reachedAt[state] == at + 1) return;
            _reachedAt[state] = at + 1;
            _toFollow[depth++] = state;
        }

        private readonly bool IsWordEdge(int at) =>
            (at > 0 && AsciiSet.WordCharacters.Contains(_text[at - 1])) != (at < _text.Length && AsciiSet.WordCharacters.Contains(_text[at]));
    }
}
