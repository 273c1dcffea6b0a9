using Siar.Storage.Contract;

namespace Siar.Storage.Redis.Tests;

public sealed class RedisAppendTests() : AppendContractTests(new RedisFixture());

public sealed class RedisReadTests() : ReadContractTests(new RedisFixture());

public sealed class RedisResolveTests() : ResolveContractTests(new RedisFixture());

public sealed class RedisRetentionTests() : RetentionContractTests(new RedisFixture());

public sealed class RedisIdempotentAppendTests() : IdempotentAppendContractTests(new RedisFixture());

public sealed class RedisConditionalAppendTests() : ConditionalAppendContractTests(new RedisFixture());

public sealed class RedisClosingTests() : ClosingContractTests(new RedisFixture());

public sealed class RedisSelectionTests() : SelectionContractTests(new RedisFixture());

public sealed class RedisTailTests() : TailContractTests(new RedisFixture());

public sealed class RedisRevocationTests() : RevocationContractTests(new RedisFixture());

public sealed class RedisSharedRevocationTests() : SharedRevocationContractTests(new RedisFixture());

public sealed class RedisDurableTests() : DurableContractTests(new RedisFixture());

public sealed class RedisHistoryTests() : GeneratedHistoryContractTests(new RedisFixture())
{
    protected override int Histories => 30;
}

public sealed class RedisSharedTests() : SharedLogContractTests(new RedisFixture());
