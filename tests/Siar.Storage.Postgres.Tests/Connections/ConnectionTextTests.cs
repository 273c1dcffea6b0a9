using FsCheck.Fluent;
using Npgsql;
using Siar.Storage.Postgres.Connections;
using Siar.TestKit;

namespace Siar.Storage.Postgres.Tests.Connections;

public sealed class ConnectionTextTests
{
    [Theory]
    [InlineData("postgresql://hub@db/app", "Host=db;Username=hub;Database=app")]
    [InlineData("postgres://hub:s%3Bcret@db:5433/app", "Host=db:5433;Username=hub;Password=s;cret;Database=app")]
    [InlineData("postgresql://one:1,two:2/app?target_session_attrs=read-write", "Host=one:1,two:2;Database=app;Target Session Attributes=read-write")]
    [InlineData("postgresql://db?sslmode=verify-full&application_name=orders", "Host=db;SSL Mode=VerifyFull;Application Name=orders")]
    [InlineData("postgresql:///app?host=/run/postgresql", "Host=/run/postgresql;Database=app")]
    public void A_URI_is_read_as_libpq_reads_it(string uri, string expected)
    {
        var read = ConnectionText.Parse(uri);
        var same = new NpgsqlConnectionStringBuilder(expected.Replace("Password=s;cret", "Password='s;cret'", StringComparison.Ordinal));
        (read.Host, read.Username, read.Password, read.Database, read.SslMode, read.ApplicationName, read.TargetSessionAttributes)
            .ShouldBe((same.Host, same.Username, same.Password, same.Database, same.SslMode, same.ApplicationName, same.TargetSessionAttributes));
    }

    [Fact]
    public void A_password_is_never_shown() => Generated.Check(
        from secret in Generated.Text(6, ["sécret", ";", "'", "\"", "=", "@", ":", "/", "%", "?", " ", "&"])
        from form in Gen.Choose(0, 3)
        select (secret, form),
        given =>
        {
            var quoted = $"'{given.secret.Replace("'", "''", StringComparison.Ordinal)}'";
            var text = given.form switch
            {
                0 => $"Host=db;Username=hub;Password={quoted}",
                1 => $"postgresql://hub:{Uri.EscapeDataString(given.secret)}@db/app",
                2 => $"Host=db;SSL Password={quoted};Nonsense=1;Password={quoted}",
                _ => $"postgresql://hub:{given.secret}@db/app?nonsense=1",
            };
            ConnectionText.Redact(text).ShouldNotContain("sécret");
            try
            {
                ConnectionText.Parse(text);
            }
            catch (FormatException failure)
            {
                failure.ToString().ShouldNotContain("sécret");
            }
        });

    [Fact]
    public void A_failure_names_the_server_and_not_the_password()
    {
        var engine = new Engine("Host=db.example;Username=hub;Password=sécret");
        var failure = engine.Describe(new NpgsqlException("no route"), mayBeKept: false);
        failure.Message.ShouldContain("db.example");
        failure.Message.ShouldNotContain("sécret");
        Engine.HealthOf(failure).Sentence!.ShouldNotContain("db.example");
    }
}
