namespace Siar.Storage.Postgres.Schema;

/// <summary>The least rights that the roles of a deployment need, as statements for the schema's owner.</summary>
internal static class Rights
{
    /// <summary>A hub that neither makes tables nor changes them.</summary>
    public static string OfHub(string role) => $"""
        GRANT USAGE ON SCHEMA siar TO {Quote(role)};
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA siar TO {Quote(role)};
        REVOKE INSERT, UPDATE, DELETE ON siar.publisher, siar.version FROM {Quote(role)};

        """;

    /// <summary>An application that publishes: it can call the functions, and insert into the view that does. It sees no table. Where it may publish, siar.publisher says.</summary>
    public static string OfPublisher(string role) => $"""
        GRANT USAGE ON SCHEMA siar TO {Quote(role)};
        GRANT EXECUTE ON FUNCTION
          siar.publish(text, text, text, text, integer, boolean, text, text, text),
          siar.publish(text[], text, text, text, integer, boolean, text, text, text),
          siar.read_position(text[], text)
          TO {Quote(role)};
        GRANT INSERT ON siar.publication TO {Quote(role)};

        """;

    private static string Quote(string role) => $"\"{role.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
