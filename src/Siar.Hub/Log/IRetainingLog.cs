namespace Siar.Hub;

/// <summary>A log that the hub asks, now and then, to drop what has become too old.</summary>
public interface IRetainingLog
{
    /// <summary>Drops what is over the limits at this moment. May be called concurrently with everything else; must be short.</summary>
    void Trim();
}
