using Siar.Storage.Contract;

namespace Siar.Storage.Sqlite.Tests;

public sealed class SqliteAppendTests() : AppendContract(new SqliteFixture());

public sealed class SqliteReadTests() : ReadContract(new SqliteFixture());

public sealed class SqliteResolveTests() : ResolveContract(new SqliteFixture());

public sealed class SqliteRetentionTests() : RetentionContract(new SqliteFixture());

public sealed class SqliteDurableTests() : DurableContract(new SqliteFixture());

public sealed class SqliteHistoryTests() : GeneratedHistoryContract(new SqliteFixture())
{
    protected override int Histories => 100;
}
