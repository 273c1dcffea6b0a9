using System.Text;
using SQLitePCL;

namespace Siar.Storage.Sqlite.Native;

/// <summary>A prepared statement. Parameters count from 1, columns from 0. Used by one thread at a time.</summary>
internal sealed class Statement(Database database, sqlite3_stmt handle) : IDisposable
{
    public Statement Bind(int parameter, long value)
    {
        raw.sqlite3_bind_int64(handle, parameter, value);
        return this;
    }

    public Statement Bind(int parameter, long? value) => value is { } number ? Bind(parameter, number) : BindNull(parameter);

    public Statement Bind(int parameter, string? value)
    {
        if (value is null) return BindNull(parameter);
        database.Check(raw.sqlite3_bind_text(handle, parameter, value));
        return this;
    }

    public Statement BindBlob(int parameter, ReadOnlySpan<byte> value)
    {
        database.Check(value.IsEmpty ? raw.sqlite3_bind_zeroblob(handle, parameter, 0) : raw.sqlite3_bind_blob(handle, parameter, value));
        return this;
    }

    /// <summary>Binds bytes that are UTF-8 as text.</summary>
    public Statement BindText(int parameter, ReadOnlySpan<byte> value)
    {
        database.Check(raw.sqlite3_bind_text(handle, parameter, value));
        return this;
    }

    /// <summary>Goes to the next row. After the last, and after an error, the statement is at its beginning again.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Step()
    {
        var code = raw.sqlite3_step(handle);
        if (code == raw.SQLITE_ROW) return true;
        var failure = code == raw.SQLITE_DONE ? null : database.Failure();
        raw.sqlite3_reset(handle);
        return failure is null ? false : throw failure;
    }

    /// <summary>Runs a statement that has no rows.</summary>
    public void Run()
    {
        Step();
        raw.sqlite3_reset(handle);
    }

    /// <summary>The first column of the only row as a number; null where there is none.</summary>
    public long? ReadNumber()
    {
        long? number = Step() && !IsNull(0) ? Number(0) : null;
        Reset();
        return number;
    }

    /// <summary>Goes back to the beginning, before the last row was seen.</summary>
    public void Reset() => raw.sqlite3_reset(handle);

    public long Number(int column) => raw.sqlite3_column_int64(handle, column);

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(handle, column);

    public string Text(int column) => Encoding.UTF8.GetString(raw.sqlite3_column_blob(handle, column));

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public long? NumberOrNull(int column) => IsNull(column) ? null : Number(column);

    public void Dispose() => handle.Dispose();

    private Statement BindNull(int parameter)
    {
        raw.sqlite3_bind_null(handle, parameter);
        return this;
    }
}
