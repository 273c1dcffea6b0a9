using Siar.Hub;

namespace Siar.Storage.Sqlite.Retention;

/// <summary>The limits of each retention class, which may be changed while the log is open; the classes stay. May be used from any thread.</summary>
internal sealed class ClassLimits(RetentionPlan plan)
{
    private RetentionPlan _plan = plan;

    /// <summary>The plan by which the log is trimmed now.</summary>
    public RetentionPlan Plan => Volatile.Read(ref _plan);

    /// <summary>The limits of a class now, by its index in the plan.</summary>
    public RetentionLimits this[int index] => Plan.Classes[index].Limits;

    /// <inheritdoc cref="IEventLog.TryChangeLimits" />
    public bool TryChange(RetentionPlan plan)
    {
        if (Plan.WithLimitsOf(plan) is not { } changed) return false;
        Volatile.Write(ref _plan, changed);
        return true;
    }
}
