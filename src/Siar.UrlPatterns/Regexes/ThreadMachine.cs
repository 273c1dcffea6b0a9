namespace Siar.UrlPatterns.Regexes;

/// <summary>
/// One run of a <see cref="MatchProgram"/>. A thread is an instruction that waits for the next character, with the slots of the way that
/// led there; the list of threads is in order of preference. Without slots nothing but the instructions is kept, and conditions on slots hold:
/// they choose between matches and never decide whether there is one.
/// </summary>
internal ref struct ThreadMachine
{
    private readonly ReadOnlySpan<Instruction> _code;
    private readonly ReadOnlySpan<char> _text;
    private readonly Span<int> _seen;
    private readonly Span<int> _stack;
    private readonly Span<int> _way;
    private ThreadList _current;
    private ThreadList _next;

    public ThreadMachine(ReadOnlySpan<Instruction> code, ReadOnlySpan<char> text, int slotCount, Span<int> memory)
    {
        _code = code;
        _text = text;
        var n = code.Length;
        _seen = memory[..n];
        _stack = memory.Slice(n, (3 * n) + 3);
        _current = new ThreadList(memory.Slice((4 * n) + 3, n), memory.Slice((6 * n) + 3, n * slotCount), slotCount);
        _next = new ThreadList(memory.Slice((5 * n) + 3, n), memory.Slice((6 * n) + 3 + (n * slotCount), n * slotCount), slotCount);
        _way = memory.Slice((6 * n) + 3 + (2 * n * slotCount), slotCount);
        _seen.Clear();
    }

    /// <summary>The instructions looked at so far.</summary>
    public long Work { get; private set; }

    /// <summary>How many integers a run needs.</summary>
    public static int Memory(int codeLength, int slotCount) => checked((6 * codeLength) + 3 + (2 * codeLength * slotCount) + slotCount);

    public bool Run(Span<int> result)
    {
        _way.Fill(-1);
        Follow(0, 0);
        for (var at = 0; at < _text.Length; at++)
        {
            var last = _current;
            _current = _next;
            _next = last;
            _next.Clear();
            for (var i = 0; i < _current.Count; i++)
            {
                Work++;
                ref readonly var instruction = ref _code[_current.Instruction(i)];
                if (instruction.Opcode != Opcode.Take || !instruction.Set.Contains(_text[at])) continue;
                _current.Slots(i).CopyTo(_way);
                Follow(_current.Instruction(i) + 1, at + 1);
            }

            if (_next.Count == 0) return false;
        }

        for (var i = 0; i < _next.Count; i++)
        {
            if (_code[_next.Instruction(i)].Opcode != Opcode.Accept) continue;
            _next.Slots(i).CopyTo(result);
            return true;
        }

        return false;
    }

    /// <summary>Adds the threads that an instruction leads to without taking a character, the preferred first.</summary>
    private void Follow(int start, int at)
    {
        var depth = 0;
        _stack[depth++] = start;
        while (depth > 0)
        {
            var top = _stack[--depth];
            if (top < 0)
            {
                _way[~top] = _stack[--depth];
                continue;
            }

            Work++;
            if (_seen[top] == at + 1) continue;
            _seen[top] = at + 1;
            ref readonly var instruction = ref _code[top];
            switch (instruction.Opcode)
            {
                case Opcode.Take or Opcode.Accept:
                    _next.Add(top, _way);
                    continue;
                case Opcode.Split:
                    _stack[depth++] = instruction.Second;
                    _stack[depth++] = instruction.First;
                    continue;
                case Opcode.Jump:
                    _stack[depth++] = instruction.First;
                    continue;
                case Opcode.Save when _way.Length > 0:
                    // The old value comes back when everything that follows from here has been seen.
                    _stack[depth++] = _way[instruction.First];
                    _stack[depth++] = ~instruction.First;
                    _way[instruction.First] = at;
                    break;
                case Opcode.Progress when _way.Length > 0 && _way[instruction.First] == at:
                case Opcode.AtStart when at > 0:
                case Opcode.AtEnd when at < _text.Length:
                case Opcode.AtWordEdge when !IsWordEdge(at):
                case Opcode.InsideWordOrOutside when IsWordEdge(at):
                    continue;
            }

            _stack[depth++] = top + 1;
        }
    }

    private readonly bool IsWordEdge(int at) =>
        (at > 0 && AsciiSet.WordCharacters.Contains(_text[at - 1])) != (at < _text.Length && AsciiSet.WordCharacters.Contains(_text[at]));
}
