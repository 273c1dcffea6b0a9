using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>Reads bodies of publishers and of readers, each within a sum of its own: what readers send must not be what a publisher waits for.</summary>
internal sealed class BodyReaders
{
    // Strangers may be readers.
    private const int PartOfReaders = 4;

    public BodyReaders(LimitOptions limits, int queryBytes, TimeProvider time)
    {
        OfPublishers = new BodyReader(
            new BodyBudget(Math.Max(limits.BodyBytes, limits.RequestBytes), Math.Max(limits.BodyBytesPerAddress, limits.RequestBytes)), limits.BodyTimeout, time);
        OfReaders = new BodyReader(
            new BodyBudget(Math.Max(limits.BodyBytes / PartOfReaders, queryBytes), Math.Max(limits.BodyBytesPerAddress / PartOfReaders, queryBytes)), limits.BodyTimeout, time);
    }

    public BodyReader OfPublishers { get; }

    public BodyReader OfReaders { get; }
}
