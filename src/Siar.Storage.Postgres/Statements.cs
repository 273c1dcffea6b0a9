using Npgsql;

namespace Siar.Storage.Postgres;

/// <summary>Adds statements to a pipeline, and takes values from its rows, each of which is in memory as a whole when it is read.</summary>
internal static class Statements
{
    /// <summary>Adds a statement.</summary>
    /// <param name="batch">The pipeline.</param>
    /// <param name="sql">The statement; its parameters are <c>$1</c> and so on.</param>
    public static NpgsqlBatchCommand Add(this NpgsqlBatch batch, string sql)
    {
        var command = new NpgsqlBatchCommand(sql);
        batch.BatchCommands.Add(command);
        return command;
    }

    /// <summary>Adds the next parameter of a statement.</summary>
    public static NpgsqlBatchCommand With<T>(this NpgsqlBatchCommand command, T value)
    {
        command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
        return command;
    }

    /// <summary>Adds the next parameter, a time that may be null.</summary>
    public static NpgsqlBatchCommand WithTime(this NpgsqlBatchCommand command, DateTimeOffset? value)
    {
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz });
        return command;
    }

    /// <summary>The value of a column.</summary>
    public static T Get<T>(this NpgsqlDataReader row, int column) => row.GetFieldValue<T>(column);

    /// <summary>Whether a column has no value.</summary>
    public static bool IsNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column);

    /// <summary>The text of a column; null where it has none.</summary>
    public static string? TextOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
