namespace Siar.AspNetCore;

/// <summary>A request's body, whole, and its share of the <see cref="BodyBudget"/>, which is returned when it is disposed of.</summary>
internal sealed class HeldBody(BodyBudget budget, string? address) : IDisposable
{
    private long _taken;

    /// <summary>The body; empty until it is there.</summary>
    public byte[] Bytes { get; set; } = [];

    /// <summary>Takes room for more of the body, or says why there is none.</summary>
    public Refusal? TryGrow(int bytes)
    {
        if (budget.TryTake(address, bytes) is { } refusal) return refusal;
        _taken += bytes;
        return null;
    }

    public void Dispose()
    {
        budget.Return(address, _taken);
        _taken = 0;
    }
}
