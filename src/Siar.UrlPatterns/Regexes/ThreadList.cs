namespace Siar.UrlPatterns.Regexes;

/// <summary>The threads of a <see cref="ThreadMachine"/> at one position, the preferred first.</summary>
internal ref struct ThreadList(Span<int> instructions, Span<int> slots, int slotCount)
{
    private readonly Span<int> _instructions = instructions;
    private readonly Span<int> _slots = slots;

    public int Count { get; private set; }

    public readonly int Instruction(int thread) => _instructions[thread];

    public readonly Span<int> Slots(int thread) => _slots.Slice(thread * slotCount, slotCount);

    public void Add(int instruction, ReadOnlySpan<int> way)
    {
        _instructions[Count] = instruction;
        way.CopyTo(Slots(Count));
        Count++;
    }

    public void Clear() => Count = 0;
}
