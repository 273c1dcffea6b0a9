using Siar.Storage.Contract;

namespace Siar.Storage.Postgres.Tests;

public sealed class PostgresAppendTests() : AppendContractTests(new PostgresFixture());

public sealed class PostgresReadTests() : ReadContractTests(new PostgresFixture());

public sealed class PostgresResolveTests() : ResolveContractTests(new PostgresFixture());

public sealed class PostgresRetentionTests() : RetentionContractTests(new PostgresFixture());

public sealed class PostgresIdempotentAppendTests() : IdempotentAppendContractTests(new PostgresFixture());

public sealed class PostgresConditionalAppendTests() : ConditionalAppendContractTests(new PostgresFixture());

public sealed class PostgresClosingTests() : ClosingContractTests(new PostgresFixture());

public sealed class PostgresSelectionTests() : SelectionContractTests(new PostgresFixture());

public sealed class PostgresTailTests() : TailContractTests(new PostgresFixture());

public sealed class PostgresRevocationTests() : RevocationContractTests(new PostgresFixture());

public sealed class PostgresSharedRevocationTests() : SharedRevocationContractTests(new PostgresFixture());

public sealed class PostgresDurableTests() : DurableContractTests(new PostgresFixture());

public sealed class PostgresHistoryTests() : GeneratedHistoryContractTests(new PostgresFixture())
{
    protected override int Histories => 30;
}

public sealed class PostgresSharedTests() : SharedLogContractTests(new PostgresFixture());
