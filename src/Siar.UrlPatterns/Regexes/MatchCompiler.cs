namespace Siar.UrlPatterns.Regexes;

/// <summary>
/// Turns a tree into a <see cref="MatchProgram"/>. Repeats with a count are written out, so the size is bounded here, before it is spent.
/// </summary>
internal sealed class MatchCompiler
{
    private readonly List<Instruction> _code = [];
    private readonly int _maxSize;
    private int _nodesLeft;

    private MatchCompiler(int maxSize)
    {
        _maxSize = maxSize;
        // Empty repeats write nothing but take time as well.
        _nodesLeft = 4 * maxSize;
    }

    /// <summary>Compiles a tree that must match the whole text.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="maxSize">The most instructions the program may have.</param>
    /// <exception cref="UrlPatternException">The program would be larger.</exception>
    public static MatchProgram Compile(RegexNode tree, int maxSize)
    {
        var compiler = new MatchCompiler(maxSize);
        compiler.Write(tree);
        compiler.Add(new Instruction(Opcode.Accept));
        return new MatchProgram([.. compiler._code]);
    }

    private int Add(Instruction instruction)
    {
        if (_code.Count == _maxSize) throw TooLarge();
        _code.Add(instruction);
        return _code.Count - 1;
    }

    private UrlPatternException TooLarge() =>
        new($"it needs more than {_maxSize} states to match: write fewer or shorter repeats");

    private void Write(RegexNode node)
    {
        if (_nodesLeft-- == 0) throw TooLarge();
        switch (node)
        {
            case RegexNode.Characters characters:
                Add(new Instruction(Opcode.Take, Set: characters.Set));
                break;
            case RegexNode.Sequence sequence:
                foreach (var item in sequence.Items) Write(item);
                break;
            case RegexNode.Choice choice:
                WriteChoice(choice);
                break;
            case RegexNode.Repeat repeat:
                WriteRepeat(repeat);
                break;
            case RegexNode.Position position:
                Add(new Instruction(position.Condition));
                break;
        }
    }

    private void WriteChoice(RegexNode.Choice choice)
    {
        var ends = new List<int>();
        foreach (var item in choice.Items.AsSpan()[..^1])
        {
            var split = Add(default);
            Write(item);
            ends.Add(Add(default));
            _code[split] = new Instruction(Opcode.Split, split + 1, _code.Count);
        }

        Write(choice.Items[^1]);
        foreach (var end in ends) _code[end] = new Instruction(Opcode.Jump, _code.Count);
    }

    private void WriteRepeat(RegexNode.Repeat repeat)
    {
        // The last round that has to come is the loop's body where there is no end: x{2,} is xx+.
        var isLoop = repeat is { Max: null, Min: > 0 };
        var copies = isLoop ? repeat.Min - 1 : repeat.Min;
        for (var i = 0; i < copies; i++) Write(repeat.Item);
        if (isLoop)
        {
            var body = _code.Count;
            Write(repeat.Item);
            Add(new Instruction(Opcode.Split, body, _code.Count + 1));
        }
        else if (repeat.Max is { } max)
        {
            WriteOptional(repeat.Item, max - repeat.Min);
        }
        else
        {
            var split = Add(default);
            Write(repeat.Item);
            Add(new Instruction(Opcode.Jump, split));
            _code[split] = new Instruction(Opcode.Split, split + 1, _code.Count);
        }
    }

    private void WriteOptional(RegexNode item, int count)
    {
        var splits = new List<int>();
        for (var i = 0; i < count; i++)
        {
            splits.Add(Add(default));
            Write(item);
        }

        foreach (var split in splits) _code[split] = new Instruction(Opcode.Split, split + 1, _code.Count);
    }
}
