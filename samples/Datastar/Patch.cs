using System.Text.Json;
using Siar.Hub;
using Siar.Topics;
using Siar.Wire;

namespace Datastar;

/// <summary>The two events of Datastar's protocol. Each line of an event's data begins with the name of what it is.</summary>
internal static class Patch
{
    private static readonly EventType s_elements = EventType.Parse("datastar-patch-elements");
    private static readonly EventType s_signals = EventType.Parse("datastar-patch-signals");

    /// <summary>Puts elements in the place of those that have the same ids.</summary>
    /// <param name="topic">The topic to publish on.</param>
    /// <param name="key">What this is the newest state of.</param>
    /// <param name="html">Elements, each with an id.</param>
    public static Event Elements(string topic, string key, string html) =>
        new(Topic.Parse(topic), Lines("elements", html)) { Type = s_elements, Key = key };

    /// <summary>Sets signals; those that are not named stay as they are.</summary>
    /// <param name="topic">The topic to publish on.</param>
    /// <param name="key">What this is the newest state of.</param>
    /// <param name="signals">The signals' names and values.</param>
    public static Event Signals(string topic, string key, object signals) =>
        new(Topic.Parse(topic), Lines("signals", JsonSerializer.Serialize(signals))) { Type = s_signals, Key = key };

    private static string Lines(string name, string text) => string.Join('\n', text.Split('\n').Select(line => $"{name} {line}"));
}
