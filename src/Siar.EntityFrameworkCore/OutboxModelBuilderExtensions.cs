using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Siar.EntityFrameworkCore;

/// <summary>Gives a model the outbox.</summary>
public static class OutboxModelBuilderExtensions
{
    private const string LogAnnotation = "Siar:Log";

    /// <summary>
    /// Adds <see cref="OutboxEvent"/> to a model, so that <see cref="PublishExtensions"/> work on its contexts. Migrations leave it out: the view that
    /// it is mapped to comes with the log's tables, which a hub or <c>siar db</c> makes.
    /// </summary>
    /// <param name="modelBuilder">The model, in <see cref="DbContext.OnModelCreating"/>. Its database is that of the hubs' log, by the Npgsql provider.</param>
    /// <param name="log">The log, by its name. Default: <c>siar</c>, as with the hubs.</param>
    public static ModelBuilder UseSiarOutbox(this ModelBuilder modelBuilder, string log = "siar") => modelBuilder.Entity<OutboxEvent>(entity =>
    {
        entity.ToTable("publication", "siar", static table => table.ExcludeFromMigrations());
        entity.HasAnnotation(LogAnnotation, log);
        entity.HasKey(e => e.Number);

        // Types and names are those of the view, whatever the model's conventions are.
        entity.Property(e => e.Number).HasColumnName("number").HasColumnType("bigint").ValueGeneratedNever();
        entity.Property(e => e.Topics).HasColumnName("topics").HasColumnType("text[]");
        entity.Property(e => e.Data).HasColumnName("data").HasColumnType("text");
        entity.Property(e => e.Id).HasColumnName("id").HasColumnType("text");
        entity.Property(e => e.Type).HasColumnName("type").HasColumnType("text");
        entity.Property(e => e.RetryMilliseconds).HasColumnName("retry").HasColumnType("integer");
        entity.Property(e => e.IsPrivate).HasColumnName("private").HasColumnType("boolean").ValueGeneratedNever();
        entity.Property(e => e.Key).HasColumnName("key").HasColumnType("text");
        entity.Property(e => e.IdempotencyKey).HasColumnName("idempotency_key").HasColumnType("text");
        entity.Property(e => e.Log).HasColumnName("log").HasColumnType("text").ValueGeneratedNever();
    });

    /// <summary>The name of the log that a model publishes to.</summary>
    /// <exception cref="InvalidOperationException">The model has no outbox.</exception>
    internal static string LogOf(IModel model) => model.FindEntityType(typeof(OutboxEvent))?.FindAnnotation(LogAnnotation)?.Value as string
        ?? throw new InvalidOperationException("The model has no outbox: call modelBuilder.UseSiarOutbox() in OnModelCreating of the context.");
}
