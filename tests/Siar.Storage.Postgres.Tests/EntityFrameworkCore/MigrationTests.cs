using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Siar.EntityFrameworkCore;

namespace Siar.Storage.Postgres.Tests.EntityFrameworkCore;

/// <summary>An application's migrations neither make nor drop what is the log's. They are found as <c>dotnet ef migrations add</c> finds them.</summary>
public sealed class MigrationTests
{
    [Fact]
    public void A_migration_makes_the_applications_tables_alone()
    {
        using var shop = new ShopContext(Options<ShopContext>());
        Differences(shop, null, ModelOf(shop)).ShouldHaveSingleItem().ShouldBeOfType<CreateTableOperation>().Name.ShouldBe("Orders");
        shop.Database.GenerateCreateScript().ShouldNotContain("siar");
    }

    [Fact]
    public void A_model_that_gets_an_outbox_or_loses_it_has_nothing_to_migrate()
    {
        using var with = new OutboxContext(Options<OutboxContext>());
        using var without = new DbContext(Options<DbContext>());
        Differences(with, ModelOf(without), ModelOf(with)).ShouldBeEmpty();
        Differences(with, ModelOf(with), ModelOf(without)).ShouldBeEmpty();
        Differences(with, ModelOf(with), null).ShouldBeEmpty();
    }

    private static IReadOnlyList<MigrationOperation> Differences(DbContext context, IRelationalModel? from, IRelationalModel? to) =>
        context.GetService<IMigrationsModelDiffer>().GetDifferences(from, to);

    private static IRelationalModel ModelOf(DbContext context) => context.GetService<IDesignTimeModel>().Model.GetRelationalModel();

    private static DbContextOptions<TContext> Options<TContext>()
        where TContext : DbContext => new DbContextOptionsBuilder<TContext>().UseNpgsql("Host=nowhere").Options;

    private sealed class OutboxContext(DbContextOptions<OutboxContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.UseSiarOutbox();
    }
}
