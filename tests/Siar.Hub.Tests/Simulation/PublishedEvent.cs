using System.Text;

namespace Siar.Hub.Tests.Simulation;

/// <summary>The plain model's note of one event that was acknowledged.</summary>
internal sealed record PublishedEvent(int Life, LoggedEvent Logged)
{
    public long Position => Logged.Position;

    /// <summary>The bytes that a reader must get, put together the slow way.</summary>
    public string Expected
    {
        get
        {
            var text = new StringBuilder();
            if (!Logged.Content.Type.IsNone) text.Append("event: ").Append(Logged.Content.Type.Value).Append('\n');
            text.Append("id: ").Append(Logged.Id.Value).Append('\n');
            foreach (var line in Logged.Content.GetText().Split('\n')) text.Append("data: ").Append(line).Append('\n');
            return text.Append('\n').ToString();
        }
    }
}
