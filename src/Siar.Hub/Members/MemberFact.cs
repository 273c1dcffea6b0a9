using System.Collections.Immutable;
using System.Text.Json;

namespace Siar.Hub;

/// <summary>
/// What one hub tells the others by an event of the log that no reader sees, so that it stands in its place among the comings and goings: a hub that reads the log
/// knows of the others' readers what all know that have come as far.
/// </summary>
/// <param name="By">The hub that tells.</param>
internal abstract record MemberFact(HubId By)
{
    private const string AskName = "ask";
    private const string EndedName = "ended";
    private const string RosterName = "roster";
    private const string PausedName = "paused";

    /// <summary>A hub asks all others for their readers.</summary>
    /// <param name="By">The hub that asks.</param>
    /// <param name="IsNew">Whether it tells its first word: nothing was told of a reader of its own yet.</param>
    public sealed record Ask(HubId By, bool IsNew) : MemberFact(By);

    /// <summary>A hub is no more: given up, or stopped by itself.</summary>
    /// <param name="By">Who says so.</param>
    /// <param name="Hub">Which.</param>
    public sealed record Ended(HubId By, HubId Hub) : MemberFact(By);

    /// <summary>Some of a hub's readers. All parts of one roster are all of them, whatever was told before the first.</summary>
    /// <param name="By">The hub.</param>
    /// <param name="Number">Tells one roster of the hub from another.</param>
    /// <param name="Part">Which part it is, from 0.</param>
    /// <param name="IsLast">Whether it is the last part.</param>
    /// <param name="Readers">The readers, some of them with some of their subscriptions only.</param>
    public sealed record Roster(HubId By, long Number, int Part, bool IsLast, ImmutableArray<RosterEntry> Readers) : MemberFact(By);

    /// <summary>A hub has left comings and goings untold; see <see cref="Event.PresencePause"/>.</summary>
    /// <param name="By">The hub.</param>
    public sealed record Paused(HubId By) : MemberFact(By);

    /// <summary>Facts were lost, or trimmed before this hub came to them. Stands in no log.</summary>
    /// <param name="By">This hub.</param>
    /// <param name="IsLost">Whether the engine has lost them for everybody.</param>
    public sealed record Missed(HubId By, bool IsLost) : MemberFact(By);

    /// <summary>Writes the data of the event.</summary>
    public byte[] Write()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("by"u8, By.ToString());
            switch (this)
            {
                case Ask ask:
                    json.WriteString("fact"u8, AskName);
                    json.WriteBoolean("new"u8, ask.IsNew);
                    break;
                case Ended ended:
                    json.WriteString("fact"u8, EndedName);
                    json.WriteString("hub"u8, ended.Hub.ToString());
                    break;
                case Paused:
                    json.WriteString("fact"u8, PausedName);
                    break;
                case Roster roster:
                    json.WriteString("fact"u8, RosterName);
                    json.WriteNumber("number"u8, roster.Number);
                    json.WriteNumber("part"u8, roster.Part);
                    json.WriteBoolean("last"u8, roster.IsLast);
                    RosterCodec.Write(json, roster.Readers);
                    break;
            }

            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    /// <summary>Reads the data of an event; null where it says nothing that this build knows.</summary>
    public static MemberFact? Read(ReadOnlyMemory<byte> data)
    {
        try
        {
            using var document = JsonDocument.Parse(data);
            var root = document.RootElement;
            if (!HubId.TryParse(root.GetProperty("by"u8).GetString() ?? "", out var by)) return null;
            return root.GetProperty("fact"u8).GetString() switch
            {
                AskName => new Ask(by, root.GetProperty("new"u8).GetBoolean()),
                EndedName => HubId.TryParse(root.GetProperty("hub"u8).GetString() ?? "", out var hub) ? new Ended(by, hub) : null,
                PausedName => new Paused(by),
                RosterName => new Roster(
                    by, root.GetProperty("number"u8).GetInt64(), root.GetProperty("part"u8).GetInt32(), root.GetProperty("last"u8).GetBoolean(), RosterCodec.Read(root, by)),
                _ => null,
            };
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
