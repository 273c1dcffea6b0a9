using System.Globalization;
using Npgsql;

namespace Siar.Storage.Postgres.Connections;

/// <summary>How a connection to PostgreSQL is written: as Npgsql does, or as a <c>postgresql://</c> URI; and how it is shown without its secrets.</summary>
internal static class ConnectionText
{
    private const string Hidden = "***";

    // What libpq calls otherwise than Npgsql, in URIs.
    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["sslmode"] = "SSL Mode",
        ["sslrootcert"] = "Root Certificate",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["sslpassword"] = "SSL Password",
        ["application_name"] = "Application Name",
        ["connect_timeout"] = "Timeout",
        ["target_session_attrs"] = "Target Session Attributes",
        ["passfile"] = "Passfile",
        ["options"] = "Options",
        ["keepalives_idle"] = "Keepalive",
        ["channel_binding"] = "Channel Binding",
    };

    /// <summary>Reads a connection.</summary>
    /// <exception cref="FormatException">It is none; the message repeats nothing of it that may be secret.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string text)
    {
        try
        {
            return IsUri(text) ? ParseUri(text) : new NpgsqlConnectionStringBuilder(text);
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException or KeyNotFoundException or OverflowException or InvalidCastException)
        {
#pragma warning disable MA0054 // Npgsql's own message may repeat a password, and an inner exception is logged with its message.
            throw new FormatException(
                "The connection to PostgreSQL cannot be read: write it as Npgsql does, such as 'Host=db;Database=app;Username=hub', or as a URI, such as 'postgresql://hub@db/app'.");
#pragma warning restore MA0054
        }
    }

    /// <summary>The connection for a person to read: no password, and none of a key's file.</summary>
    public static string Redact(string text)
    {
        try
        {
            var shown = Parse(text);
            if (shown.Password is { Length: > 0 }) shown.Password = Hidden;
            if (shown.SslPassword is { Length: > 0 }) shown.SslPassword = Hidden;
            return shown.ConnectionString;
        }
        catch (FormatException)
        {
            return Hidden;
        }
    }

    private static bool IsUri(string text) =>
        text.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase);

    // The rule (libpq, 34.1.1.2): postgresql://[userspec@][hostspec][/dbname][?paramspec]; several hosts are separated by commas, each with its own port.
    private static NpgsqlConnectionStringBuilder ParseUri(string text)
    {
        var made = new NpgsqlConnectionStringBuilder();
        var rest = text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..];
        var question = rest.IndexOf('?', StringComparison.Ordinal);
        var parameters = question < 0 ? "" : rest[(question + 1)..];
        if (question >= 0) rest = rest[..question];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0 && slash + 1 < rest.Length) made.Database = Uri.UnescapeDataString(rest[(slash + 1)..]);
        var authority = slash < 0 ? rest : rest[..slash];
        var at = authority.LastIndexOf('@');
        if (at >= 0)
        {
            var user = authority[..at];
            var colon = user.IndexOf(':', StringComparison.Ordinal);
            made.Username = Uri.UnescapeDataString(colon < 0 ? user : user[..colon]);
            if (colon >= 0) made.Password = Uri.UnescapeDataString(user[(colon + 1)..]);
            authority = authority[(at + 1)..];
        }

        if (authority.Length > 0) made.Host = string.Join(',', authority.Split(',').Select(Uri.UnescapeDataString));
        foreach (var parameter in parameters.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = parameter.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) throw new FormatException();
            var name = Uri.UnescapeDataString(parameter[..equals]);
            var value = Uri.UnescapeDataString(parameter[(equals + 1)..]);
            if (name is "port") made.Port = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture);
            else made[Names.GetValueOrDefault(name, name)] = name is "sslmode" ? value.Replace("-", "", StringComparison.Ordinal) : value;
        }

        return made;
    }
}
