namespace Siar.Hub;

/// <summary>
/// Reports failures inside the hub to its log, and never throws: a logger passes on what its provider throws, such as on a full disk, and must
/// not end the loop that has something to report. Failures of one type are reported a few times in ten seconds; the rest are only counted.
/// Safe for concurrent use.
/// </summary>
internal sealed class FailureReporter(TimeProvider time)
{
    /// <summary>How many failures of one type are reported in <see cref="Period"/>.</summary>
    public const int MostInPeriod = 10;

    /// <summary>See <see cref="MostInPeriod"/>.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private readonly Dictionary<Type, Reported> _byType = [];

    /// <summary>Logs a failure. Set once, before the hub starts.</summary>
    public Action<Exception>? OnFailure { get; set; }

    /// <summary>Logs how many failures were not reported since the last report of their type. Set once, before the hub starts.</summary>
    public Action<Type, long>? OnOmitted { get; set; }

    public void Report(Exception failure)
    {
        var type = failure.GetType();
        if (OnFailure is not { } log || !IsDue(type, out var omitted)) return;
        try
        {
            if (omitted > 0) OnOmitted?.Invoke(type, omitted);
            log(failure);
        }
        catch (Exception)
        {
            // The logger is what fails, so this one can only be counted among those that were left out.
            Omit(type);
        }
    }

    private bool IsDue(Type type, out long omitted)
    {
        var now = time.GetTimestamp();
        lock (_byType)
        {
            _byType.TryGetValue(type, out var last);
            omitted = 0;
            if (last.Count == 0 || time.GetElapsedTime(last.Since, now) >= Period)
            {
                omitted = last.Omitted;
                last = new Reported(now, 0, 0);
            }

            var isDue = last.Count < MostInPeriod;
            _byType[type] = isDue ? last with { Count = last.Count + 1 } : last with { Omitted = last.Omitted + 1 };
            return isDue;
        }
    }

    private void Omit(Type type)
    {
        lock (_byType) _byType[type] = _byType[type] with { Omitted = _byType[type].Omitted + 1 };
    }

    private readonly record struct Reported(long Since, int Count, long Omitted);
}
