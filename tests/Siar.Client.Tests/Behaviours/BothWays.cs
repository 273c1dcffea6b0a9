using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Siar.Client.Tests;

/// <summary>Tries a behaviour in both ways, with each of the rows given.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class BothWaysAttribute(params object[] row) : DataAttribute
{
    /// <inheritdoc />
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([new TheoryDataRow([Way.InMemory, .. row]), new TheoryDataRow([Way.OverRest, .. row])]);

    /// <inheritdoc />
    public override bool SupportsDiscoveryEnumeration() => true;
}
