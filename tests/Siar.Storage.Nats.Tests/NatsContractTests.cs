using Siar.Storage.Contract;

namespace Siar.Storage.Nats.Tests;

public sealed class NatsAppendTests() : AppendContractTests(new NatsFixture());

public sealed class NatsReadTests() : ReadContractTests(new NatsFixture());

public sealed class NatsResolveTests() : ResolveContractTests(new NatsFixture());

public sealed class NatsRetentionTests() : RetentionContractTests(new NatsFixture());

public sealed class NatsIdempotentAppendTests() : IdempotentAppendContractTests(new NatsFixture());

public sealed class NatsConditionalAppendTests() : ConditionalAppendContractTests(new NatsFixture());

public sealed class NatsClosingTests() : ClosingContractTests(new NatsFixture());

public sealed class NatsSelectionTests() : SelectionContractTests(new NatsFixture());

public sealed class NatsTailTests() : TailContractTests(new NatsFixture());

public sealed class NatsRevocationTests() : RevocationContractTests(new NatsFixture());

public sealed class NatsSharedRevocationTests() : SharedRevocationContractTests(new NatsFixture());

public sealed class NatsDurableTests() : DurableContractTests(new NatsFixture());

public sealed class NatsHistoryTests() : GeneratedHistoryContractTests(new NatsFixture())
{
    protected override int Histories => 30;
}

public sealed class NatsSharedTests() : SharedLogContractTests(new NatsFixture());
