using Siar.Storage.Contract;

namespace Siar.Storage.Sqlite.Tests;

public sealed class SqliteAppendTests() : AppendContractTests(new SqliteFixture());

public sealed class SqliteTailTests() : TailContractTests(new SqliteFixture());

public sealed class SqliteReadTests() : ReadContractTests(new SqliteFixture());

public sealed class SqliteResolveTests() : ResolveContractTests(new SqliteFixture());

public sealed class SqliteRetentionTests() : RetentionContractTests(new SqliteFixture());

public sealed class SqliteIdempotentAppendTests() : IdempotentAppendContractTests(new SqliteFixture());

public sealed class SqliteConditionalAppendTests() : ConditionalAppendContractTests(new SqliteFixture());

public sealed class SqliteClosingTests() : ClosingContractTests(new SqliteFixture());

public sealed class SqliteSelectionTests() : SelectionContractTests(new SqliteFixture());

public sealed class SqliteRevocationTests() : RevocationContractTests(new SqliteFixture());

public sealed class SqliteDurableTests() : DurableContractTests(new SqliteFixture());

public sealed class SqliteHistoryTests() : GeneratedHistoryContractTests(new SqliteFixture())
{
    protected override int Histories => 100;
}
