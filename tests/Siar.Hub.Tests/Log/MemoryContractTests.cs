using Siar.Storage.Contract;

namespace Siar.Hub.Tests;

public sealed class MemoryAppendTests() : AppendContractTests(new MemoryFixture());

public sealed class MemoryTailTests() : TailContractTests(new MemoryFixture());

public sealed class MemoryReadTests() : ReadContractTests(new MemoryFixture());

public sealed class MemoryResolveTests() : ResolveContractTests(new MemoryFixture());

public sealed class MemoryRetentionTests() : RetentionContractTests(new MemoryFixture());

public sealed class MemoryIdempotentAppendTests() : IdempotentAppendContractTests(new MemoryFixture());

public sealed class MemoryConditionalAppendTests() : ConditionalAppendContractTests(new MemoryFixture());

public sealed class MemoryClosingTests() : ClosingContractTests(new MemoryFixture());

public sealed class MemorySelectionTests() : SelectionContractTests(new MemoryFixture());

public sealed class MemoryHistoryTests() : GeneratedHistoryContractTests(new MemoryFixture());

/// <summary>Two hubs over one log in memory: each with a tail of its own, to which the other's news comes.</summary>
public sealed class MemorySharedTests() : SharedLogContractTests(new SharedMemoryFixture());

public sealed class MemoryRevocationTests() : RevocationContractTests(new MemoryFixture());

public sealed class MemorySharedRevocationTests() : SharedRevocationContractTests(new SharedMemoryFixture());

/// <summary>Logs in memory.</summary>
internal sealed class MemoryFixture : LogFixture
{
    public override bool IsDurable => false;

    public override Task<IEventLog> OpenAsync(RetentionPlan plan) =>
        Task.FromResult<IEventLog>(new MemoryLog(plan, Time) { MaxScanned = 20 });

    public override Task<IEventLog> ReopenAsync(IEventLog log, RetentionPlan plan) => OpenAsync(plan);

    public override async Task SettleAsync(IEventLog log) => await log.MaintainAsync();

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Logs in memory, each shared by the hubs that are given a view of it.</summary>
internal sealed class SharedMemoryFixture : SharedLogFixture
{
    public override bool IsDurable => false;

    public override Task<IEventLog> OpenAsync(RetentionPlan plan) => Task.FromResult<IEventLog>(new SharedView(new MemoryLog(plan, Time) { MaxScanned = 20 }));

    public override Task<IEventLog> ReopenAsync(IEventLog log, RetentionPlan plan) => OpenAsync(plan);

    public override Task<IEventLog> OpenOtherAsync(IEventLog log, RetentionPlan plan) => Task.FromResult<IEventLog>(((SharedView)log).Other());

    public override async Task SettleAsync(IEventLog log) => await log.MaintainAsync();

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
