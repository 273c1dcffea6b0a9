using Siar.Hub;
using Siar.Topics;

namespace Siar.Sockets.Tests;

/// <summary>Frames to write: each event's data is a letter, repeated, that its position gives.</summary>
internal static class TestFrames
{
    /// <summary>Frames of one block.</summary>
    public static Frame[] Of(int count, int length)
    {
        var block = FrameBlock.FromPage(0, new LogPage([.. Enumerable.Range(1, count).Select(i => Event(i, length))], count, TrimState.Nothing));
        return [.. Enumerable.Range(0, count).Select(i => new Frame(block, i))];
    }

    public static LoggedEvent Event(int position, int length) =>
        new(position, Epoch.New(), DateTimeOffset.UnixEpoch, new Event(Topic.Parse("a"), new string((char)('a' + (position % 26)), length)));
}
