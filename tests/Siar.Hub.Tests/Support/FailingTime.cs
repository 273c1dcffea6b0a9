namespace Siar.Hub.Tests;

/// <summary>A clock that fails while a test says so.</summary>
internal sealed class FailingTime : TimeProvider
{
    public bool Fails { get; set; }

    public override long GetTimestamp() => Fails ? throw new InvalidOperationException("clock") : base.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => Fails ? throw new InvalidOperationException("clock") : base.GetUtcNow();
}
