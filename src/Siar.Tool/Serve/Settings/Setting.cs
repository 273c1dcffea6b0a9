using System.Text;
using System.Text.Json.Nodes;

namespace Siar.Tool;

/// <summary>Something that can be set about <c>siar serve</c>, by one name everywhere.</summary>
/// <param name="Name">Its name in a file, with a dot for each level, such as <c>limits.connections</c>.</param>
/// <param name="Apply">Takes a value over, or says in an exception why it cannot.</param>
/// <param name="Show">What stands now, as JSON that <paramref name="Apply"/> would take; null leaves it out.</param>
internal sealed record Setting(string Name, Action<ServeSettings, SettingValue> Apply, Func<ServeSettings, JsonNode?> Show)
{
    /// <summary>Whether it takes several values.</summary>
    public bool IsList { get; init; }

    /// <summary>Whether its value is JSON of a shape of its own.</summary>
    public bool IsJson { get; init; }

    /// <summary>Whether its value is not shown.</summary>
    public bool IsSecret { get; init; }

    /// <summary>Whether a running hub takes another value over; else it needs a restart.</summary>
    public bool Reloads { get; init; }

    /// <summary>Its environment variable: <c>SIAR_LIMITS_CONNECTIONS</c> of <c>limits.connections</c>.</summary>
    public string VariableName
    {
        get
        {
            var text = new StringBuilder("SIAR_");
            foreach (var c in Name)
            {
                if (char.IsAsciiLetterUpper(c)) text.Append('_');
                text.Append(c == '.' ? '_' : char.ToUpperInvariant(c));
            }

            return text.ToString();
        }
    }
}
