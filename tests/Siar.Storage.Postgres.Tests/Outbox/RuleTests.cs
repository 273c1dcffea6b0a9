using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Npgsql;
using Siar.Hub;
using Siar.Storage.Postgres.Tests.Shared;
using Siar.TestKit;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Postgres.Tests.Outbox;

/// <summary>The function's rules, held against those of the C# type on generated text: what the one takes the other takes.</summary>
public sealed class RuleTests
{
    private static readonly string[] Pieces =
        ["", "a", "#", "*", " ", "\t", "\u0001", "\u001f", "\u007f", "\u0085", "\u009f", "\u00a0", "\r", "\n", "siar.", "mercure", "earliest", "€", "\U0001F600", "#abcdefgh.1", "\u200b", "siar"];

    [Fact]
    public async Task The_function_takes_what_the_type_takes()
    {
        var connection = await Databases.MakeAsync();
        await using var log = await TwoHubs.OpenAsync(connection);
        await using var source = NpgsqlDataSource.Create(connection);
        await using var open = await source.OpenConnectionAsync();
        Generated.Check(Inputs(), input => (Refusal(open, input) is null).ShouldBe(IsTaken(input), input.ToString()), 1_500);
    }

    private static Gen<Input> Inputs() =>
        from topic in Gen.OneOf(Gen.Constant("t"), Generated.Text(3, Pieces))
        from id in Gen.OneOf(Gen.Constant<string?>(null), Generated.Text(3, Pieces).Select(t => (string?)t), Generated.Text(2, ["#", "abcdefgh", ".", "0", "1"]).Select(t => (string?)t))
        from type in Gen.OneOf(Gen.Constant<string?>(null), Generated.Text(3, Pieces).Select(t => (string?)t))
        select new Input(topic, id, type);

    // What an event may be, and what the HTTP doors keep for the hub besides.
    private static bool IsTaken(Input input)
    {
        if (input.Id is { } own && (own.StartsWith('#') || own == "earliest")) return false;
        if (input.Type == "mercure") return false;
        try
        {
            _ = new Event([Topic.Parse(input.Topic)], Encoding.UTF8.GetBytes("x"))
            {
                Id = input.Id is null ? default : EventId.Parse(input.Id),
                Type = input.Type is null ? default : EventType.Parse(input.Type),
            };
            return true;
        }
        catch (Exception failure) when (failure is FormatException or ArgumentException)
        {
            return false;
        }
    }

    private static string? Refusal(NpgsqlConnection connection, Input input)
    {
        using var command = new NpgsqlCommand("SELECT siar.publish($1, 'x', $2, $3)", connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = input.Topic });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)input.Id ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)input.Type ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        try
        {
            command.ExecuteNonQuery();
            return null;
        }
        catch (PostgresException failure) when (failure.SqlState == "22023")
        {
            return failure.MessageText;
        }
    }

    private sealed record Input(string Topic, string? Id, string? Type);
}
